"""What analyses build on: a pellet, a voltage staircase or a per-cycle table read from `Inputs`, and their curves."""
