"""The cell as built: geometry of its layers, mass and energy density."""
