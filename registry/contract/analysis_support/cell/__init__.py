"""The cell an analysis computes with: layers, areas, masses, electrodes and pellets."""
