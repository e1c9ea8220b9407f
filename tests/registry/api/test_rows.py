"""Rows as dictionaries."""

from registry.api.rows import grouped_rows, rows_of
from registry.models import Layer, Project
from tests import factories


def test_names_and_groups_rows_in_one_query(project: Project, django_assert_num_queries: object) -> None:
    cell = factories.make_pellet(project)
    columns = {"at": "position", "of": "material__name"}
    name = cell.layers.get().material.name
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert rows_of(Layer.objects.all(), columns) == [{"at": 1, "of": name}]
        groups = grouped_rows(Layer.objects.all(), "cell_id", columns)
    assert groups == {cell.pk: [{"at": 1, "of": name}]}
