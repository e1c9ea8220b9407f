"""Tables of values at places."""

from django.utils import timezone

from registry.models import AnalysisRun, Measurement, Project, Value
from registry.web.cell_page.place_table import list_place_tables
from tests import factories


def computed(
    measurement: Measurement, run: AnalysisRun, number: int, magnitude: float | None, missing: str = ""
) -> Value:
    value = Value(
        cell=measurement.cell,
        measurement=measurement,
        run=run,
        origin="computed",
        quantity="resistance_ohm",
        magnitude=magnitude,
        lower=magnitude,
        upper=magnitude,
        missing=missing,
        at_kind="peak",
        at_number=number,
    )
    value.save()
    return value


def test_a_reason_stands_once_below_the_table(public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="eis")
    run = AnalysisRun.objects.create(
        measurement=measurement, cell=measurement.cell, analysis="a", plugin="p", version="1", is_latest=True,
        status="done", inputs_hash="0", started_at=timezone.now(), finished_at=timezone.now(),
    )  # fmt: skip
    values = [
        computed(measurement, run, 1, 5.0),
        computed(measurement, run, 2, None, "too narrow"),
        computed(measurement, run, 3, None, "too narrow"),
    ]
    (table,) = list_place_tables(values, {})
    assert [cell.computed_text for _, (cell,) in table.rows if cell][1:] == ["not computed", "not computed"]
    assert table.reasons == (("too narrow", "Resistance 2, 3"),)
