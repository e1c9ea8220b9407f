"""Impedance spectra as inputs, and the arcs, processes, messages and curves of their fits."""
