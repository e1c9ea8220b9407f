"""Files to confirm."""
