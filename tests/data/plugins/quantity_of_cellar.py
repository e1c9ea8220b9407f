"""A plugin that registers a quantity Cellar has."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("resistance_ohm", "Resistance of mine", "ohm", "Ω")]
