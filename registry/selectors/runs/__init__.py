"""Runs of analyses: pending, refused, compared, and the files they read."""
