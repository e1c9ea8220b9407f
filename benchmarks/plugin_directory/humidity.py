"""A plugin with a test condition."""

from collections.abc import Sequence

from registry.hookspecs import Condition, Quantity, hookimpl

CONTRACT_VERSION = 2
HUMIDITY = Quantity("relative_humidity_percent", "Relative humidity", "percent", "%", "RH", minimum=0, maximum=100)


@hookimpl
def register_conditions() -> Sequence[Condition]:
    """A condition besides the built-in ones."""
    return [Condition(quantity=HUMIDITY, example="40 %")]
