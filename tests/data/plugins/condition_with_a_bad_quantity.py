"""A plugin with a condition whose quantity contradicts its unit."""

from registry.hookspecs import Condition, Quantity, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity=Quantity("humidity_percent", "Humidity", "g/L", "g L⁻¹"))]
