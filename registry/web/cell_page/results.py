"""The rows of the cell list: key metrics, and the measurements that match the query with their values."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet

from registry.contract.place import Place
from registry.hookspecs import Quantity
from registry.models import Cell, Measurement, Value, ValueOrigin
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.query.parsing import ListQuery
from registry.selectors.query.shown_value import of_values
from registry.selectors.query.to_sql import matching_measurements
from registry.web.measurement import format_conditions
from registry.web.presentation.text import list_test_conditions
from registry.web.presentation.value_column import build_value_column

KEY_QUANTITIES = (
    "capacity_retention_percent",
    "cycle_count",
    "specific_capacity_mah_g",
    "gravimetric_energy_density_wh_kg",
    "electronic_conductivity_s_cm",
    "ionic_conductivity_s_cm",
    "areal_capacity_mah_cm2",
    "porosity_percent",
    "critical_current_density_ma_cm2",
    "hours_to_short_circuit_h",
    "overpotential_v",
    "resistance_ohm",
)

ValueOwner = tuple[int | None, int | None]
"""Measurement of a value; of a cell-level one that is not reported, the run, as each series of a cell has its own."""
METRICS_PER_ROW = 3
PLACES_PER_METRIC = 3
MATCHES_PER_ROW = 6


@dataclass(frozen=True)
class KeyMetric:
    """A quantity of a cell, at one place if it has places: its value, or the range over its measurements."""

    name: str
    """With the place: `Relaxation time, peak 2`."""
    text: str
    origins: str
    count: int
    """Number of measurements; 0 for cell-level values, such as those of several series."""
    further_places: int = 0
    """Places of the quantity that are not shown, on the last one shown."""


@dataclass(frozen=True)
class Match:
    """A measurement that meets all conditions of the query, with the values queried."""

    measurement: Measurement
    conditions: str
    values: tuple[KeyMetric, ...]


@dataclass(frozen=True)
class Result:
    """A row of the cell list."""

    cell: Cell
    metrics: tuple[KeyMetric, ...]
    matches: tuple[Match, ...]
    further_matches: int


def list_results(cells: Sequence[Cell], query: ListQuery, user: AnyUser) -> list[Result]:
    """Rows for these cells, in a constant number of queries."""
    pks = [cell.pk for cell in cells]
    measurements: dict[int, list[Measurement]] = defaultdict(list)
    if query.names_measurements:
        for measurement in matching_measurements(query, pks, user).prefetch_related("conditions"):
            measurements[measurement.cell_id].append(measurement)
    values: dict[int, list[Value]] = defaultdict(list)
    for value in _filter_values(pks, query, measurements):
        values[value.cell_id].append(value)
    slugs = query.quantities if query.value_bounds else KEY_QUANTITIES
    return [_build_result(cell, measurements[cell.pk], values[cell.pk], slugs) for cell in cells]


def _filter_values(pks: Sequence[int], query: ListQuery, matching: dict[int, list[Measurement]]) -> QuerySet[Value]:
    """The values to show: of the matching measurements and of the origin, if the query sets them."""
    values = Value.objects.filter(cell__in=pks, is_latest=True, magnitude__isnull=False).order_by("cell", "pk")
    values = values.filter(of_values(query))
    if query.names_measurements:
        measurements = [measurement.pk for of_cell in matching.values() for measurement in of_cell]
        values = values.filter(Q(measurement__in=measurements) | Q(measurement__isnull=True))
    if query.value_bounds:
        values = values.filter(_build_bounds_condition(query))
    return values


def _build_bounds_condition(query: ListQuery) -> Q:
    """Values of the queried quantities within all bounds."""
    condition = Q()
    for slug in query.quantities:
        within_bounds = Q(quantity=slug)
        for bound in query.value_bounds:
            if bound.slug == slug and bound.operator != "exists":
                within_bounds &= bound.condition()
        condition |= within_bounds
    return condition


def _build_result(
    cell: Cell, measurements: Sequence[Measurement], values: Sequence[Value], slugs: Sequence[str]
) -> Result:
    shown = measurements[:MATCHES_PER_ROW]
    matching = tuple(
        Match(
            measurement,
            format_conditions(list_test_conditions(measurement, in_line=True)),
            list_key_metrics([value for value in values if value.measurement_id in (measurement.pk, None)], slugs),
        )
        for measurement in shown
    )
    return Result(cell, list_key_metrics(values, slugs), matching, len(measurements) - len(shown))


def list_key_metrics(values: Iterable[Value], slugs: Sequence[str]) -> tuple[KeyMetric, ...]:
    """The first few of these quantities, each as a value or a range; reported values take precedence.

    Values at different places are never combined: the first few places of a quantity have a metric each.
    """
    by_quantity: dict[str, dict[Place | None, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for value in values:
        by_quantity[value.quantity][value.place].append(value)
    chosen = [slug for slug in slugs if slug in by_quantity] or list(by_quantity)
    return tuple(metric for slug in chosen[:METRICS_PER_ROW] for metric in _build_key_metrics(slug, by_quantity[slug]))


def _build_key_metrics(slug: str, by_place: Mapping[Place | None, Sequence[Value]]) -> list[KeyMetric]:
    """A metric for the value without a place, if there is one, and for each of the first places."""
    quantity = get_or_placeholder(slug)
    places = sorted(by_place, key=lambda place: place or ("", -1))
    metrics = [_build_key_metric(quantity, place, by_place[place]) for place in places[:PLACES_PER_METRIC]]
    metrics[-1] = replace(metrics[-1], further_places=len(places) - len(metrics))
    return metrics


def _build_key_metric(quantity: Quantity, place: Place | None, values: Sequence[Value]) -> KeyMetric:
    by_owner: dict[ValueOwner, list[Value]] = defaultdict(list)
    is_cell_reported = any(value.measurement_id is None and value.origin == ValueOrigin.REPORTED for value in values)
    for value in values:
        run = value.run_id if value.measurement_id is None and not is_cell_reported else None
        by_owner[value.measurement_id, run].append(value)
    chosen = [
        next((value for value in owned if value.origin == ValueOrigin.REPORTED), owned[0])
        for owned in by_owner.values()
    ]
    chosen.sort(key=lambda value: value.magnitude or 0.0)
    column = build_value_column(quantity.slug, chosen)
    texts = dict.fromkeys(column.format(value) for value in (chosen[0], chosen[-1]))
    text = f"{' to '.join(texts)} {column.unit_label}".strip()
    shown = {value.origin for value in chosen}
    others = {value.origin for value in values} - shown
    origins = " and ".join(sorted(shown, reverse=True)) + "".join(f"; also {origin}" for origin in others)
    name = f"{quantity.name}, {place.label}" if place else quantity.name
    measurements = {value.measurement_id for value in chosen} - {None}
    return KeyMetric(name, text, origins, len(measurements))
