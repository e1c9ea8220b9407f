"""Conductivity, and what it is computed from: ohmic fits, voltage steps, Arrhenius lines."""
