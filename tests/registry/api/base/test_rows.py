"""Rows as dictionaries."""

import pytest
from django.db.models.sql import Query

from registry.api.base.rows import GroupedRows, fetch_rows, grouped_rows
from registry.models import Layer, Project, Value
from registry.selectors.query.primary_key_in import PrimaryKeyIn
from registry.services.value import report_value
from tests import factories


def test_rows_are_fetched_and_grouped_in_one_query_each(project: Project, django_assert_num_queries: object) -> None:
    cell = factories.make_pellet(project)
    columns = {"at": "position", "of": "material__name"}
    name = cell.layers.get().material.name
    with django_assert_num_queries(2):  # type: ignore[operator]
        assert fetch_rows(Layer.objects.all(), columns) == [{"at": 1, "of": name}]
        groups = grouped_rows(Layer.objects.all(), "cell_id", columns)
    assert groups == {cell.pk: [{"at": 1, "of": name}]}


def test_rows_fetched_by_key_equal_those_of_the_query(project: Project) -> None:
    cells = [factories.make_pellet(project), factories.make_pellet(project)]
    measurement = factories.make_measurement(cells[0])
    value = report_value(measurement=measurement, quantity="resistance_ohm", written="7.87×10^3 Ω", by=None)
    columns = {
        "written": "written",
        "inferred": "inferred",
        "at": "created_at",
        "conditions": "measurement__parameters",
    }
    values = GroupedRows(Value.objects.filter(is_latest=True).order_by("pk"), "cell_id", columns)
    expected = {
        cells[0].pk: [
            {"written": value.written, "inferred": False, "at": value.created_at, "conditions": measurement.parameters}
        ]
    }
    pks = [cell.pk for cell in cells]
    assert values.for_keys(pks) == values.where(PrimaryKeyIn("cell_id", pks)) == expected
    assert values.for_keys([cells[1].pk]) == values.for_keys([]) == {}


def test_sql_is_compiled_once(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    layers = GroupedRows(Layer.objects.order_by("position"), "cell_id", {"at": "position"})
    cell = factories.make_pellet(project)
    layers.for_keys([cell.pk])
    monkeypatch.setattr(Query, "get_compiler", None)
    assert layers.for_keys([cell.pk]) == {cell.pk: [{"at": 1}]}


def test_a_query_with_another_parameter_cannot_be_fetched_by_key(db: None) -> None:
    layers = GroupedRows(Layer.objects.filter(role="anode"), "cell_id", {"at": "position"})
    with pytest.raises(ValueError, match="anode"):
        layers.for_keys([1])
