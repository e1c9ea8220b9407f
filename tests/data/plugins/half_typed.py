"""A plugin with a syntax error."""

from registry.hookspecs import Analysis, hookimpl


@hookimpl
def register_analyses(:
    return []
