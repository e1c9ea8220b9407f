"""Like with like in a table."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.hookspecs import Column, PrintedTable, Table
from registry.models import Comparison, Layer, Measurement, Project
from registry.selectors.comparison.tables import format_table
from registry.selectors.query.errors import QueryError
from registry.services.record import save_record
from tests import factories

TABLE = Table(
    slug="t",
    title="T",
    columns=tuple(Column(key=key) for key in ("label", "c_rate", "stack_pressure_mpa", "capacity_retention_percent")),
    filters={"technique": "cycling"},
)


@pytest.fixture
def lithium(public_project: Project) -> Layer:
    return Layer(position=1, role="anode", material=factories.make_material(public_project, "Li"))


def make(project: Project, anode: str = "Li", **conditions: str) -> Measurement:
    material = project.materials.filter(name=anode).first() or factories.make_material(project, anode)
    cell = factories.make_cell(project, [Layer(position=1, role="anode", material=material)])
    measurement = factories.make_measurement(cell, technique="cycling", **conditions)
    factories.report(measurement, "capacity_retention_percent", "80 %")
    return measurement


def compared(reference: Measurement, **changes: object) -> PrintedTable:
    return format_table(replace(TABLE, compare_with=reference.refcode, **changes), AnonymousUser())  # type: ignore[arg-type]


SAME = {"temperature_degc": "25 °C", "stack_pressure_mpa": "10 MPa", "c_rate": "1 C"}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "yes"),
        ({"stack_pressure_mpa": "20 MPa"}, "yes"),
        ({"stack_pressure_mpa": "21 MPa"}, "no: stack pressure"),
        ({"temperature_degc": "30 °C"}, "yes"),
        ({"temperature_degc": "60 °C"}, "no: temperature"),
        ({"c_rate": "0.2 C", "temperature_degc": "60 °C"}, "no: temperature, C-rate"),
        ({"stack_pressure_mpa": "coin cell"}, "not stated: stack pressure"),
        ({"stack_pressure_mpa": "< 10 MPa"}, "not stated: stack pressure"),
        ({"anode": "Li-In"}, "no: anode"),
        ({"c_rate": "3 C", "stack_pressure_mpa": "coin cell"}, "no: C-rate; not stated: stack pressure"),
        ({"voltage_upper_v": "4.3 V"}, "not stated: voltage window"),
    ],
)
def test_each_row_says_in_what_it_differs(public_project: Project, changes: dict[str, str], verdict: str) -> None:
    reference = make(public_project, **SAME)
    make(public_project, **{**SAME, **changes})
    table = compared(reference)
    assert [row[-1].text for row in table.rows] == ["reference row", verdict]
    assert table.headings[-1].title == f"Comparable with {reference.refcode}"
    assert "within a factor of 2" in table.footnotes[-1]


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ("4.3 V", "4.3 V", "yes"),
        ("4.3 V vs Li/Li+", "4.3 V vs Li/Li+", "yes"),
        ("4.3 V vs Li/Li+", "4.3 V vs Li-In", "no: voltage window"),
        ("4.3 V", "4.0 V", "no: voltage window"),
    ],
)
def test_voltages_are_compared_on_their_scale(public_project: Project, first: str, second: str, verdict: str) -> None:
    reference = make(public_project, voltage_upper_v=first)
    make(public_project, voltage_upper_v=second)
    assert [row[-1].text for row in compared(reference).rows] == ["reference row", verdict]


def test_the_numbers_that_differ_are_marked(public_project: Project) -> None:
    reference = make(public_project, **SAME)
    make(public_project, **(SAME | {"c_rate": "0.2 C"}))
    assert [[cell.differs for cell in row] for row in compared(reference).rows] == [
        [False] * 5,
        [False, True, False, False, False],
    ]


def test_the_rules_are_a_footnote_of_the_row_compared_with(public_project: Project) -> None:
    reference = make(public_project, **SAME)
    make(public_project, **(SAME | {"c_rate": "2 C"}))
    table = compared(reference)
    assert [row[-1].notes for row in table.rows] == [(len(table.footnotes),), ()]


def test_only_comparable_rows_are_shown(public_project: Project) -> None:
    reference = make(public_project, **SAME)
    make(public_project, **(SAME | {"c_rate": "0.2 C"}))
    make(public_project, **(SAME | {"c_rate": "2 C"}))
    assert [row[-1].text for row in compared(reference, comparable="only").rows] == ["reference row", "yes"]


def test_a_row_that_is_not_in_the_table_is_refused(public_project: Project) -> None:
    make(public_project, **SAME)
    with pytest.raises(QueryError) as raised:
        format_table(TABLE, AnonymousUser(), {"compare_with": ["M-99999"]})
    assert raised.value.parameter == "compare_with"
    with pytest.raises(QueryError) as raised:
        format_table(TABLE, AnonymousUser(), {"comparable": ["only"]})
    assert raised.value.parameter == "comparable"


def test_it_costs_the_same_for_two_rows_and_for_ten(public_project: Project) -> None:
    reference = make(public_project, **SAME)
    make(public_project, **SAME)
    counts = []
    for more in (0, 8):
        for _ in range(more):
            make(public_project, **SAME)
        with CaptureQueriesContext(connection) as queries:
            compared(reference)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_pages_and_the_api_take_the_parameters(public_project: Project, client: Client) -> None:
    reference = make(public_project, **SAME)
    make(public_project, **(SAME | {"c_rate": "0.2 C"}))
    definition = {"columns": ["label", "c_rate"], "filters": {"technique": "cycling"}}
    save_record(Comparison(project=public_project, slug="mine", title="Mine", definition=definition), by=None)
    page = client.get(f"/compare/mine/?compare_with={reference.refcode.lower()}").content.decode()
    assert 'class="number differs' in page
    assert "no: C-rate" in page
    assert f"compare_with={reference.refcode.lower()}&amp;comparable=only" in page
    answer = client.get(f"/api/comparisons/mine/?compare_with={reference.refcode}&comparable=only").json()
    assert len(answer["rows"]) == 1
    assert client.get("/compare/mine/?compare_with=M-99999").status_code == 400


def test_a_table_that_compares_with_a_hidden_row_says_so(public_project: Project, project: Project) -> None:
    """Its author sees the row; for others the table is not broken."""
    hidden = make(project, **SAME)
    make(public_project, **SAME)
    for comparable in ("all", "only"):
        table = compared(hidden, comparable=comparable)
        assert len(table.rows) == 1
        assert len(table.headings) == len(TABLE.columns)
        assert hidden.refcode in table.caption
