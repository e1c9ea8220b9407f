"""Voltage of a half-cycle against capacity: curves, hysteresis, resistance from current steps."""
