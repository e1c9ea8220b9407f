"""Ordering of measurements."""

import pytest

from registry.models import Measurement, Project
from registry.selectors.measurement import order_measurements
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import ListQuery
from tests import factories


def test_orders_by_a_condition_or_a_quantity_with_missing_values_last(project: Project) -> None:
    cell = factories.make_cell(project)
    low, high, none = (factories.make_measurement(cell, stack_pressure_mpa=text) for text in ("2 MPa", "20 MPa", ""))
    factories.report(low, "capacity_retention_percent", "90 %")
    factories.report(high, "capacity_retention_percent", "80 %")
    for name in ("stack_pressure_mpa", "-capacity_retention_percent"):
        assert list(order_measurements(Measurement.objects.all(), ListQuery(), [name])) == [low, high, none]


def test_suggests_the_closest_column(db: None) -> None:
    with pytest.raises(QueryError, match="‘stack_pressure_mpa’"):
        order_measurements(Measurement.objects.all(), ListQuery(), ["stack_pressure"])
