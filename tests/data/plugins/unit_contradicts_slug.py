"""A plugin whose quantity has a unit that contradicts its slug."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="crack_length_mm", name="Crack length", unit="m", unit_label="m")]
