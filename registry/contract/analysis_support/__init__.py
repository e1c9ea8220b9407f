"""Building blocks of analyses: pellet, voltage staircase and per-cycle table read from `Inputs`, and their curves."""
