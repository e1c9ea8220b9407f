"""The numbers that lists of cells and measurements show in columns: of values and conditions, in few queries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F, Q, QuerySet

from registry.models import Condition, Measurement, Value, ValueOrigin
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.query.parsing import ListQuery, is_condition, value_quantities
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from registry.selectors.query.shown_value import shown_values
from registry.selectors.query.to_sql import matching_measurements

CELL_COLUMNS = (
    "stack_pressure_mpa",
    "cycle_count",
    "specific_capacity_mah_g",
    "capacity_retention_percent",
    "ionic_conductivity_s_cm",
    "electronic_conductivity_s_cm",
)
"""Quantities of the cell list, if any cell of a page has them."""
MEASUREMENT_COLUMNS = ("stack_pressure_mpa", "temperature_degc", "c_rate", *CELL_COLUMNS[1:])

UNUSED = ("missing_parameters", "note", "created_at", "retired_at")
"""Columns of values that no list shows."""
Number = Value | Condition
Numbers = dict[int, dict[str, list[Number]]]
"""By primary key of the cell or measurement, and by quantity."""


def list_columns(query: ListQuery, ordering: Iterable[str], usual: Sequence[str]) -> list[str]:
    """The quantities to show: the usual ones, those of the query, and those the list is ordered by."""
    asked = [*query.conditions, *query.quantities, *(name.removeprefix("-") for name in ordering)]
    return list(dict.fromkeys([*usual, *(slug for slug in asked if _is_number(slug))]))


def _is_number(slug: str) -> bool:
    return is_condition(slug) or slug in value_quantities()


def list_cell_numbers(pks: Sequence[int], slugs: Sequence[str], query: ListQuery, user: AnyUser) -> Numbers:
    """The numbers of each cell: of its matching measurements if the query has conditions on measurements."""
    cells = PrimaryKeyIn("cell_id", pks)
    conditions = _conditions(slugs).filter(PrimaryKeyIn("measurement__cell_id", pks))
    of_measurements = Q()
    if query.names_measurements:
        matching = list(matching_measurements(query, pks, user).values_list("pk", flat=True))
        of_measurements = Q(PrimaryKeyIn("measurement_id", matching)) | Q(measurement__isnull=True)
        conditions = conditions.filter(PrimaryKeyIn("measurement_id", matching))
    numbers: Numbers = defaultdict(lambda: defaultdict(list))
    for value in _values(slugs, query, Q(cells) & of_measurements):
        numbers[value.cell_id][value.quantity].append(value)
    for condition in conditions.annotate(of_cell=F("measurement__cell_id")):
        numbers[condition.of_cell][condition.quantity].append(condition)
    return {pk: {slug: _in_order(rows) for slug, rows in numbers[pk].items()} for pk in pks}


def list_measurement_numbers(pks: Sequence[int], slugs: Sequence[str], query: ListQuery) -> Numbers:
    """The numbers of each measurement; of quantities of the cell, those of its cell."""
    numbers: Numbers = defaultdict(lambda: defaultdict(list))
    per_cell = [slug for slug in slugs if get_or_placeholder(slug).per_cell]
    measured = [slug for slug in slugs if slug not in per_cell]
    for value in _values(measured, query, Q(PrimaryKeyIn("measurement_id", pks))):
        numbers[value.measurement_id or 0][value.quantity].append(value)
    for condition in _conditions(slugs).filter(PrimaryKeyIn("measurement_id", pks)):
        numbers[condition.measurement_id][condition.quantity].append(condition)
    if per_cell:
        cells = dict(Measurement.objects.filter(PrimaryKeyIn("pk", pks)).values_list("pk", "cell_id"))
        of_cells: Numbers = defaultdict(lambda: defaultdict(list))
        is_cell_level = Q(PrimaryKeyIn("cell_id", [*set(cells.values())]), measurement=None)
        for value in _values(per_cell, query, is_cell_level):
            of_cells[value.cell_id][value.quantity].append(value)
        for pk, cell in cells.items():
            numbers[pk] |= of_cells[cell]
    return {pk: {slug: _in_order(rows) for slug, rows in numbers[pk].items()} for pk in pks}


def _values(slugs: Sequence[str], query: ListQuery, condition: Q) -> QuerySet[Value]:
    """The values that stand for their measurements and cells, by which the lists are filtered and sorted too."""
    return shown_values(query, slugs).filter(condition).defer(*UNUSED).order_by("pk")


def _conditions(slugs: Sequence[str]) -> QuerySet[Condition]:
    conditions: QuerySet[Condition] = Condition.objects.filter(quantity__in=slugs).order_by("pk")
    return conditions


def _in_order(rows: Sequence[Number]) -> list[Number]:
    """Lowest first; words only if there are no numbers."""
    with_number = [row for row in rows if row.magnitude is not None]
    return sorted(with_number, key=lambda row: row.magnitude or 0.0) or list(rows)


def is_reported(row: Number) -> bool:
    """Whether it was entered as written, not computed."""
    return isinstance(row, Condition) or row.origin == ValueOrigin.REPORTED


def origins_of(numbers: Mapping[str, Sequence[Number]]) -> list[str]:
    """Whether the values are reported, computed or both."""
    values = [row for rows in numbers.values() for row in rows if isinstance(row, Value)]
    return sorted({str(value.origin) for value in values}, reverse=True)
