import numpy as np
import pytest

from analyses.cycling.cycles.cycle_halves import Half, half_of, sampled_rows
from analyses.cycling.rows.half_cycles import runs_of
from registry.testing.synthetic.cycling import cycling_rows

NAMES = ("test_time_second", "voltage_volt", "current_ampere")


def half(sign: int, rows: dict[str, np.ndarray]) -> Half:
    time, voltage, current = (rows[name] for name in NAMES)
    starts = np.flatnonzero(np.diff(rows["cycle_count"], prepend=0))
    runs = runs_of(time, voltage, current, starts)
    cycle = np.searchsorted(starts, runs.first_row, side="right") - 1
    return half_of(runs, cycle, starts.size, sign, (time, voltage, current))


def test_gives_charge_end_voltage_and_current_of_each_cycle() -> None:
    """18 mAh at 1 mA with an efficiency of 99 %; charges end at 4.25 V, discharges at 2.95 V."""
    rows = cycling_rows(np.full(3, 0.018))
    charge, discharge = half(1, rows), half(-1, rows)
    assert charge.charge_ah == pytest.approx(np.full(3, 0.018 / 0.99), rel=1e-6)
    assert discharge.charge_ah == pytest.approx(np.full(3, 0.018), rel=1e-6)
    assert (charge.end_voltage_v, discharge.end_voltage_v) == (
        pytest.approx(np.full(3, 4.25)),
        pytest.approx(np.full(3, 2.95)),
    )
    assert discharge.current_a == pytest.approx(np.full(3, 1e-3))
    assert discharge.rows == pytest.approx(np.full(3, 40))


@pytest.mark.parametrize("points", [4, 10, 100])
def test_the_mean_voltage_of_few_rows_is_within_its_step(points: int) -> None:
    """A curve that falls steeply at its end, on average at 4.0 - 1/13 V, and 50 mV less."""
    rows = cycling_rows(np.full(2, 0.018), points=points, curve=lambda level: 3.5 + level - (1 - level) ** 12)
    discharge = half(-1, rows)
    error = np.abs(discharge.energy_wh / discharge.charge_ah - (4.0 - 1 / 13 - 0.05))
    assert (error <= discharge.mean_step_v).all()
    assert discharge.mean_step_v == pytest.approx(np.full(2, 2 / (points - 1) / 2), rel=0.3)


def test_a_cycle_without_a_discharge_has_no_charge_and_no_end_voltage() -> None:
    rows = cycling_rows(np.full(3, 0.018))
    kept = (rows["cycle_count"] != 2) | (rows["current_ampere"] >= 0)
    discharge = half(-1, {name: column[kept] for name, column in rows.items()})
    assert discharge.charge_ah[1] == 0
    assert np.isnan([discharge.end_voltage_v[1], discharge.current_a[1], discharge.end_step_v[1]]).all()


def test_the_current_is_that_of_the_run_with_most_charge() -> None:
    """A pulse of 2 mA before a discharge at 1 mA."""
    rows = cycling_rows(np.full(1, 0.018))
    first = int(np.flatnonzero(rows["current_ampere"] < 0)[0])
    pulse = {name: np.insert(column, first - 1, [column[first - 1]] * 2) for name, column in rows.items()}
    pulse["current_ampere"][first - 1 : first + 1] = -2e-3
    assert half(-1, pulse).current_a == pytest.approx([1e-3])


def test_samples_rows_evenly_from_the_first_to_the_last() -> None:
    rows = sampled_rows(np.array([0, 10]), np.array([8, 10]), np.array([0.0, 0.5, 1.0]))
    assert rows.tolist() == [[0, 4, 8], [10, 10, 10]]
