"""A plugin that registers a built-in quantity."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("resistance_ohm", "Resistance of mine", "ohm", "Ω")]
