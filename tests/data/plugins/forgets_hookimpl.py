"""A plugin whose hook lacks the decorator."""

from registry.hookspecs import Analysis


def register_analyses() -> list[Analysis]:
    return []
