"""Equivalent circuits: their fit, their choice, and the arcs in them."""
