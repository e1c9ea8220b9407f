"""A file without hooks."""

GREETING = "hello"
