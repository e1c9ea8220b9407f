"""Synthetic data for each technique with known results."""
