"""Reported against computed values, and numbers that contradict each other."""
