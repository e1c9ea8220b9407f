"""Part of Cellar: pure numerics of battery measurements: arrays and numbers in, frozen dataclasses out."""
