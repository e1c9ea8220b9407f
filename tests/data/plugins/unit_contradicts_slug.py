"""A plugin whose quantity says millimetres in its name and metres in its unit."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_length_mm", "Crack length", "m", "m")]
