"""A plugin whose quantity has a number as its name."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_length_mm", 7, "mm", "mm")]  # type: ignore[arg-type]
