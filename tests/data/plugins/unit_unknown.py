"""A plugin whose quantity has an unknown unit."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_length_smoots", "Crack length", "smoots", "smoots")]
