"""Contract checks of a plugin, one module for each part. Each check yields problems as text: what is wrong, where, and
how to fix it.
"""
