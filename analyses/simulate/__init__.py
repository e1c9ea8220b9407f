"""Simulated measurements: physical models whose parameters are the truth that analyses must find again."""
