"""A bound of a query on a number, and which stored numbers meet it.

A bound on columns is certain (`gte`: every true value is at least the number) or possible (`possibly_gte`: some true
value may be). Only the columns of the number decide: its magnitude, lower and upper bound, and qualifier.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

CERTAIN = ("gte", "lte", "gt", "lt")
POSSIBLE = tuple(f"possibly_{operator}" for operator in CERTAIN)
OPERATORS = (*CERTAIN, *POSSIBLE)
STRICT_QUALIFIERS: Mapping[str, str] = {"gt": ">", "lt": "<"}
"""The qualifier with which a bound at the number itself meets a strict bound: `>80` answers above 80."""
EXCLUSIVE_QUALIFIERS: Mapping[str, str] = {"gte": "<", "lte": ">"}
"""The qualifier with which a bound at the number itself may not meet an inclusive bound: `<80` is never 80."""
LARGEST_ROUNDING_ERROR = 1e-9
"""Relative difference up to which a magnitude equals the number asked for, since units are converted."""


@dataclass(frozen=True)
class ColumnNames:
    """Names of the columns of a number, as a query spells them."""

    magnitude: str
    lower: str
    upper: str
    qualifier: str


def columns_of_row(prefix: str = "") -> ColumnNames:
    """The columns of a row that is a number: `values__magnitude`."""
    return ColumnNames(*(f"{prefix}{name}" for name in ("magnitude", "lower", "upper", "qualifier")))


def columns_of_field(slug: str, prefix: str = "") -> ColumnNames:
    """The columns of a number field of a record: `cell__thickness_um`, `cell__thickness_um_lower`."""
    return ColumnNames(*(f"{prefix}{slug}{ending}" for ending in ("", "_lower", "_upper", "_qualifier")))


@dataclass(frozen=True)
class Bound:
    """`slug` compared with a number in the unit of the slug; `exists` only checks whether it has a number."""

    slug: str
    operator: str
    number: float
    scale: str | None = None
    """Of a potential, what it is measured against, empty if not stated; None for any."""

    @property
    def asks_for_none(self) -> bool:
        """Whether the bound requires that the number is absent."""
        return self.operator == "exists" and not self.number

    def condition(self, prefix: str = "") -> Q:
        """Condition on a row with the columns of a number, `{prefix}magnitude` and so on."""
        return self.on(columns_of_row(prefix))

    def condition_on_field(self, prefix: str = "") -> Q:
        """Condition on a number field of a record, `{prefix}{slug}` and so on."""
        return self.on(columns_of_field(self.slug, prefix))

    def on(self, columns: ColumnNames) -> Q:
        """Condition on these columns."""
        if self.operator == "exists":
            return Q(**{f"{columns.magnitude}__isnull": not self.number})
        if self.operator == "exact":
            return self._is_equal(columns)
        operator = self.operator.removeprefix("possibly_")
        return self._is_certain(columns) if operator == self.operator else self._is_possible(columns, operator)

    def _is_equal(self, columns: ColumnNames) -> Q:
        margin = abs(self.number) * LARGEST_ROUNDING_ERROR
        return Q(
            **{
                f"{columns.magnitude}__gte": self.number - margin,
                f"{columns.magnitude}__lte": self.number + margin,
                f"{columns.qualifier}__in": ("=", "~"),
            }
        )

    def _is_certain(self, columns: ColumnNames) -> Q:
        """`=`: the magnitude meets the bound; otherwise the bound of the number does, if it has one."""
        is_lower = self.operator.startswith("g")
        side = columns.lower if is_lower else columns.upper
        equal = Q(**{columns.qualifier: "=", f"{columns.magnitude}__{self.operator}": self.number})
        other = Q(**{f"{side}__{self.operator}": self.number}) & ~Q(**{columns.qualifier: "="})
        if strict := STRICT_QUALIFIERS.get(self.operator):
            other |= Q(**{columns.qualifier: strict, side: self.number})
        # Implied by both, but an index on the magnitude serves only a condition outside the alternatives.
        return Q(**{f"{columns.magnitude}__{'gte' if is_lower else 'lte'}": self.number}) & (equal | other)

    def _is_possible(self, columns: ColumnNames, operator: str) -> Q:
        side = columns.upper if operator.startswith("g") else columns.lower
        inside = Q(**{f"{side}__isnull": True}) | Q(**{f"{side}__{operator}": self.number})
        condition = Q(**{f"{columns.magnitude}__isnull": False}) & inside
        if exclusive := EXCLUSIVE_QUALIFIERS.get(operator):
            condition &= ~Q(**{columns.qualifier: exclusive, side: self.number})
        return condition
