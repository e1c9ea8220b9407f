"""A plugin with a condition whose example has another unit."""

from registry.hookspecs import Condition, hookimpl


@hookimpl
def register_conditions() -> list[Condition]:
    return [Condition(quantity="overpotential_v", example="3 MPa")]
