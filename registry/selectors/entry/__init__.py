"""What forms offer and show while a record is entered."""
