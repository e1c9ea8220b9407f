"""A plugin whose quantity is printed in another unit than it is stored in."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_length_mm", "Crack length", "mm", "µm")]
