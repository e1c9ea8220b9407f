"""The group page of the admin with its cells."""

import pytest
from django.urls import reverse

from registry.models import CellGroup, GroupRun
from tests import factories

ADD = "admin:registry_cellgroup_add"
CHANGE = "admin:registry_cellgroup_change"


@pytest.fixture
def cells(project):
    return [factories.make_pellet(project) for _ in range(3)]


def rows_of(*cells):
    return [{"position": number, "cell": cell.pk, "label": ""} for number, cell in enumerate(cells, start=1)]


def add_group(browser, project, rows, **fields):
    values = {"project": project.pk, "name": "Pellets of May", "slug": "pellets", "kind": "replicates", "over": ""}
    return browser.fill(reverse(ADD), values | fields, {"members": rows})


def test_saves_its_cells_in_order(browser, project, cells):
    assert browser.errors(add_group(browser, project, rows_of(*cells[::-1]))) == {}
    group = CellGroup.objects.get()
    assert [member.cell for member in group.members.order_by("position")] == cells[::-1]


def test_a_new_group_queues_its_analyses(browser, project, cells):
    add_group(browser, project, rows_of(*cells))
    assert {run.analysis for run in GroupRun.objects.all()} == {"replicate-statistics"}


def test_a_cell_listed_twice_is_refused(browser, project, cells):
    assert "members" in browser.errors(add_group(browser, project, rows_of(cells[0], cells[0])))
    assert not CellGroup.objects.exists()


def test_a_recipe_series_needs_its_number(browser, project, cells):
    assert "over" in browser.errors(add_group(browser, project, rows_of(*cells), kind="recipe"))
    assert browser.errors(add_group(browser, project, rows_of(*cells), kind="recipe", over="sample.thickness_um")) == {}


def test_parameters_of_its_analyses_can_be_set(browser, project, cells):
    group = factories.make_group(project, *cells)
    page = browser.client.get(reverse(CHANGE, args=[group.pk])).content.decode()
    assert "parameter:replicate-statistics:excluded" in page
    assert "parameter:recipe-dependence:excluded" not in page
