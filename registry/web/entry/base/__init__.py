"""What the forms of all records share."""
