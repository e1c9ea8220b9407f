"""A plugin with a condition of a misspelt quantity."""

from registry.hookspecs import Condition, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity="overpotental_v")]
