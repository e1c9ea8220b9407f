"""A plugin with a technique whose columns are not alternatives of sets."""

from registry.hookspecs import Technique, hookimpl


@hookimpl
def register_techniques() -> list[Technique]:
    return [Technique(slug="raman", name="Raman", columns=("raman_shift_per_cm", "intensity_count"))]
