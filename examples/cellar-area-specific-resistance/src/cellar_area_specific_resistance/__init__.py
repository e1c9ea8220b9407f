"""A plugin package for Cellar: area-specific resistance and a comparison table."""

__version__ = "1.0.0"
