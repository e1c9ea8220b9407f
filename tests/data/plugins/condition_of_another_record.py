"""A plugin with a condition that is a field of layers."""

from registry.hookspecs import Condition, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity="thickness_um")]
