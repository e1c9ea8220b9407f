"""Values of the cells of a recipe series as a table."""

import pytest

from registry import plugin_loading
from registry.models import Project
from registry.services.runs.groups import run_group_analysis
from registry.web.presentation.group_table import build_cell_table
from tests import factories

SIGMA = "ionic_conductivity_s_cm"


def test_each_cell_is_a_row_with_its_recipe_number(project: Project) -> None:
    cells = [factories.make_pellet(project, thickness=text) for text in ("600 µm", "500 µm")]
    for cell, written in zip(cells, ("9 mS/cm", "10 mS/cm"), strict=True):
        factories.report(factories.make_measurement(cell, technique="eis", temperature_degc="25 °C"), SIGMA, written)
    fields = {"kind": "recipe", "over": "sample.thickness_um"}
    group = factories.make_group(project, *cells, **fields)
    analysis = plugin_loading.current().analyses["recipe-dependence"]
    run = run_group_analysis(group=group, analysis=analysis, by=None)
    table = build_cell_table(run, run.values.all())
    assert table is not None
    assert len(table.headings) == 1
    assert [row.refcode for row in table.rows] == [cell.refcode for cell in cells]
    assert [row.recipe.partition(" ")[0] for row in table.rows] == ["600", "500"]
    assert [row.cells[0][0].partition(" ")[0] for row in table.rows] == ["0.00900", "0.01000"]


@pytest.mark.django_db
def test_a_run_without_values_of_cells_has_no_table(project: Project) -> None:
    group = factories.make_group(project, *(factories.make_pellet(project) for _ in range(2)))
    analysis = plugin_loading.current().analyses["replicate-statistics"]
    run = run_group_analysis(group=group, analysis=analysis, by=None)
    assert build_cell_table(run, run.values.all()) is None
