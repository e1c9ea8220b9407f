"""Replicates in a table: each, their mean, or the champion."""

import math
import re

import pytest
from django.contrib.auth.models import AnonymousUser

from registry.hookspecs import Column, PrintedTable, Table
from registry.models import Cell, CellGroup, Layer, Project
from registry.selectors.comparison.replicates import check_settings, with_settings
from registry.selectors.comparison.tables import format_table
from registry.selectors.query.errors import QueryError
from registry.services.record import save_record
from tests import factories

SIGMA = "ionic_conductivity_s_cm"


def table(*keys: str, **settings: object) -> Table:
    columns = tuple(Column(key=key) for key in ("label", SIGMA, *keys))
    return Table(slug="t", title="T", columns=columns, order=("label",), **settings)  # type: ignore[arg-type]


def printed(*keys: str, **settings: object) -> PrintedTable:
    return format_table(table(*keys, **settings), AnonymousUser())


def notes_of(output: PrintedTable, row: int, column: int) -> list[str]:
    return [output.footnotes[number - 1] for number in output.rows[row][column].notes]


@pytest.fixture
def cells(public_project: Project) -> list[Cell]:
    """Three replicates of 1.0, 2.0 and 3.0 mS/cm at 25 °C, the last also of 2.5 mS/cm at 60 °C, and another cell."""
    cells = []
    for name, sigma, thickness in (
        ("a", "1.0", "600 µm"),
        ("b", "2.0", "610 µm"),
        ("c", "3.0", "620 µm"),
        ("z", "9", "1 mm"),
    ):
        layer = Layer(
            position=1,
            role="sample",
            material=factories.make_material(public_project, f"LPSCl {name}"),
            thickness=thickness,
        )
        cell = factories.make_cell(public_project, [layer], label=name, format="blocking_pellet")
        spectrum = factories.make_measurement(cell, technique="eis", temperature_degc="25 °C")
        factories.report(spectrum, SIGMA, f"{sigma} mS/cm")
        cells.append(cell)
    hot = factories.make_measurement(cells[2], technique="eis", temperature_degc="60 °C")
    factories.report(hot, SIGMA, "2.5 mS/cm")
    factories.make_group(public_project, *cells[:3], name="Pellets")
    return cells


def test_each_cell_has_a_row(cells: list[Cell]) -> None:
    assert [row[0].text for row in printed().rows] == ["a", "b", "c", "c", "z"]


def test_the_mean_says_of_which_cells_and_how_they_scatter(cells: list[Cell]) -> None:
    """By hand: mean 2 mS/cm, standard deviation 1, standard uncertainty 1/√3. What is not at 25 °C stays apart."""
    output = printed("sample.thickness_um", replicates="mean")
    assert [row[0].text for row in output.rows] == ["a; b; c", "c", "z"]
    mean = output.rows[0][1]
    assert mean.number == pytest.approx(2e-3)
    assert mean.uncertainty == pytest.approx(1e-3 / math.sqrt(3), rel=0.01)
    (whole,) = notes_of(output, 0, 0)
    assert all(cell.refcode in whole for cell in cells[:3])
    assert cells[3].refcode not in whole
    assert any("n = 3," in note for note in notes_of(output, 0, 1))
    assert {cells[0].refcode, "600", "620"} <= set(re.findall(r"[\w-]+", notes_of(output, 0, 2)[-1]))
    assert notes_of(output, 2, 0) == []


def test_a_bound_is_not_in_the_mean(cells: list[Cell], public_project: Project) -> None:
    factories.report(cells[1].measurements.get(), SIGMA, "> 2 mS/cm")
    output = printed(replicates="mean")
    assert output.rows[0][1].number == pytest.approx(2e-3)
    assert any(note.startswith("n = 2 of 3") for note in notes_of(output, 0, 1))


@pytest.mark.parametrize(("key", "label"), [(SIGMA, "c"), (f"-{SIGMA}", "a")])
def test_the_champion_says_of_what(cells: list[Cell], key: str, label: str) -> None:
    output = printed(replicates="champion", champion=key)
    assert output.rows[0][0].text == label
    (note,) = notes_of(output, 0, 0)
    assert note.startswith("Champion of 3 cells")
    assert ("smallest" in note) is key.startswith("-")


def test_a_group_that_is_not_visible_combines_nothing(cells: list[Cell], project: Project) -> None:
    """The private group of another project with public cells."""
    group = CellGroup.objects.get()
    group.project = project
    save_record(group, by=None)
    assert len(printed(replicates="mean").rows) == 5


def test_the_settings_may_come_with_the_query() -> None:
    changed, others = with_settings(table(), {"champion": ["ionic_conductivity_s_cm"], "anode": ["Li"]})
    assert (changed.replicates, changed.champion, others) == ("champion", SIGMA, {"anode": ["Li"]})
    changed, _ = with_settings(table(replicates="champion", champion=SIGMA), {"replicates": ["mean"]})
    assert (changed.replicates, changed.champion) == ("mean", "")


@pytest.mark.parametrize(
    ("options", "parameter"),
    [
        ({"replicates": "median"}, "replicates"),
        ({"replicates": "champion"}, "champion"),
        ({"replicates": "champion", "champion": "no_such"}, "champion"),
        ({"replicates": "mean", "champion": SIGMA}, "champion"),
    ],
)
def test_wrong_settings_are_refused(options: dict[str, str], parameter: str) -> None:
    with pytest.raises(QueryError) as error:
        check_settings(table(**options))
    assert error.value.parameter == parameter
