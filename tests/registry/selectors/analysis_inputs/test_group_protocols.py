"""Values whose quantity has a protocol are compared only if the protocols agree."""

import pytest

from registry.models import Project, Value
from registry.selectors.analysis_inputs.group_facts import list_values
from tests import factories

CRITICAL = "critical_current_density_ma_cm2"


@pytest.mark.django_db
def test_the_protocol_is_part_of_what_must_agree(public_project: Project) -> None:
    cell = factories.make_cell(public_project)
    for hours in ("1.0 h", "1.0 h", "0.5 h", ""):
        measurement = factories.make_measurement(cell, technique="symmetric_cycling", temperature_degc="25 °C")
        factories.report(measurement, CRITICAL, "1.2 mA/cm²")
        factories.report(measurement, "cycled_time_h", "12 h")
        if hours:
            factories.report(measurement, "ramp_half_cycle_h", hours)
    values = Value.objects.filter(cell=cell).select_related("cell", "measurement", "run").order_by("pk")
    listed = [item.measured for item in list_values(values)]
    protocols = [
        dict(measured.conditions).get("ramp_half_cycle_h") for measured in listed if measured.quantity == CRITICAL
    ]
    assert protocols == ["1", "1", "0.5", None]
    others = {measured.conditions for measured in listed if measured.quantity == "cycled_time_h"}
    assert others == {(("temperature_degc", "25"),)}


@pytest.mark.django_db
def test_what_a_quantity_has_to_do_with_the_end_of_a_test_is_that_of_the_catalogue(public_project: Project) -> None:
    measurement = factories.make_measurement(factories.make_cell(public_project), technique="symmetric_cycling")
    for quantity, text in (("hours_to_short_circuit_h", "10 h"), ("cycled_time_h", "10 h"), (CRITICAL, "1.2 mA/cm²")):
        factories.report(measurement, quantity, text)
    values = Value.objects.select_related("cell", "measurement", "run")
    measured = {item.measured.quantity: item.measured for item in list_values(values)}
    assert {slug: (item.describes_test, item.end_of) for slug, item in measured.items()} == {
        "hours_to_short_circuit_h": (False, "cycled_time_h"),
        "cycled_time_h": (True, ""),
        CRITICAL: (False, "current_density_without_short_ma_cm2"),
    }
