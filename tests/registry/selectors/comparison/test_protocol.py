"""A critical current density is printed with its protocol, or marked as one without."""

import pytest

from registry.hookspecs import Column, Table
from registry.models import Measurement, Project
from registry.selectors.comparison.protocol import NOT_STATED, protocol_quantities
from tests import factories
from tests.registry.selectors.comparison.test_rows import format_rows

CRITICAL = "critical_current_density_ma_cm2"
TABLE = Table(slug="t", title="T", columns=(Column(key="label"), Column(key=CRITICAL)), require=(CRITICAL,))

pytestmark = pytest.mark.django_db


def ramp(project: Project, limit: str, **protocol: str) -> Measurement:
    measurement = factories.make_measurement(factories.make_cell(project), technique="symmetric_cycling")
    factories.report(measurement, CRITICAL, f"{limit} mA/cm²")
    for quantity, written in protocol.items():
        factories.report(measurement, quantity, written)
    return measurement


def test_a_reported_one_without_protocol_is_marked(public_project: Project) -> None:
    ramp(public_project, "1.2")
    rows, notes = format_rows(TABLE)
    assert notes == (NOT_STATED,)
    assert rows[0][1].notes == (1,)


def test_equal_protocols_share_a_footnote_and_others_do_not(public_project: Project) -> None:
    ramp(public_project, "1.2", ramp_half_cycle_h="1.0 h", ramp_areal_capacity_mah_cm2="1.2 mAh/cm²")
    ramp(public_project, "1.4", ramp_half_cycle_h="1 h", ramp_areal_capacity_mah_cm2="1.2 mAh/cm²")
    ramp(public_project, "2.0", ramp_half_cycle_h="10 min")
    rows, notes = format_rows(TABLE)
    assert [row[1].notes for row in rows] == [(1,), (1,), (2,)]
    assert "mAh cm⁻²" in notes[0]
    assert "0.17" in notes[1]


def test_only_quantities_that_depend_on_a_protocol_ask_for_it() -> None:
    assert protocol_quantities(["label", "resistance_ohm", "stack_pressure_mpa"]) == set()
    assert "ramp_half_cycle_h" in protocol_quantities([CRITICAL])
