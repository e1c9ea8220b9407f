"""Capacity against cycle number and current: retention, cycle life, rate capability."""
