"""A plugin package for Cellar: area-specific resistances, and a table that compares them."""

__version__ = "1.0.0"
