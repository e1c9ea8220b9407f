"""A plugin whose quantity has an unknown unit."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="crack_length_smoots", name="Crack length", unit="smoots", unit_label="smoots")]
