"""A plugin with a condition whose quantity contradicts its unit."""

from registry.hookspecs import Condition, Quantity, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity=Quantity(slug="humidity_percent", name="Humidity", unit="g/L", unit_label="g L⁻¹"))]
