"""Symmetric-cell tests: overpotential, short circuit and critical current density."""
