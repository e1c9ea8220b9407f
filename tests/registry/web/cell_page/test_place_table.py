"""Tables of values at places."""

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


def test_places_without_any_number_have_their_reasons_alone(public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="eis")
    run = factories.make_run(measurement)
    (table,) = list_place_tables([computed(measurement, run, 1, None, "too narrow")], {})
    assert (table.rows, table.headings, len(table.reasons)) == ((), (), 1)


def test_a_reason_stands_once_below_the_table(public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="eis")
    run = factories.make_run(measurement)
    values = [
        computed(measurement, run, 1, 5.0),
        computed(measurement, run, 2, None, "too narrow"),
        computed(measurement, run, 3, None, "too narrow"),
    ]
    (table,) = list_place_tables(values, {})
    assert [cell.computed_text for _, (cell,) in table.rows if cell][1:] == ["not computed", "not computed"]
    assert table.reasons == (("too narrow", "Resistance 2, 3", None),)
