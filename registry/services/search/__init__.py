"""Search documents: how each kind of record is described, and when they are rewritten."""
