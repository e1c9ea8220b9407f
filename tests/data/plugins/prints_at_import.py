"""A plugin that prints when it is imported."""

print("tortuosity 2.1 loaded")  # noqa: T201
