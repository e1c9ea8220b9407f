"""Lists show, filter and sort by the same value of a quantity."""

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from registry.contract.place import Place
from registry.models import AnalysisRun, Cell, Measurement, Project, Value
from registry.selectors.list_numbers import list_cell_numbers, list_measurement_numbers
from registry.selectors.measurement import order_measurements
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import parse_list_query
from tests import factories

RETENTION = "capacity_retention_percent"


@pytest.fixture
def cells(project: Project) -> list[Cell]:
    """Two cells whose formation cycles keep more than their other cycles; the first also has a report."""
    made = [factories.make_cell(project, label=label) for label in ("reported 80, computed 91", "70")]
    for cell, overall in zip(made, (91.0, 70.0), strict=True):
        run = _make_run(factories.make_measurement(cell, technique="cycling"))
        _compute(run, overall, None)
        _compute(run, 99.0, Place("group", 1))
        _compute(run, overall, Place("group", 2))
    factories.report(made[0].measurements.get(), RETENTION, "80 %")
    return made


def _make_run(measurement: Measurement) -> AnalysisRun:
    return AnalysisRun.objects.create(
        cell=measurement.cell,
        measurement=measurement,
        analysis="cycle_summary",
        plugin="cycle_summary",
        version="1",
        status="done",
        inputs_hash="0",
        started_at=timezone.now(),
        finished_at=timezone.now(),
    )


def _compute(run: AnalysisRun, magnitude: float, place: Place | None, quantity: str = RETENTION) -> None:
    measurement = run.measurement
    assert measurement is not None
    Value.objects.create(
        cell=measurement.cell,
        measurement=measurement,
        run=run,
        origin="computed",
        quantity=quantity,
        magnitude=magnitude,
        lower=magnitude,
        upper=magnitude,
        at_kind=place.kind if place else "",
        at_number=place.number if place else None,
    )


def _listed(user: User, ordering: str = f"-{RETENTION}", **parameters: str) -> list[tuple[str, list[float | None]]]:
    """The cells in order, each with the numbers that its column shows."""
    query = parse_list_query({name: [text] for name, text in parameters.items()})
    cells = list(to_sql.order_cells(to_sql.filter_cells(query, user), query, [ordering]))
    slug = ordering.removeprefix("-")
    numbers = list_cell_numbers([cell.pk for cell in cells], [slug], query, user)
    return [(cell.label, [row.magnitude for row in numbers[cell.pk].get(slug, [])]) for cell in cells]


def test_formation_cycles_are_not_the_retention_of_a_cell(cells: list[Cell], owner: User) -> None:
    first, second = (cell.label for cell in cells)
    assert _listed(owner) == [(first, [80.0]), (second, [70.0])]
    assert _listed(owner, capacity_retention_percent__gte="95") == []
    assert _listed(owner, capacity_retention_percent__gte="95", at="group:1") == [(first, [99.0]), (second, [99.0])]


def test_a_column_shows_the_value_that_matches_the_filter(cells: list[Cell], owner: User) -> None:
    first = cells[0].label
    assert _listed(owner, capacity_retention_percent__gte="90") == [(first, [91.0])]
    assert _listed(owner, capacity_retention_percent__gte="75", capacity_retention_percent__lte="85") == [
        (first, [80.0])
    ]


def test_a_quantity_only_at_places_is_shown_and_sorted_by_them(cells: list[Cell], owner: User) -> None:
    for cell, magnitude in zip(cells, (3.0, 5.0), strict=True):
        run = AnalysisRun.objects.get(cell=cell)
        _compute(run, 1.0, Place("peak", 1), "peak_resistance_ohm")
        _compute(run, magnitude, Place("peak", 2), "peak_resistance_ohm")
    first, second = (cell.label for cell in cells)
    assert _listed(owner, "-peak_resistance_ohm") == [(second, [1.0, 5.0]), (first, [1.0, 3.0])]
    assert _listed(owner, "-peak_resistance_ohm", peak_resistance_ohm__gte="4") == [(second, [5.0])]


def test_conditions_are_sorted_by_those_of_matching_measurements(project: Project, owner: User) -> None:
    for label, pressures in (("5 and 80", ("5 MPa", "80 MPa")), ("10", ("10 MPa",))):
        cell = factories.make_cell(project, label=label)
        for text in pressures:
            factories.make_measurement(cell, stack_pressure_mpa=text)
    listed = _listed(owner, "-stack_pressure_mpa", stack_pressure_mpa__lte="20")
    assert listed == [("10", [10.0]), ("5 and 80", [5.0])]


def test_measurements_follow_the_same_rule(cells: list[Cell]) -> None:
    query = parse_list_query({})
    ordered = list(order_measurements(Measurement.objects.all(), query, [f"-{RETENTION}"]))
    assert [item.cell for item in ordered] == cells
    numbers = list_measurement_numbers([item.pk for item in ordered], [RETENTION], query)
    assert [numbers[item.pk][RETENTION][0].magnitude for item in ordered] == [80.0, 70.0]
