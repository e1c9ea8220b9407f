"""Galvanostatic cycling: half-cycles, per-cycle tables, retention and cycle life."""
