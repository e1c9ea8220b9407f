"""Stack pressure recorded during cycling."""
