"""Where cycles begin: known from how `registry/testing/synthetic/cycling.py` made the rows."""

import numpy as np
import pytest

from analyses.cycling.cycles.cycle_starts import (
    instrument_starts,
    leading_sign,
    opens_with_discharge,
    split_cycles,
    starts_by_current,
)
from analyses.cycling.rows.half_cycles import Runs, runs_of
from analyses.insufficient_data import InsufficientData
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import refuses

CAPACITY = [1e-3, 0.9e-3, 0.8e-3]


def runs(**how: bool) -> Runs:
    rows = cycling_rows(CAPACITY, rests=0, **how)
    names = ("test_time_second", "voltage_volt", "current_ampere")
    return runs_of(*(rows[name] for name in names), np.zeros(1, dtype=np.intp))


def test_the_instrument_counts_where_its_number_changes() -> None:
    starts, remarks, counted_by = instrument_starts(np.array([1.0, 1, 2, 2, 2, 5]))
    assert (starts.tolist(), remarks, counted_by) == ([0, 2, 5], [], "instrument")


def test_decreasing_cycle_numbers_are_ignored() -> None:
    starts, remarks, counted_by = instrument_starts(np.array([1.0, 2, 1]))
    assert (starts.tolist(), counted_by) == ([0], "current")
    assert remarks[0].code == "cycle-count-falls"
    assert remarks[0].parameters == {"before": 2, "after": 1, "row": 3}


def test_a_number_that_is_missing_is_refused_by_its_row() -> None:
    with refuses("cycle-count-not-a-number", InsufficientData, row=2):
        instrument_starts(np.array([1.0, np.nan]))


@pytest.mark.parametrize(("discharge_first", "sign"), [(False, 1), (True, -1)])
def test_a_cycle_begins_with_the_half_the_test_begins_with(discharge_first: bool, sign: int) -> None:
    half_cycles = runs(discharge_first=discharge_first)
    assert leading_sign(half_cycles) == sign
    leading = half_cycles.first_row[half_cycles.sign == sign]
    assert starts_by_current(half_cycles).tolist() == [0, *leading[1:]]


def test_a_first_discharge_that_empties_the_cell_begins_no_cycle() -> None:
    """A tenth of the charge that follows."""
    half_cycles = runs(discharge_first=True)
    emptied = Runs(
        *(getattr(half_cycles, name) for name in ("first_row", "last_row", "sign")),
        half_cycles.charge_ah.copy(),
        half_cycles.energy_wh,
        half_cycles.duration_s,
        half_cycles.resolution_ah,
        half_cycles.threshold_a,
    )
    emptied.charge_ah[0] = 0.1 * half_cycles.charge_ah[1]
    assert leading_sign(emptied) == 1


@pytest.mark.parametrize("discharge_first", [False, True])
def test_states_which_half_of_a_cycle_comes_first(discharge_first: bool) -> None:
    half_cycles = runs(discharge_first=discharge_first)
    cycle = np.repeat(np.arange(3), 2)
    assert opens_with_discharge(half_cycles, cycle, 3).tolist() == [discharge_first] * 3


@pytest.mark.parametrize("discharge_first", [False, True])
def test_splits_a_cycle_where_the_half_begins_that_the_others_begin_with(discharge_first: bool) -> None:
    half_cycles = runs(discharge_first=discharge_first)
    every = half_cycles.first_row[::2]
    starts, numbers, (remark,) = split_cycles(half_cycles, every[[0, 2]], np.array([4.0, 9.0]))
    assert starts.tolist() == every.tolist()
    assert numbers.tolist() == [4, 5, 10]
    assert (remark.code, remark.parameters) == ("several-half-cycles", {"cycles": [4], "added": 1})


def test_a_cycle_that_holds_all_is_split_as_the_test_begins() -> None:
    half_cycles = runs(discharge_first=True)
    starts, numbers, _ = split_cycles(half_cycles, np.zeros(1, dtype=np.intp), np.ones(1))
    assert starts.tolist() == half_cycles.first_row[::2].tolist()
    assert numbers.tolist() == [1, 2, 3]


def test_cycles_of_one_charge_and_one_discharge_stay_as_counted() -> None:
    half_cycles = runs()
    starts, numbers, remarks = split_cycles(half_cycles, half_cycles.first_row[::2], np.array([1.0, 2, 5]))
    assert (starts.tolist(), numbers.tolist(), remarks) == (half_cycles.first_row[::2].tolist(), [1, 2, 5], [])
