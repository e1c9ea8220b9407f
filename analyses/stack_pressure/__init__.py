"""The pressure on a stack of layers while a cell is cycled."""
