"""Entry and correction of a cell with its layers."""
