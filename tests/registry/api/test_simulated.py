"""The API states which records are of simulated cells, and lists them only where they are named."""

import pytest
from rest_framework.test import APIClient

from registry.models import Cell, Project
from tests import factories


@pytest.fixture
def model(project: Project) -> Cell:
    """A simulated cell with a reported value."""
    cell = factories.make_cell(project, origin="simulated")
    factories.report(factories.make_measurement(cell), "capacity_retention_percent", "90 %")
    return cell


def test_records_of_a_simulated_cell_state_its_origin(api: APIClient, model: Cell) -> None:
    assert api.get(f"/api/cells/{model.refcode}/").json()["origin"] == "simulated"
    measurement = model.measurements.get()
    assert api.get(f"/api/measurements/{measurement.refcode}/").json()["cell_origin"] == "simulated"
    (value,) = api.get("/api/values/").json()["results"]
    assert value["cell_origin"] == "simulated"
    assert api.get(f"/api/values/{value['id']}/").json()["cell_origin"] == "simulated"


def test_runs_and_groups_state_the_origin(api: APIClient, model: Cell, project: Project) -> None:
    posted = api.post("/api/runs/", {"measurement": model.measurements.get().refcode, "analysis": "cycling-summary"})
    assert posted.json()["cell_origin"] == "simulated"
    group = factories.make_group(project, model)
    (member,) = api.get(f"/api/groups/{group.pk}/").json()["members"]
    assert member["cell_origin"] == "simulated"


@pytest.mark.parametrize("records", ["cells", "measurements"])
def test_lists_have_it_only_if_they_name_it(api: APIClient, model: Cell, records: str) -> None:
    def count(query: str) -> int:
        return int(api.get(f"/api/{records}/{query}").json()["count"])

    assert count("") == count("?capacity_retention_percent__gte=80") == 0
    assert count("?origin=simulated") == count("?project=lab") == count(f"?cell={model.refcode}") == 1
    assert count("?origin=simulated&capacity_retention_percent__gte=80") == 1


def test_a_match_of_a_simulated_cell_has_its_measurement(api: APIClient, model: Cell) -> None:
    query = "?origin=simulated&capacity_retention_percent__gte=80"
    (cell,) = api.get(f"/api/cells/{query}").json()["results"]
    assert [match["measurement"] for match in cell["matches"]] == [model.measurements.get().refcode]


def test_groups_of_simulated_cells_are_listed_only_if_they_are_named(
    api: APIClient, model: Cell, project: Project
) -> None:
    factories.make_group(project, model)
    factories.make_group(project, factories.make_cell(project))
    counts = [api.get(f"/api/groups/{query}").json()["count"] for query in ("", "?origin=simulated", "?project=lab")]
    assert counts == [1, 1, 2]
