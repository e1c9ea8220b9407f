"""One bound of a query on one number, and what counts as meeting it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from registry.numbers.parsing import Qualifier, qualifier_prefixes

OPERATORS = ("gte", "lte", "gt", "lt")
UNDECIDED: Mapping[str, tuple[Qualifier, ...]] = {
    **dict.fromkeys(("gte", "gt"), ("<",)),
    **dict.fromkeys(("lte", "lt"), (">",)),
    "exact": ("<", ">"),
}
"""Qualifiers that leave open whether a bound is met: more than 5 MPa is no answer to at most 10 MPa."""

BEYOND: Mapping[str, Qualifier] = {"gt": ">", "lt": "<"}
"""Qualifiers by which a number at the bound itself meets a strict one."""


@dataclass(frozen=True)
class Bound:
    """`slug` compared with a number in the slug's unit; `exists` asks only whether there is one."""

    slug: str
    operator: str
    number: float

    @property
    def asks_for_none(self) -> bool:
        """Whether it asks that there is no number."""
        return self.operator == "exists" and not self.number

    @property
    def undecided(self) -> tuple[Qualifier, ...]:
        return UNDECIDED.get(self.operator, ())

    def condition(self, magnitude: str) -> Q:
        """What the magnitude must meet, whatever its qualifier."""
        if self.operator == "exists":
            return Q(**{f"{magnitude}__isnull": not self.number})
        if self.operator == "exact":
            margin = abs(self.number) * 1e-9
            return Q(**{f"{magnitude}__gte": self.number - margin, f"{magnitude}__lte": self.number + margin})
        return Q(**{f"{magnitude}__{self.operator}": self.number})

    def condition_on_value(self) -> Q:
        """What a value must meet, its qualifier heeded: more than 80 is above 80, and no answer to below 80."""
        condition = self.condition("magnitude") & ~Q(qualifier__in=self.undecided)
        if beyond := BEYOND.get(self.operator):
            condition |= Q(qualifier=beyond, magnitude=self.number)
        return condition

    def condition_as_written(self, magnitude: str, written: str) -> Q:
        """The same of a number whose qualifier stands only in the text beside it: `< 10 MPa`."""
        condition = self.condition(magnitude)
        if self.undecided:
            condition &= ~_begins_with(self.undecided, written)
        if beyond := BEYOND.get(self.operator):
            condition |= _begins_with((beyond,), written) & Q(**{magnitude: self.number})
        return condition


def _begins_with(qualifiers: Iterable[Qualifier], written: str) -> Q:
    """That a text begins with one of these qualifiers; one branch, as SQLite bounds the depth of an expression."""
    begins = Q()
    for qualifier in qualifiers:
        for beginning in qualifier_prefixes(qualifier):
            begins |= Q(**{f"{written}__istartswith": beginning})
    return begins
