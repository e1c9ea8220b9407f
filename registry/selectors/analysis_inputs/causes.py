"""Causes of uncertainty that results share: each number entered with ±, and each computed value another run reads."""

from dataclasses import replace
from typing import TypeVar

from analyses.uncertainty import Estimate
from registry.hookspecs import Fact
from registry.models import Value, ValueOrigin
from registry.numbers.catalogue import get_or_placeholder, in_sentence

GEOMETRY = "geometry"
DIMENSIONS = frozenset({"thickness_um", "area_cm2", "die_diameter_mm", "footprint_cm2", "packaging_thickness_um"})
F = TypeVar("F", bound=Fact)


def entered(fact: F, slug: str, cause: str) -> F | Estimate:
    """A fact entered with ± as one that results share: `12.3(4) µm` is of the geometry, by the thickness of this layer.

    A number without ± is unchanged: rounding is a bound, not a cause with a standard deviation.
    """
    if not isinstance(fact, Estimate) or not fact.standard_uncertainty:
        return fact
    name = GEOMETRY if slug in DIMENSIONS else in_sentence(get_or_placeholder(slug))
    return fact.attributed(name, shared=cause)


def of_value(value: Value, refcode: str) -> Estimate | None:
    """A value of a record; None if it is missing or only a bound. What it does not share already, all that read it
    share: the ± of a reported value, the fit of a computed one."""
    number, cause = value.estimate(), f"{refcode} {value.origin}.{value.key}"
    if value.origin == ValueOrigin.REPORTED:
        return entered(number, value.quantity, cause)
    return computed(number, cause)


def computed(number: Estimate | None, cause: str) -> Estimate | None:
    """A computed value whose own components have the cause that it is; one without components is unchanged."""
    if number is None or all(part.shared for part in number.components):
        return number
    return replace(
        number, components=tuple(part if part.shared else replace(part, shared=cause) for part in number.components)
    )
