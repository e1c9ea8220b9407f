"""Causes of uncertainty that results share: each number entered with ±, and each computed value another run reads."""

from dataclasses import replace
from typing import TypeVar

from analyses.uncertainty import Estimate
from registry.hookspecs import Fact
from registry.numbers.catalogue import get_or_placeholder, in_sentence

GEOMETRY = "geometry"
DIMENSIONS = frozenset({"thickness_um", "area_cm2", "die_diameter_mm"})
F = TypeVar("F", bound=Fact)


def entered(fact: F, slug: str, cause: str) -> F | Estimate:
    """A fact entered with ± as one that results share: `12.3(4) µm` is of the geometry, by the thickness of this layer.

    A number without ± is unchanged: rounding is a bound, not a cause with a standard deviation.
    """
    if not isinstance(fact, Estimate) or not fact.standard_uncertainty:
        return fact
    name = GEOMETRY if slug in DIMENSIONS else in_sentence(get_or_placeholder(slug))
    return fact.attributed(name, shared=cause)


def computed(number: Estimate | None, cause: str) -> Estimate | None:
    """A computed value whose own components several results may share once they read it: its fit, by this value."""
    if number is None or all(part.shared for part in number.components):
        return number
    return replace(
        number, components=tuple(part if part.shared else replace(part, shared=cause) for part in number.components)
    )
