"""Which results a change affects, and which are outdated."""
