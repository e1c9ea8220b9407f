"""A plugin whose quantity has a number as its name."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity(slug="crack_length_mm", name=7, unit="mm", unit_label="mm")]  # type: ignore[arg-type]
