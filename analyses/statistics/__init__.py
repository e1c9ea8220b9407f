"""Fitting and robust statistics that the other packages share."""
