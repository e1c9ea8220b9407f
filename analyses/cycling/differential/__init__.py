"""Differential capacity and voltage, dQ/dV and dV/dQ: curves, peaks, their drift and uncertainty."""
