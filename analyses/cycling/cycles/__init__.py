"""Cycles: where each begins, their charge and energy, their conditions, and which are comparable."""
