"""Impedance spectra: equivalent circuits, their fit, and the Kramers-Kronig test."""
