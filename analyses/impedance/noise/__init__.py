"""The noise of a spectrum: from a linear description, and from repeated points."""
