"""Data of each technique with known answers, made from formulas."""
