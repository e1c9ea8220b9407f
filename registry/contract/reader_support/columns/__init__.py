"""Columns by their headers: names, units, and conversions."""
