"""Where the header and the columns of a table are."""
