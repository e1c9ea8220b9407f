import numpy as np
import pytest

from analyses.symmetric_cells.conditions import HalfConditions, half_conditions
from analyses.symmetric_cells.overpotential import half_cycle_runs
from registry.testing.synthetic.symmetric_program import half_cycles, program_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")


def conditions_of(rows) -> HalfConditions:
    columns = [rows[name] for name in NAMES]
    runs = half_cycle_runs(*columns)
    return half_conditions(columns[0], columns[2], rows.get("temperature_t1_celsius"), runs)


def test_half_cycles_of_one_current_are_one_period() -> None:
    conditions = conditions_of(program_rows(half_cycles(1e-3, pairs=5), rest_h=0.2))
    assert set(conditions.period.tolist()) == {0}
    assert set(conditions.current_class.tolist()) == {0}
    assert conditions.current_a == pytest.approx(np.full(10, 1e-3))
    assert conditions.is_settled.all()


def test_another_current_and_a_long_rest_begin_a_period() -> None:
    steps = [*half_cycles(1e-3, pairs=2), (0.0, 5.0), *half_cycles(1e-3, pairs=2), *half_cycles(2e-3, pairs=2)]
    conditions = conditions_of(program_rows(steps))
    assert conditions.period.tolist() == [0] * 4 + [1] * 4 + [2] + [3] * 3
    assert conditions.current_class.tolist() == [0] * 8 + [1] * 4


def test_a_change_of_temperature_takes_two_hours_to_settle() -> None:
    rows = program_rows(half_cycles(1e-3, pairs=5), celsius=lambda hours: np.where(hours < 4, 25.0, 60.0))
    conditions = conditions_of(rows)
    assert conditions.highest_degc.tolist() == [25.0] * 4 + [60.0] * 6
    assert conditions.is_settled.tolist() == [True] * 4 + [False] * 2 + [True] * 4


def test_a_temperature_that_always_changes_is_taken_as_settled() -> None:
    rows = program_rows(half_cycles(1e-3, pairs=5), celsius=lambda hours: 25 + 5 * hours)
    assert conditions_of(rows).is_settled.all()
