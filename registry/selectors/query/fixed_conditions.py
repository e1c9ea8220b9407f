"""The conditions that all measurements of a series share, compared with those of a query or of a measurement."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from registry.selectors.query.bound import Bound

FIXED = "run__fixed_conditions"
TOLERANCE = 1e-9
"""Share of a number to which an exact condition is equal."""


def agrees_with(bounds: Iterable[Bound]) -> Q:
    """Condition on a value that its series, if it comes from one, has no fixed condition outside these bounds."""
    condition = Q()
    for bound in bounds:
        if bound.operator != "exists":
            is_fixed = Q(**{f"{FIXED}__has_key": bound.slug})
            condition &= Q(run__isnull=True) | ~(is_fixed & ~_within(bound))
    return condition


def _within(bound: Bound) -> Q:
    path, operator = f"{FIXED}__{bound.slug}", bound.operator.removeprefix("possibly_")
    if operator == "exact":
        margin = abs(bound.number) * TOLERANCE
        return Q(**{f"{path}__gte": bound.number - margin, f"{path}__lte": bound.number + margin})
    return Q(**{f"{path}__{operator}": bound.number})


def agree(fixed: Mapping[str, float], conditions: Mapping[str, float]) -> bool:
    """Whether a measurement under these conditions contradicts none of the fixed conditions of a series."""
    return all(conditions.get(slug, magnitude) == magnitude for slug, magnitude in fixed.items())
