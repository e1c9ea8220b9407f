"""A plugin that describes its analysis with a dictionary, and its readers with nothing."""

from typing import Any

from registry.hookspecs import hookimpl


@hookimpl
def register_analyses() -> list[Any]:
    return [{"name": "tortuosity"}]


@hookimpl
def register_readers() -> Any:
    return None
