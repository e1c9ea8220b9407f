"""Known answers: counters written down by hand."""

import numpy as np
import pytest

from analyses.cycling.rows.charge_counter import before_first_row_ah, per_cycle

FIRST, LAST = np.array([0, 4, 8]), np.array([3, 7, 11])
RUNNING = np.cumsum([0.0, 1, 1, 0] * 3)


def test_counts_from_the_beginning_of_the_test() -> None:
    counted = per_cycle(RUNNING, 2 * RUNNING, FIRST, LAST)
    assert counted.charge.tolist() == [2, 2, 2]
    assert counted.discharge.tolist() == [4, 4, 4]


def test_counts_again_from_zero_at_each_cycle_and_inside_one() -> None:
    each_cycle = np.tile([0.0, 1, 2, 2], 3)
    each_step = np.tile([0.0, 2, 0, 1], 3)
    counted = per_cycle(each_cycle, each_step, FIRST, LAST)
    assert counted.charge.tolist() == [2, 2, 2]
    assert counted.discharge.tolist() == [3, 3, 3]


def test_a_counter_of_each_cycle_goes_on_where_a_cycle_was_split() -> None:
    """Three cycles of four rows, the second of which the instrument counted to the first."""
    counter = np.array([0.0, 1, 2, 2, 3, 4, 4, 4, 0, 1, 5, 5])
    counted = per_cycle(counter, counter, np.array([0, 4, 8]), np.array([3, 7, 11]), split=np.array([4]))
    assert counted.charge.tolist() == [2, 2, 5]


def test_charge_before_the_first_row_is_not_in_the_first_cycle() -> None:
    assert per_cycle(RUNNING + 100, RUNNING, FIRST, LAST).charge.tolist() == [2, 2, 2]


def test_charge_of_the_interval_before_the_first_row_is_in_the_first_cycle() -> None:
    begun = RUNNING + 1
    for counter in (begun, np.tile([1.0, 2, 3, 3], 3)):
        assert per_cycle(counter, RUNNING, FIRST, LAST, first_interval_ah=1.0).charge[0] == 3
    assert per_cycle(begun, RUNNING, FIRST, LAST, first_interval_ah=0.8).charge[0] == 2
    hours = 3600.0 * np.arange(1.0, 4.0)
    assert before_first_row_ah(hours, np.array([-0.5, -0.5, -0.5])) == 0.5
    assert before_first_row_ah(hours + 7200, np.ones(3)) == 0
    assert before_first_row_ah(hours - 3600, np.ones(3)) == 0


@pytest.mark.parametrize(
    ("counter", "row", "number"),
    [
        (np.where(np.arange(12) == 6, 3.9, np.arange(12.0)), 7, 3.9),
        (np.where(np.arange(12) == 6, np.nan, np.arange(12.0)), 7, np.nan),
        (np.arange(12.0) - 5, 1, -5),
        (np.where(np.arange(12) == 6, -1.0, np.arange(12.0)), 7, -1),
    ],
)
def test_names_the_row_where_the_count_is_not_monotonic(counter: np.ndarray, row: int, number: float) -> None:
    counted = per_cycle(counter, RUNNING, FIRST, LAST)
    assert counted.charge is None
    assert counted.remark.code == "not-a-counter"
    assert counted.remark.parameters["row"] == row
    assert counted.remark.parameters["number"] == pytest.approx(number, nan_ok=True)


def test_needs_both_counters() -> None:
    assert per_cycle(None, None, FIRST, LAST).remark is None
    remark = per_cycle(RUNNING, None, FIRST, LAST).remark
    assert (remark.code, remark.parameters) == ("counter-missing", {"column": "discharging_capacity_ah"})


def test_counters_at_zero_count_nothing() -> None:
    assert per_cycle(np.zeros(12), np.zeros(12), FIRST, LAST).remark.code == "counters-at-zero"
