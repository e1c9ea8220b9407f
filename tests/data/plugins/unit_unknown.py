"""A plugin whose quantity has a unit nobody knows."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_length_smoots", "Crack length", "smoots", "smoots")]
