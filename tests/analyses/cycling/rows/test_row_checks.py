import numpy as np
import pytest

from analyses.coded_text import Remark
from analyses.cycling.cycles.cycle_summary import cycle_summary
from analyses.cycling.rows.row_checks import known_steps
from analyses.insufficient_data import InsufficientData
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import refuses

ROWS = ("test_time_second", "voltage_volt", "current_ampere")


def remarks_of(rows: dict[str, np.ndarray], **columns: np.ndarray) -> dict[str, Remark]:
    table = cycle_summary(*(rows[name] for name in ROWS), cycle_count=rows["cycle_count"], **columns)
    return {remark.code: remark for remark in table.remarks}


def steps_of(rows: dict[str, np.ndarray]) -> np.ndarray:
    return np.cumsum(np.diff(np.sign(rows["current_ampere"]), prepend=1) != 0).astype(float)


def test_few_rows_a_half_cycle_are_named_unless_the_file_states_the_steps() -> None:
    rows = cycling_rows(np.full(4, 0.018), points=10)
    assert remarks_of(rows)["few-rows-a-half-cycle"].parameters["rows"] == 10
    assert "few-rows-a-half-cycle" not in remarks_of(rows, step_index=steps_of(rows))
    assert "few-rows-a-half-cycle" not in remarks_of(cycling_rows(np.full(4, 0.018), points=40))


def test_two_rows_a_half_cycle_cannot_be_integrated() -> None:
    with refuses("too-few-rows-to-integrate", InsufficientData, fewest=3):
        remarks_of(cycling_rows(np.full(4, 0.018), points=2))


def test_two_rows_a_half_cycle_are_enough_with_counters() -> None:
    rows = cycling_rows(np.full(4, 0.018), points=2)
    counters = {name: rows[name] for name in ("charging_capacity_ah", "discharging_capacity_ah")}
    table = cycle_summary(*(rows[name] for name in ROWS), cycle_count=rows["cycle_count"], **counters)
    assert table.discharge_ah == pytest.approx(np.full(4, 0.018))
    assert np.isnan(table.mean_discharge_voltage_v).all()


def test_rounded_time_stamps_are_counted() -> None:
    rows = cycling_rows(np.full(4, 0.018))
    rows["test_time_second"] = np.round(rows["test_time_second"], -4)
    repeated = np.count_nonzero(np.diff(rows["test_time_second"]) == 0)
    assert remarks_of(rows)["rounded-time-stamps"].parameters["rows"] == repeated


def test_a_slow_half_cycle_among_fast_ones_has_no_gap() -> None:
    """Rows 45 min apart throughout a check at C/10 are no gap, 20 of them missing are one."""
    rows = cycling_rows(np.full(6, 0.018), current_a=[1e-4] + [1e-3] * 5)
    assert "gap-under-current" not in remarks_of(rows)
    kept = np.ones(rows["cycle_count"].size, dtype=bool)
    kept[10:30] = False
    gap = remarks_of({name: column[kept] for name, column in rows.items()})["gap-under-current"]
    assert gap.parameters["row"] == 10


@pytest.mark.parametrize("column", [None, np.ones(4), np.array([1, np.nan, 2, 2])])
def test_a_column_that_states_no_steps_is_not_used(column: np.ndarray | None) -> None:
    assert known_steps(column) is None


def test_exchanged_counters_are_not_used() -> None:
    rows = cycling_rows(np.full(4, 0.018), efficiency=0.99)
    up, down = rows["charging_capacity_ah"], rows["discharging_capacity_ah"]
    table = cycle_summary(
        *(rows[name] for name in ROWS),
        cycle_count=rows["cycle_count"],
        charging_capacity_ah=down,
        discharging_capacity_ah=up,
    )
    assert (table.remarks[0].code, table.capacity_from) == ("counters-exchanged", "integral")
    assert table.discharge_ah == pytest.approx(np.full(4, 0.018), rel=0.02)
    assert "counters-exchanged" not in remarks_of(rows, charging_capacity_ah=up, discharging_capacity_ah=down)
