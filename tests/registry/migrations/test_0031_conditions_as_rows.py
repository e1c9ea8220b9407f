"""What becomes of the conditions of measurements that were entered before they were rows."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from registry.models import Condition, Measurement
from registry.selectors.history.history import list_changes
from registry.services.measurement import save_measurement
from tests import factories
from tests.registry.migrations.conftest import Schema

pytestmark = pytest.mark.slow  # replaced by a squashed migration, so it does not change any more

BEFORE, AFTER = "0030_series_runs", "0031_conditions_as_rows"
WHEN = datetime(2024, 1, 1, tzinfo=UTC)


def enter(apps: Any, refcode: str, **columns: Any) -> Any:
    project, _ = apps.get_model("registry", "Project").objects.get_or_create(slug="lab", name="Lab")
    cell, _ = apps.get_model("registry", "Cell").objects.get_or_create(refcode="C-1", format="die", project=project)
    measurement = apps.get_model("registry", "Measurement")(cell=cell, refcode=refcode, technique="cycling", **columns)
    measurement.save()
    return measurement


def remember(apps: Any, measurement: Any, kinds: str, *versions: dict[str, Any]) -> None:
    """Write a row of history a day for each version of the conditions."""
    history = apps.get_model("registry", "HistoricalMeasurement")
    for day, (kind, columns) in enumerate(zip(kinds, versions, strict=True)):
        history.objects.create(
            id=measurement.pk, refcode=measurement.refcode, technique="cycling", cell_id=measurement.cell_id,
            created_at=WHEN, history_date=WHEN + timedelta(days=day), history_type=kind,
            history_change_reason=f"day {day}", **columns,
        )  # fmt: skip


def test_every_condition_becomes_a_row_with_its_bounds_and_history(before: Any, schema: Schema) -> None:
    pressure = {"stack_pressure": "< 10 MPa", "stack_pressure_mpa": 10.0}
    room = {"temperature": "RT", "temperature_degc": 25.0}
    rate = {"c_rate_as_written": "0.2C", "c_rate": 0.2}
    first = enter(before, "M-1", **pressure, **room, cycle_number_as_written="20", cycle_number=20.0)
    second = enter(before, "M-2", stack_pressure="Coin cell", **room)
    rows = before.get_model("registry", "Measurement").objects
    rows.filter(pk=second.pk).update(temperature="no longer 25 a number")
    deleted = enter(before, "M-3")
    deleted_pk = deleted.pk
    remember(before, first, "+~~~", {**room, **rate}, {**pressure, **room, **rate}, {**pressure, **room}, pressure)
    remember(before, first, "~", {**pressure, **room})
    remember(before, deleted, "+-", pressure, pressure)
    deleted.delete()

    apps = schema.migrate(AFTER)

    conditions = apps.get_model("registry", "Condition").objects
    columns = ("measurement__refcode", "quantity", "written", "magnitude", "qualifier", "missing", "inferred")
    assert list(conditions.order_by("pk").values_list(*columns)) == [
        ("M-1", "stack_pressure_mpa", "< 10 MPa", 10.0, "<", "", False),
        ("M-1", "temperature_degc", "RT", 25.0, "~", "", False),
        ("M-1", "cycle_number", "20", 20.0, "=", "", False),
        ("M-2", "stack_pressure_mpa", "Coin cell", None, "=", "Coin cell", False),
        ("M-2", "temperature_degc", "no longer 25 a number", 25.0, "~", "", False),
    ]
    bounds = conditions.filter(measurement__refcode="M-1").order_by("pk").values_list("lower", "upper")
    assert list(bounds) == [(0.0, 10.0), (20.0, 30.0), (20.0, 20.0)]
    history = (
        apps.get_model("registry", "HistoricalCondition")
        .objects.order_by("history_id")
        .values_list("measurement_id", "quantity", "history_type", "written", "history_change_reason")
    )
    assert list(history) == [
        (first.pk, "temperature_degc", "+", "RT", "day 0"),
        (first.pk, "c_rate", "+", "0.2C", "day 0"),
        (first.pk, "stack_pressure_mpa", "+", "< 10 MPa", "day 1"),
        (first.pk, "c_rate", "-", "0.2C", "day 2"),
        (first.pk, "temperature_degc", "-", "RT", "day 3"),
        (first.pk, "temperature_degc", "+", "RT", "day 0"),
        (deleted_pk, "stack_pressure_mpa", "+", "< 10 MPa", "day 0"),
        (deleted_pk, "stack_pressure_mpa", "-", "< 10 MPa", "day 1"),
    ]


def test_the_history_continues_with_the_changes_made_since(before: Any, schema: Schema) -> None:
    old = enter(before, "M-1", stack_pressure="10 MPa", stack_pressure_mpa=10.0)
    remember(before, old, "+", {"stack_pressure": "10 MPa", "stack_pressure_mpa": 10.0})

    schema.migrate_to_newest()

    measurement = Measurement.objects.get(refcode="M-1")
    save_measurement(measurement, {"stack_pressure_mpa": "12 MPa"}, by=None)
    changes = list_changes(measurement, factories.make_user(is_superuser=True), [(Condition, "measurement")])
    assert [(change.kind, change.what) for change in changes if "condition" in change.what] == [
        ("changed", "condition stack_pressure_mpa 12 MPa"),
        ("entered", "condition stack_pressure_mpa 10 MPa"),
    ]


def test_conditions_return_to_their_columns_and_back(before: Any, schema: Schema) -> None:
    enter(before, "M-1", stack_pressure="10 MPa", stack_pressure_mpa=10.0)
    schema.migrate(AFTER)
    apps = schema.migrate(BEFORE)
    row = apps.get_model("registry", "Measurement").objects.values("stack_pressure", "stack_pressure_mpa").get()
    assert row == {"stack_pressure": "10 MPa", "stack_pressure_mpa": 10.0}
