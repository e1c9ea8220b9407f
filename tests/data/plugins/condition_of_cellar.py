"""A plugin with a condition that exists."""

from registry.hookspecs import Condition, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity="temperature_degc")]
