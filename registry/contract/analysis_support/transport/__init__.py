"""Conductivity: voltage staircases, and series over temperature and stack pressure."""
