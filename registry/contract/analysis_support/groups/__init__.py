"""Groups of cells: the values that are compared, and those that are not."""
