"""A plugin that registers a built-in quantity."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="resistance_ohm", name="Resistance of mine", unit="ohm", unit_label="Ω")]
