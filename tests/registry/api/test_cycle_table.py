"""Per-cycle numbers of many tests over the API."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from registry.api import cycle_table
from registry.hookspecs import CycleTable, Outcome
from registry.models import AnalysisRun, Measurement, Project
from registry.services.runs.analysis import store_run
from tests import factories

CAPACITY = "discharge_capacity_mah"
MAX_QUERIES = 5


def store(measurement: Measurement, capacities: Sequence[float]) -> None:
    """Store a run with these capacities, from cycle 1 on."""
    run = AnalysisRun(
        cell=measurement.cell, measurement=measurement, analysis="cycling-summary", plugin="p", version="1",
        status="done", inputs_hash="0", started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    cycles = range(1, len(capacities) + 1)
    store_run(run, Outcome(cycles=CycleTable(cycles=cycles, columns={CAPACITY: capacities})))


@pytest.fixture
def tests(project: Project) -> list[Measurement]:
    """Tests of 2, 3 and 4 cycles under 1, 2 and 3 MPa; the second has no number at cycle 2."""
    measurements = [
        factories.make_measurement(factories.make_cell(project), stack_pressure_mpa=f"{pressure} MPa")
        for pressure in (1, 2, 3)
    ]
    for measurement, capacities in zip(
        measurements, ([1.0, 0.5], [2.0, float("nan"), 1.5], [3.0, 2.9, 2.8, 2.7]), strict=True
    ):
        store(measurement, capacities)
    return measurements


def ask(api: APIClient, query: str, status: int = 200) -> Any:
    answer = api.get(f"/api/cycles/{query}")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_number_at_a_cycle_of_every_visible_test(api: APIClient, anyone: APIClient, tests: list[Measurement]) -> None:
    answer = ask(api, f"?quantity={CAPACITY}&cycle=2")
    assert (answer["quantity"], answer["unit"], answer["count"]) == (CAPACITY, "mAh", 2)
    assert answer["columns"] == ["cell", "measurement", "analysis", "stale_since", "value"]
    first, _, third = tests
    assert answer["rows"] == [
        [first.cell.refcode, first.refcode, "cycling-summary", None, 0.5],
        [third.cell.refcode, third.refcode, "cycling-summary", None, 2.9],
    ]
    assert ask(anyone, f"?quantity={CAPACITY}&cycle=2")["rows"] == []


@pytest.mark.parametrize(
    ("conditions", "values"),
    [
        ("&stack_pressure_mpa__lte=2", [1.0, 2.0]),
        ("&value__gte=2", [2.0, 3.0]),
        ("&value__gt=2 mAh", [3.0]),
        ("&value__gt=0.0015 Ah&value__lt=2.5", [2.0]),
        ("&analysis=other", []),
        ("&analysis=other&analysis=cycling-summary", [1.0, 2.0, 3.0]),
        ("&format=pouch", []),
    ],
)
def test_conditions_on_the_number_and_the_record(
    api: APIClient, tests: list[Measurement], conditions: str, values: list[float]
) -> None:
    rows = ask(api, f"?quantity={CAPACITY}&cycle=1{conditions}")["rows"]
    assert [row[-1] for row in rows] == values


def test_a_range_of_cycles_of_chosen_measurements(api: APIClient, tests: list[Measurement]) -> None:
    chosen = f"&measurement={tests[1].refcode}&measurement={tests[2].refcode}"
    answer = ask(api, f"?quantity={CAPACITY}{chosen}&cycle__gte=2&cycle__lte=3")
    assert answer["columns"][-2:] == ["first_cycle", "values"]
    assert [row[-2:] for row in answer["rows"]] == [[2, [None, 1.5]], [2, [2.9, 2.8]]]
    everything = ask(api, f"?quantity={CAPACITY}&measurement={tests[0].refcode}")
    assert [row[-2:] for row in everything["rows"]] == [[1, [1.0, 0.5]]]


def test_quartiles_by_cycle(api: APIClient, tests: list[Measurement]) -> None:
    answer = ask(api, f"quartiles/?quantity={CAPACITY}&cycle__lte=2")
    assert answer["columns"] == ["cycle", "tests", "lower_quartile", "median", "upper_quartile"]
    assert answer["rows"] == [[1, 3, 1.5, 2.0, 2.5], [2, 2, 1.1, 1.7, 2.3]]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "quantity"),
        ("?quantity=discharge_capacity&cycle=1", "quantity"),
        (f"?quantity={CAPACITY}&quantity=voltage_v&cycle=1", "quantity"),
        (f"?quantity={CAPACITY}&cycle=-1", "cycle"),
        (f"?quantity={CAPACITY}&cycle=1.5", "cycle"),
        (f"?quantity={CAPACITY}&cycle=99999999999", "cycle"),
        (f"?quantity={CAPACITY}&cycle=", "cycle"),
        (f"?quantity={CAPACITY}&cycle=1&cycle__gte=1", "cycle"),
        (f"?quantity={CAPACITY}&value__gte=1", "value__gte"),
        (f"?quantity={CAPACITY}&cycle=1&value__gte=a", "value__gte"),
        (f"?quantity={CAPACITY}&cycle=1&page=2", "page"),
        (f"?quantity={CAPACITY}&cycle=1&stack_presure_mpa__lte=2", "stack_presure_mpa__lte"),
        (f"quartiles/?quantity={CAPACITY}&cycle=1", "cycle"),
    ],
)
def test_a_faulty_question_names_its_parameter(
    api: APIClient, tests: list[Measurement], query: str, parameter: str
) -> None:
    assert parameter in ask(api, query, 400)["fields"]


def test_too_many_numbers_are_refused(
    api: APIClient, tests: list[Measurement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycle_table, "MAX_NUMBERS", 6)
    assert "cycle" in ask(api, f"?quantity={CAPACITY}", 400)["fields"]
    assert len(ask(api, f"?quantity={CAPACITY}&cycle__lte=2")["rows"]) == 3


def test_the_number_of_queries_does_not_grow(api: APIClient, tests: list[Measurement]) -> None:
    for path in (f"?quantity={CAPACITY}&cycle=1&stack_pressure_mpa__lte=9", f"quartiles/?quantity={CAPACITY}"):
        with CaptureQueriesContext(connection) as captured:
            ask(api, path)
        assert len(captured) <= MAX_QUERIES
