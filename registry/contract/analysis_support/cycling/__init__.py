"""Cycling tests: their pieces, their groups of cycles, per-cycle tables and dQ/dV."""
