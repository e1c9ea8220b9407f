"""Common parts of the forms of all records."""
