"""A plugin that exhausts the memory when it is imported."""

EVERYTHING = bytearray(64 * 1024**3)
