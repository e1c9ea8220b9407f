"""Exports of Neware."""
