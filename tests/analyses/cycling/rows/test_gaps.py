"""Known answers: constant current with an interval that is too long, so that its charge is that of its length."""

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from analyses.cycling.rows.gaps import Gaps, find_gaps, gap_remarks
from analyses.cycling.rows.half_cycles import runs_of, without_noise
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import message_of

ROWS = ("test_time_second", "voltage_volt", "current_ampere")
CAPACITY = np.full(6, 0.0015)
Columns = dict[str, np.ndarray]


def gaps_of(rows: Columns) -> Gaps:
    series = tuple(rows[name] for name in ROWS)
    return find_gaps(*series, without_noise(runs_of(*series)))


def summary_of(rows: Columns, *optional: str) -> CycleSummary:
    named = {name: rows[name] for name in ("cycle_count", *optional)}
    return cycle_summary(*(rows[name] for name in ROWS), **named)


def cycles(points: int = 20, **options: float) -> Columns:
    """Return six cycles of 1.5 h a half, at 1 mA; 3 rows of rest follow each half-cycle."""
    return cycling_rows(CAPACITY, points=points, efficiency=1.0, **options)


def paused(rows: Columns, row: int, seconds: float) -> Columns:
    """Return the rows with a pause without current and rows after a row, at whose end the test continues."""
    time = rows["test_time_second"] + np.where(np.arange(rows["test_time_second"].size) > row, seconds, 0.0)
    return {**rows, "test_time_second": time}


IN_LAST_DISCHARGE = 5 * 46 + 23 + 9


@pytest.mark.parametrize("seconds", [300.0, 600.0, 10_800.0])
def test_the_charge_of_a_pause_without_rows_is_uncertain(seconds: float) -> None:
    """The discharge is 1.5 mAh; rows are 284.2 s apart, and up to so much flowed before or after the pause."""
    table = summary_of(paused(cycles(), IN_LAST_DISCHARGE, seconds))
    spacing = 5400 / 19
    assert (table.charge_gap_cycles, table.discharge_gap_cycles) == ((), (6.0,))
    assert table.discharge_ah[-1] == pytest.approx((5400 + seconds) / 3600 * 1e-3)
    assert table.discharge_resolution_ah[-1] == pytest.approx((seconds + spacing) / 3600 * 1e-3, rel=1e-3)
    assert table.discharge_resolution_ah[:-1].max() < 1e-7
    assert message_of(table.remarks, "gap-under-current", gaps=1, row=IN_LAST_DISCHARGE + 1).parameters["cycles"] == [6]


@pytest.mark.parametrize("row", [IN_LAST_DISCHARGE - 8, IN_LAST_DISCHARGE + 9])
def test_energy_and_mean_voltage_without_the_charge_of_a_pause_are_within_their_resolution(row: int) -> None:
    rows = cycles()
    true, table = summary_of(rows), summary_of(paused(rows, row, 10_800.0))
    lost = table.discharge_energy_wh[-1] - true.discharge_energy_wh[-1]
    assert 0 < lost < table.energy_resolution_wh[0][-1]
    moved = abs(table.mean_discharge_voltage_v[-1] - true.mean_discharge_voltage_v[-1])
    assert moved < table.mean_discharge_step_v[-1]


def test_lost_rows_leave_the_charge_within_its_resolution() -> None:
    rows = cycles()
    kept = np.ones(rows["cycle_count"].size, dtype=bool)
    kept[IN_LAST_DISCHARGE : IN_LAST_DISCHARGE + 4] = False
    table = summary_of({name: column[kept] for name, column in rows.items()})
    assert table.discharge_ah[-1] == pytest.approx(0.0015)
    assert table.discharge_resolution_ah[-1] == pytest.approx(5 * 0.0015 / 19, rel=1e-3)


def test_counters_decide_the_charge_of_a_pause() -> None:
    counters = ("charging_capacity_ah", "discharging_capacity_ah")
    rows = cycles()
    table = summary_of(paused(rows, IN_LAST_DISCHARGE, 10_800.0), *counters)
    assert table.discharge_gap_cycles == ()
    assert table.discharge_ah == pytest.approx(CAPACITY)
    assert table.discharge_resolution_ah == pytest.approx(summary_of(rows, *counters).discharge_resolution_ah)
    assert "cycles" not in message_of(table.remarks, "gap-under-current", gaps=1).parameters


def test_a_pause_in_a_charge_is_of_that_charge() -> None:
    table = summary_of(paused(cycles(), 9, 600.0))
    assert (table.charge_gap_cycles, table.discharge_gap_cycles) == ((1.0,), ())
    assert table.discharge_resolution_ah.max() < 1e-7 < table.charge_resolution_ah[0]


def test_a_pause_of_one_cycle_alone_is_a_gap() -> None:
    rows = cycling_rows(CAPACITY[:1], efficiency=1.0)
    assert gaps_of(paused(rows, 55, 600.0)).row.tolist() == [55]


def voltage_steps(spread: float, seed: int = 0) -> Columns:
    """Return half-cycles whose rows are logged at steps of the voltage: intervals differ by so much (lognormal)."""
    rng = np.random.default_rng(seed)
    plateau = np.concatenate(
        (np.full(30, 60.0), 60.0 * np.exp(spread * rng.normal(size=20)), [900.0], np.full(20, 60.0))
    )
    interval = np.concatenate([[60.0], plateau] * 8)
    sign = np.repeat(np.tile([1.0, -1.0], 4), plateau.size + 1)
    return dict(zip(ROWS, (np.cumsum(interval), 3.5 + 0 * sign, sign * 1e-3), strict=True))


def test_long_intervals_of_every_half_cycle_are_no_gaps() -> None:
    """Rows at steps of the voltage are far apart on a plateau: once in each half-cycle, 15 times the median."""
    rows = voltage_steps(0.5)
    assert not gaps_of(rows).row.size
    rows["test_time_second"][200:] += 5400.0
    assert gaps_of(rows).row.tolist() == [199]


def test_irregular_intervals_are_no_gaps() -> None:
    """Stamps that scatter by 20 % of the interval."""
    rng = np.random.default_rng(1)
    rows = cycles(points=200)
    even = rows["test_time_second"]
    rows["test_time_second"] = np.sort(even + 27.1 * 0.2 * rng.uniform(-1, 1, even.size))
    assert not gaps_of(rows).row.size


def test_two_gaps_of_a_half_cycle_are_both_seen() -> None:
    rows = paused(paused(cycles(), IN_LAST_DISCHARGE, 10_800.0), IN_LAST_DISCHARGE - 4, 10_800.0)
    assert gaps_of(rows).row.tolist() == [IN_LAST_DISCHARGE - 4, IN_LAST_DISCHARGE]


def test_rounded_and_repeated_stamps_are_no_gaps() -> None:
    rows = cycles(points=200)
    for step in (1.0, 60.0):
        assert not gaps_of({**rows, "test_time_second": np.round(rows["test_time_second"] / step) * step}).row.size
    assert not gaps_of({name: np.repeat(column, 2) for name, column in rows.items()}).row.size


def test_half_cycles_of_few_rows_have_no_gaps() -> None:
    assert not gaps_of(paused(cycles(points=4), 1, 10_800.0)).row.size


def test_a_remark_without_cycles_names_the_first_gap() -> None:
    gaps = gaps_of(paused(cycles(), IN_LAST_DISCHARGE, 600.0))
    assert message_of(gap_remarks(gaps), "gap-under-current", row=IN_LAST_DISCHARGE + 1, gaps=1)
