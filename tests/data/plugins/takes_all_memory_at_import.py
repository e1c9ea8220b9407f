"""A plugin that reads all there is before anybody asks."""

EVERYTHING = bytearray(64 * 1024**3)
