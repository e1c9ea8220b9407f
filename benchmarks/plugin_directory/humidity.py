"""A plugin with a test condition."""

from collections.abc import Sequence

from registry.hookspecs import Condition, Quantity, hookimpl

CONTRACT_VERSION = 2
HUMIDITY = Quantity(
    slug="relative_humidity_percent",
    name="Relative humidity",
    unit="percent",
    unit_label="%",
    symbol="RH",
    minimum=0,
    maximum=100,
)


@hookimpl
def register_conditions() -> Sequence[Condition]:
    """A condition besides the built-in ones."""
    return [Condition(quantity=HUMIDITY, example="40 %")]
