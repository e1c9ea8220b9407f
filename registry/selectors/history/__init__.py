"""Who entered, changed or deleted what, and when."""
