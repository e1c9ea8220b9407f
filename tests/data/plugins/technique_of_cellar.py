"""A plugin with a technique that exists."""

from registry.hookspecs import Technique, hookimpl


@hookimpl
def register_techniques() -> list[Technique]:
    return [Technique(slug="eis", name="Impedance")]
