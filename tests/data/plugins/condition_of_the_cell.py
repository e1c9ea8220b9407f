"""A plugin with a condition that is a quantity of the cell."""

from registry.hookspecs import Condition, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity="cell_mass_mg")]
