"""A file that is no plugin at all."""

GREETING = "hello"
