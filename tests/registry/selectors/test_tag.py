"""Tags of cells and of their measurements in lists."""

from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.models import Project
from registry.selectors.tag import list_cell_tags, suggest_tags
from registry.services.tag import save_tags
from tests import factories


def test_the_tags_of_a_list_of_cells_take_one_query(project: Project) -> None:
    first, second = factories.make_cell(project), factories.make_cell(project)
    save_tags(first, ["Dry room", "b"], by=None)
    for _ in range(2):
        save_tags(factories.make_measurement(first, technique="eis"), ["shorted", "b"], by=None)
    with CaptureQueriesContext(connection) as queries:
        tags = list_cell_tags([first.pk, second.pk])
    assert len(queries) == 1
    assert list(tags[first.pk].own.values()) == ["b", "Dry room"]
    assert list(tags[first.pk].of_measurements.values()) == ["b", "shorted"]
    assert not tags[second.pk].own


def test_the_most_used_are_suggested_first(project: Project, owner: User, outsider: User) -> None:
    cell = factories.make_cell(project)
    save_tags(cell, ["a", "b"], by=None)
    save_tags(factories.make_measurement(cell, technique="eis"), ["b"], by=None)
    assert [(tag.name, tag.text) for tag in suggest_tags("", owner, project=project)] == [
        ("b", "1 cell, 1 measurement"),
        ("a", "1 cell"),
    ]
    assert suggest_tags("", outsider, project=project) == []
