"""A plugin whose quantity has its bounds exchanged."""

from registry.hookspecs import Quantity, hookimpl


@hookimpl
def register_quantities() -> list[Quantity]:
    return [Quantity("crack_share_percent", "Crack share", "percent", "%", minimum=100, maximum=0)]
