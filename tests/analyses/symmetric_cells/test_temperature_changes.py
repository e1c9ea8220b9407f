import numpy as np
import pytest

from analyses.symmetric_cells.conditions import half_conditions
from analyses.symmetric_cells.overpotential import half_cycle_runs
from analyses.symmetric_cells.temperature_changes import temperature_changes
from registry.testing.synthetic.symmetric_program import half_cycles, program_rows


def changes_of(celsius, recorded=True):
    rows = program_rows(half_cycles(1e-3, pairs=10), celsius=celsius, recorded=recorded)
    time, voltage, current = (rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere"))
    runs = half_cycle_runs(time, voltage, current)
    conditions = half_conditions(time, current, rows.get("temperature_t1_celsius"), runs)
    return temperature_changes(conditions, np.arange(20.0))


def test_names_each_change_with_the_resistances() -> None:
    up, down = changes_of(lambda hours: np.where((hours >= 6) & (hours < 14), 60.0, 25.0))
    assert (up.row, up.before_degc, up.after_degc) == (360, 25.0, 60.0)
    assert (down.row, down.before_degc, down.after_degc) == (840, 60.0, 25.0)
    assert (up.resistance_before_ohm, up.resistance_after_ohm) == pytest.approx((4.5, 8.5))


@pytest.mark.parametrize("degrees", [0.0, 2.5])
def test_small_changes_are_not_named(degrees: float) -> None:
    assert changes_of(lambda hours: 25 + degrees * (hours > 7)) == ()


def test_none_without_a_temperature() -> None:
    assert changes_of(lambda hours: np.where(hours < 6, 25.0, 60.0), recorded=False) == ()
