"""A bound of a query on a number, and which values satisfy it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from registry.numbers.parsing import Qualifier, qualifier_prefixes

OPERATORS = ("gte", "lte", "gt", "lt")
AMBIGUOUS_QUALIFIERS: Mapping[str, tuple[Qualifier, ...]] = {
    **dict.fromkeys(("gte", "gt"), ("<",)),
    **dict.fromkeys(("lte", "lt"), (">",)),
    "exact": ("<", ">"),
}
"""Qualifiers that leave a bound undecided: `> 5 MPa` does not match at most 10 MPa."""

STRICT_QUALIFIERS: Mapping[str, Qualifier] = {"gt": ">", "lt": "<"}
"""Qualifiers with which a number equal to a strict bound satisfies it."""


@dataclass(frozen=True)
class Bound:
    """`slug` compared with a number in the unit of the slug; `exists` only checks whether it has a number."""

    slug: str
    operator: str
    number: float

    @property
    def asks_for_none(self) -> bool:
        """Whether the bound requires that the number is absent."""
        return self.operator == "exists" and not self.number

    @property
    def undecided(self) -> tuple[Qualifier, ...]:
        return AMBIGUOUS_QUALIFIERS.get(self.operator, ())

    def _on_magnitude(self, magnitude: str) -> Q:
        """Condition on the magnitude, ignoring the qualifier."""
        if self.operator == "exists":
            return Q(**{f"{magnitude}__isnull": not self.number})
        if self.operator == "exact":
            margin = abs(self.number) * 1e-9
            return Q(**{f"{magnitude}__gte": self.number - margin, f"{magnitude}__lte": self.number + margin})
        return Q(**{f"{magnitude}__{self.operator}": self.number})

    def condition(self, prefix: str = "") -> Q:
        """Condition on a row with the columns of a number, `{prefix}magnitude` and so on, respecting its qualifier:
        `> 80` is above 80 and does not match below 80."""
        condition = self._on_magnitude(f"{prefix}magnitude") & ~Q(**{f"{prefix}qualifier__in": self.undecided})
        if strict := STRICT_QUALIFIERS.get(self.operator):
            condition |= Q(**{f"{prefix}qualifier": strict, f"{prefix}magnitude": self.number})
        return condition

    def condition_as_written(self, magnitude: str, written: str) -> Q:
        """Condition on a number whose qualifier is only in the text column: `< 10 MPa`."""
        condition = self._on_magnitude(magnitude)
        if self.undecided:
            condition &= ~_starts_with(self.undecided, written)
        if strict := STRICT_QUALIFIERS.get(self.operator):
            condition |= _starts_with((strict,), written) & Q(**{magnitude: self.number})
        return condition


def _starts_with(qualifiers: Iterable[Qualifier], written: str) -> Q:
    """Whether a text starts with one of these qualifiers; a flat OR, as SQLite limits expression depth."""
    condition = Q()
    for qualifier in qualifiers:
        for prefix in qualifier_prefixes(qualifier):
            condition |= Q(**{f"{written}__istartswith": prefix})
    return condition
