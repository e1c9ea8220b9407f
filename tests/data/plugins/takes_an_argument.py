"""A plugin whose hook has an argument that hooks do not have."""

from typing import Any

from registry.hookspecs import Analysis, hookimpl


@hookimpl
def register_analyses(cell: Any) -> list[Analysis]:
    return [cell]
