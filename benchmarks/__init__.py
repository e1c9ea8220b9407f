"""Benchmarks of Cellar as ratios to a minimal reference implementation, measured in one run."""
