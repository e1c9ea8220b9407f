"""Values of one technique are of one measurement; those of different techniques combine on the cell."""

import itertools

import pandas as pd
import pytest
from django.contrib.auth.models import AnonymousUser
from rest_framework.test import APIClient

from registry.models import Project
from registry.selectors.query import to_sql
from registry.selectors.query.combination import split_by_technique
from registry.selectors.query.parsing import parse_list_query
from tests import factories
from tests.factories import report

RETENTION, CYCLES, SIGMA = "capacity_retention_percent", "cycle_count", "ionic_conductivity_s_cm"


def split(**parameters: str) -> list[set[str]]:
    query = parse_list_query({name: [value] for name, value in parameters.items()})
    return [set(part.quantities) for part in split_by_technique(query)]


@pytest.mark.django_db
def test_quantities_of_one_technique_stay_together() -> None:
    assert split(capacity_retention_percent__gte="80", cycle_count__gte="500") == [{RETENTION, CYCLES}]
    assert split(capacity_retention_percent__gte="80", ionic_conductivity_s_cm__gte="1e-3") == [{RETENTION}, {SIGMA}]
    absent = split(capacity_retention_percent__gte="80", ionic_conductivity_s_cm__exists="false")
    assert absent == [{RETENTION, SIGMA}]
    assert split(technique="eis") == [set()]


def make_cell(project: Project, label: str, *numbers: int) -> None:
    """A cell cycled at a pressure with a retention after some cycles, and its conductivity at another pressure."""
    cycling_mpa, retention, cycles, eis_mpa = numbers
    cell = factories.make_cell(project, label=label)
    cycling = factories.make_measurement(cell, technique="cycling", stack_pressure_mpa=f"{cycling_mpa} MPa")
    report(cycling, RETENTION, f"{retention} %")
    report(cycling, CYCLES, str(cycles))
    eis = factories.make_measurement(cell, technique="eis", stack_pressure_mpa=f"{eis_mpa} MPa")
    report(eis, SIGMA, "2.0 mS/cm")


def test_retention_and_conductivity_combine_on_the_cell(public_project: Project) -> None:
    make_cell(public_project, "both", 5, 85, 600, 5)
    make_cell(public_project, "conductivity elsewhere", 5, 85, 600, 50)
    parameters = {"capacity_retention_percent__gte": ["80"], "ionic_conductivity_s_cm__gte": ["1e-3"]}
    assert labels(parameters) == ["both", "conductivity elsewhere"]
    # Each value is of a measurement that meets the conditions.
    assert labels(parameters | {"stack_pressure_mpa__lte": ["10"]}) == ["both"]
    matching = to_sql.filter_measurements(parse_list_query(parameters), AnonymousUser())
    assert sorted(matching.values_list("technique", flat=True)) == ["cycling", "cycling", "eis", "eis"]


def labels(parameters: dict[str, list[str]]) -> list[str]:
    cells = to_sql.filter_cells(parse_list_query(parameters), AnonymousUser())
    return sorted(cells.values_list("label", flat=True))


def test_cells_below_10_mpa_that_keep_80_percent_after_500_cycles_are_those_of_pandas(
    public_project: Project,
) -> None:
    rows = []
    grid = itertools.product((2, 10, 20), (75, 80, 92), (100, 500), (5, 50))
    for number, (cycling_mpa, retention, cycles, eis_mpa) in enumerate(grid):
        rows.append((f"cell {number:02}", cycling_mpa, retention, cycles, eis_mpa))
        make_cell(public_project, *rows[-1])
    frame = pd.DataFrame(rows, columns=["label", "cycling_mpa", "retention", "cycles", "eis_mpa"])
    expected = frame.query("cycling_mpa <= 10 and retention >= 80 and cycles >= 500 and eis_mpa <= 10")["label"]
    response = APIClient().get(
        "/api/cells/",
        {
            "stack_pressure_mpa__lte": "10",
            "capacity_retention_percent__gte": "80",
            "cycle_count__gte": "500",
            "ionic_conductivity_s_cm__gte": "1e-3",
            "page_size": "100",
        },
    )
    assert sorted(row["label"] for row in response.json()["results"]) == sorted(expected)
    assert len(expected) == 4
