"""The rows of a list of cells: key numbers, and which measurements answered the query with which values."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from registry.hookspecs import Quantity
from registry.models import Cell, Measurement, Value, ValueOrigin
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.query.parsing import ListQuery
from registry.selectors.query.to_sql import matching_measurements
from registry.web.measurement import in_one_line
from registry.web.presentation.text import conditions_of, value_with_unit

KEY_QUANTITIES = (
    "capacity_retention_percent",
    "cycle_count",
    "specific_capacity_mah_g",
    "gravimetric_energy_density_wh_kg",
    "electronic_conductivity_s_cm",
    "ionic_conductivity_s_cm",
    "areal_capacity_mah_cm2",
    "porosity_percent",
    "overpotential_v",
    "resistance_ohm",
)

NUMBERS_A_ROW = 3
MATCHES_A_ROW = 6


@dataclass(frozen=True)
class KeyNumber:
    """A quantity of a cell: one value, or the range over its measurements."""

    name: str
    text: str
    origins: str
    count: int


@dataclass(frozen=True)
class Match:
    """A measurement on which the whole query holds, with the values it was asked for."""

    measurement: Measurement
    conditions: str
    values: tuple[KeyNumber, ...]


@dataclass(frozen=True)
class Result:
    """One cell of the list."""

    cell: Cell
    numbers: tuple[KeyNumber, ...]
    matches: tuple[Match, ...]
    further_matches: int


def results_for(cells: Sequence[Cell], query: ListQuery, user: AnyUser) -> list[Result]:
    """Rows for a page of cells in a constant number of queries."""
    pks = [cell.pk for cell in cells]
    found: dict[int, list[Measurement]] = defaultdict(list)
    if query.names_measurements:
        for measurement in matching_measurements(query, pks, user):
            found[measurement.cell_id].append(measurement)
    values: dict[int, list[Value]] = defaultdict(list)
    for value in _values(pks, query, found):
        values[value.cell_id].append(value)
    asked = _asked(query)
    return [_result(cell, found[cell.pk], values[cell.pk], asked) for cell in cells]


def _values(pks: Sequence[int], query: ListQuery, found: dict[int, list[Measurement]]) -> QuerySet[Value]:
    """The values to show: those of the matching measurements if the query names any, and of the origin it names."""
    values = Value.objects.filter(cell__in=pks, is_latest=True, magnitude__isnull=False).order_by("cell", "pk")
    if query.value_origin:
        values = values.filter(origin=query.value_origin)
    if query.names_measurements:
        measurements = [one.pk for several in found.values() for one in several]
        values = values.filter(Q(measurement__in=measurements) | Q(measurement__isnull=True))
    if query.value_bounds:
        values = values.filter(_within_bounds(query))
    return values


def _within_bounds(query: ListQuery) -> Q:
    """Values that answer the query: of a quantity it asks for, and within every bound on it."""
    condition = Q()
    for slug in query.quantities:
        one = Q(quantity=slug)
        for bound in query.value_bounds:
            if bound.slug == slug and bound.operator != "exists":
                one &= bound.condition_on_value()
        condition |= one
    return condition


def _asked(query: ListQuery) -> tuple[str, ...]:
    return query.quantities if query.value_bounds else KEY_QUANTITIES


def _result(cell: Cell, found: Sequence[Measurement], values: Sequence[Value], asked: Sequence[str]) -> Result:
    shown = found[:MATCHES_A_ROW]
    lines = tuple(
        Match(
            measurement,
            in_one_line(conditions_of(measurement)),
            key_numbers([value for value in values if value.measurement_id in (measurement.pk, None)], asked),
        )
        for measurement in shown
    )
    return Result(cell, key_numbers(values, asked), lines, len(found) - len(shown))


def key_numbers(values: Iterable[Value], asked: Sequence[str]) -> tuple[KeyNumber, ...]:
    """The first few quantities asked for, each as one value or a range; a reported value stands before a computed."""
    by_quantity: dict[str, dict[int | None, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for value in values:
        by_quantity[value.quantity][value.measurement_id].append(value)
    known = [slug for slug in asked if slug in by_quantity]
    others = [slug for slug in by_quantity if slug not in asked] if not known else []
    return tuple(_key_number(get_or_placeholder(slug), by_quantity[slug]) for slug in (known + others)[:NUMBERS_A_ROW])


def _key_number(quantity: Quantity, by_measurement: dict[int | None, list[Value]]) -> KeyNumber:
    chosen = [
        next((one for one in several if one.origin == ValueOrigin.REPORTED), several[0])
        for several in by_measurement.values()
    ]
    chosen.sort(key=lambda value: value.magnitude or 0.0)
    text = value_with_unit(chosen[0])
    if len(chosen) > 1:
        text = f"{text} to {value_with_unit(chosen[-1])}"
    shown = {one.origin for one in chosen}
    others = {one.origin for several in by_measurement.values() for one in several} - shown
    origins = " and ".join(sorted(shown, reverse=True)) + "".join(f"; also {origin}" for origin in others)
    return KeyNumber(quantity.name, text, origins, len(chosen))
