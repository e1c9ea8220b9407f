"""A plugin that greets whoever imports it, in the midst of a table that is being printed."""

print("tortuosity 2.1 loaded")  # noqa: T201
