"""A plugin whose hook is called register_analysis."""

from registry.hookspecs import Analysis, hookimpl


@hookimpl
def register_analysis() -> list[Analysis]:
    return []
