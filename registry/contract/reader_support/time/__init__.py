"""Times and dates of files, and changes of their clocks."""
