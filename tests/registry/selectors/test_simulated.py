"""Simulated cells never come between measured ones unless a query names them."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User

from registry import plugin_loading
from registry.hookspecs import Column, Table
from registry.models import CellGroup, Measurement, Project
from registry.selectors.comparison.formatting import SIMULATED
from registry.selectors.comparison.tables import format_table
from registry.selectors.query.parsing import parse_list_query
from registry.selectors.query.to_sql import filter_cells, filter_measurements
from registry.selectors.simulated import OF_SIMULATED_CELL, has_simulated_member
from tests import factories

TABLE = Table(slug="all", title="All", columns=(Column(key="label"), Column(key="number"), Column(key="reference")))


@pytest.fixture
def measurements(project: Project) -> dict[str, Measurement]:
    """A test of a measured cell and one of a simulated cell."""
    return {
        label: factories.make_measurement(factories.make_cell(project, label=label, origin=origin))
        for label, origin in (("built", "own"), ("model", "simulated"))
    }


def labels(user: User, **query: str) -> list[str]:
    parsed = parse_list_query({name: [text] for name, text in query.items()})
    cells = [cell.label for cell in filter_cells(parsed, user).order_by("label")]
    of_measurements = [item.cell.label for item in filter_measurements(parsed, user).order_by("cell__label")]
    assert cells == of_measurements
    return cells


def test_a_query_finds_simulated_cells_only_if_it_names_them(measurements: dict[str, Measurement], owner: User) -> None:
    assert labels(owner) == ["built"]
    assert labels(owner, technique="cycling") == ["built"]
    assert labels(owner, q="model") == []
    assert labels(owner, origin="simulated") == ["model"]
    assert labels(owner, project="lab") == ["built", "model"]
    model = measurements["model"]
    assert labels(owner, refcode=model.cell.refcode) == labels(owner, measurement=model.refcode) == ["model"]


@pytest.mark.usefixtures("measurements")
def test_a_table_has_simulated_cells_only_if_it_asks_for_their_origin(owner: User) -> None:
    assert [row[0].text for row in format_table(TABLE, owner).rows] == ["built"]
    assert [row[0].text for row in format_table(TABLE, owner, {"project": ["lab"]}).rows] == ["built"]
    printed = format_table(TABLE, owner, {"origin": ["simulated", "own"]})
    assert [[cell.text for cell in row] for row in printed.rows] == [
        ["built", "This work", "This work"],
        ["model", "Simulated", "Simulated"],
    ]
    assert printed.footnotes == ("Simulated, not measured.",)
    assert [row[0].notes for row in printed.rows] == [(), (1,)]


@pytest.mark.parametrize("name", ["csv", "html", "json", "latex", "md", "xlsx"])
@pytest.mark.usefixtures("measurements")
def test_every_format_says_that_a_row_is_simulated(owner: User, name: str) -> None:
    content = plugin_loading.current().table_formats[name].render(format_table(TABLE, owner, {"origin": ["simulated"]}))
    if name == "xlsx":
        with ZipFile(BytesIO(content)) as archive:
            content = b"".join(archive.read(part) for part in archive.namelist())
    assert SIMULATED.encode() in content


@pytest.mark.usefixtures("measurements")
def test_a_table_may_name_the_origin_itself(owner: User) -> None:
    table = Table(slug="models", title="Models", columns=TABLE.columns, filters={"origin": "simulated"})
    assert [row[0].text for row in format_table(table, owner).rows] == ["model"]


def test_a_group_with_a_simulated_cell_is_one_of_simulated_cells(
    measurements: dict[str, Measurement], project: Project
) -> None:
    built, model = (measurements[label].cell for label in ("built", "model"))
    factories.make_group(project, built, name="measured")
    factories.make_group(project, built, model, name="mixed")
    assert [group.name for group in CellGroup.objects.filter(has_simulated_member())] == ["mixed"]
    assert Measurement.objects.get(OF_SIMULATED_CELL).cell == model
