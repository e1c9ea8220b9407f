"""Choices and derived values shown while a record is entered."""
