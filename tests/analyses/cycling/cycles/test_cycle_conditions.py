import numpy as np
import pytest

from analyses.cycling.cycles.cycle_conditions import cycle_conditions
from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from registry.testing.synthetic.cycling import cycling_rows

CURRENTS = [1e-4, 1e-4, 1e-3, 1e-3, 5e-4]


def summary_of(rows: dict[str, np.ndarray]) -> CycleSummary:
    series = (rows[name] for name in ("test_time_second", "voltage_volt", "current_ampere"))
    return cycle_summary(*series, cycle_count=rows["cycle_count"])


def test_gives_the_currents_and_the_voltage_window_of_each_cycle() -> None:
    conditions = cycle_conditions(summary_of(cycling_rows(np.full(5, 0.018), current_a=CURRENTS)))
    assert conditions.discharge_current_a == pytest.approx(CURRENTS)
    assert conditions.charge_current_a == pytest.approx(CURRENTS)
    assert conditions.charge_end_voltage_v == pytest.approx(np.full(5, 4.25))
    assert conditions.discharge_end_voltage_v == pytest.approx(np.full(5, 2.95))


def test_the_current_is_that_before_the_voltage_is_held() -> None:
    """A charge at 1 mA whose second half tapers off, as a cell that has aged charges."""
    current = np.concatenate((np.full(200, 1e-3), np.linspace(1e-3, 1e-5, 200), np.full(200, -1e-3)))
    voltage = np.concatenate((np.linspace(3, 4.2, 200), np.full(200, 4.2), np.linspace(4.1, 3, 200)))
    rows = {"test_time_second": 10.0 * np.arange(600), "voltage_volt": voltage, "current_ampere": current}
    conditions = cycle_conditions(summary_of(rows | {"cycle_count": np.ones(600)}))
    assert conditions.charge_current_a == pytest.approx([1e-3])


def test_noise_does_not_move_the_current() -> None:
    rows = cycling_rows(np.full(5, 0.018), points=400, noise=0.02)
    assert cycle_conditions(summary_of(rows)).discharge_current_a == pytest.approx(np.full(5, 1e-3), rel=0.02)


def test_an_end_voltage_is_not_known_where_no_row_was_written_at_the_end() -> None:
    rows = cycling_rows(np.full(5, 0.018), points=12, rests=0)
    time = rows["test_time_second"] + np.cumsum(np.diff(np.sign(rows["current_ampere"]), prepend=1) != 0) * 5000.0
    conditions = cycle_conditions(summary_of(rows | {"test_time_second": time}))
    assert np.isnan(conditions.discharge_end_voltage_v[:-1]).all()


def test_averages_the_temperature_over_each_cycle() -> None:
    rows = cycling_rows(np.full(4, 0.018))
    degc = 20.0 + rows["cycle_count"]
    degc[::5] = np.nan
    conditions = cycle_conditions(summary_of(rows), degc)
    assert conditions.temperature_degc == pytest.approx([21, 22, 23, 24])
    assert np.isnan(cycle_conditions(summary_of(rows)).temperature_degc).all()
