"""Columns become datasets: time series of cyclers, and impedance spectra."""
