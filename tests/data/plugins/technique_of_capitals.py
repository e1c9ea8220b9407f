"""A plugin with a technique whose slug is written like its name."""

from registry.hookspecs import Technique, hookimpl


@hookimpl
def register_techniques() -> list[Technique]:
    return [Technique(slug="GITT", name="GITT")]
