"""A plugin whose quantity has a unit label that differs from its unit."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="crack_length_mm", name="Crack length", unit="mm", unit_label="µm")]
