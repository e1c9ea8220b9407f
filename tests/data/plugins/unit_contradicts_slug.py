"""A plugin whose quantity has a unit that contradicts its slug."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_length_mm", "Crack length", "m", "m")]
