"""A plugin whose quantity has its minimum above its maximum."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_share_percent", "Crack share", "percent", "%", minimum=100, maximum=0)]
