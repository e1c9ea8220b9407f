"""Mark results stale when what they read changes."""
