import numpy as np
import pytest

from plugins.stack_pressure import register_analyses
from registry.contract.analysis_support.stack_pressure.stack_pressure_curves import charge_ah, stack_pressure_curves
from registry.contract.analysis_support.stack_pressure.stack_pressure_test import (
    StackPressureTest,
    read_stack_pressure_test,
)
from registry.hookspecs import Inputs
from tests.pressure_logs import KnownPressure

DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
KNOWN = KnownPressure(cycles=3, growth_mpa=0.02)


@pytest.fixture(scope="module")
def test() -> StackPressureTest:
    columns = {**KNOWN.columns, "stack_pressure_megapascal": KNOWN.pressure(KNOWN.time_s)}
    return read_stack_pressure_test(Inputs({"dataset.sha256": "ab"}, lambda: columns, DEFAULTS))


def test_pressure_and_voltage_are_over_the_same_time(test: StackPressureTest) -> None:
    pressure, voltage = stack_pressure_curves(test)[0].series
    assert pressure.x[0] == voltage.x[0] == 0.0
    assert pressure.x[-1] == voltage.x[-1] == pytest.approx(KNOWN.end_s / 3600)
    assert voltage.on_second_axis


def test_the_pressure_of_a_cycle_rises_with_the_state_of_charge(test: StackPressureTest) -> None:
    curve = stack_pressure_curves(test)[1]
    assert [series.name for series in curve.series] == ["Cycle 1", "Cycle 2", "Cycle 3"]
    level, change = np.array(curve.series[0].x), np.array(curve.series[0].y)
    top = int(np.argmax(level))
    assert level[[0, top]] == pytest.approx([0.0, 100.0], abs=1e-9)
    assert change[[0, top]] == pytest.approx([0.0, 0.31], abs=1e-6)


def test_changes_by_cycle_have_their_intervals(test: StackPressureTest) -> None:
    reversible, irreversible = stack_pressure_curves(test)[2].series
    assert reversible.y == pytest.approx([0.3] * 3, abs=1e-6)
    assert irreversible.y == pytest.approx([0.02] * 3, abs=1e-6)
    assert reversible.y_lower is not None
    assert reversible.y_lower[0] == pytest.approx(0.29, abs=1e-6)


def test_the_net_charge_is_the_integral_of_the_current(test: StackPressureTest) -> None:
    assert charge_ah(test, np.array([9000.0, 18000.0])) == pytest.approx([5e-4, 1e-3])
