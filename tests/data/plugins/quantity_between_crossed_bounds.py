"""A plugin whose quantity has its minimum above its maximum."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [
        Quantity(slug="crack_share_percent", name="Crack share", unit="percent", unit_label="%", minimum=100, maximum=0)
    ]
