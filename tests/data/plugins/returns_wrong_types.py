"""A plugin whose hooks return wrong types."""

from typing import Any

from registry.hookspecs import hookimpl


@hookimpl
def register_analyses() -> list[Any]:
    return [{"name": "tortuosity"}]


@hookimpl
def register_readers() -> Any:
    return None
