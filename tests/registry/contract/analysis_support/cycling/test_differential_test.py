"""The half-cycles, comparable cycles and smoothing of a test."""

import numpy as np
import pytest

from registry.contract.analysis_support.cycling.differential_test import (
    PARAMETERS,
    read_differential_test,
    selected_rows,
)
from registry.hookspecs import Inputs, Refused
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import message_of
from tests.plugins.test_differential_capacity import columns_of

DEFAULTS = {parameter.name: parameter.default for parameter in PARAMETERS}


def read(columns, **changed):
    return read_differential_test(Inputs({"dataset.sha256": "ab"}, lambda: columns, DEFAULTS | changed))


def test_comparable_cycles_are_those_at_the_same_current() -> None:
    current = [2e-4] * 2 + [1e-3] * 6
    test = read(cycling_rows(np.full(8, 0.002), current_a=current, points=60))
    assert test.reference == 3
    for part in test.directions:
        assert part.halves.cycle_index[part.comparable].tolist() == [2, 3, 4, 5, 6, 7]
        assert part.reference == 2
    assert [part.sign for part in test.directions] == [1, -1]


def test_a_cycle_of_another_group_can_be_the_reference() -> None:
    current = [2e-4] * 2 + [1e-3] * 6
    test = read(cycling_rows(np.full(8, 0.002), current_a=current, points=60), reference_cycle=1)
    assert test.directions[0].halves.cycle_index[test.directions[0].comparable].tolist() == [0, 1]


def test_the_width_is_chosen_or_set() -> None:
    columns = columns_of(cycles=2)
    chosen, wide = read(columns), read(columns, smoothing_width_mv=25.0)
    assert chosen.width_v == chosen.smoothing.width_v
    assert not chosen.is_set
    assert wide.width_v == pytest.approx(0.025)
    assert wide.is_set


def test_cycles_with_rows_have_pairs_of_indices() -> None:
    part = read(columns_of(cycles=3)).directions[1]
    assert part.of_cycles((0, 2, 9)) == [(0, 0), (2, 2)]
    assert selected_rows(part, 2).rows.tolist() == [600]


def test_a_missing_half_cycle_is_named() -> None:
    """The last half-cycle is a charge of a cycle of its own, which is the reference."""
    columns = columns_of(cycles=2)
    kept = ~((columns["cycle_count"] == 1) & (columns["current_ampere"] > 0))
    test = read({name: column[kept] for name, column in columns.items()}, reference_cycle=int(kept.any()))
    missing = [part.word for part in test.directions if part.reference is None]
    assert missing == [message_of(test.messages, "reference-half-cycle-missing").parameters["half"]]


def test_several_currents_in_a_half_cycle_are_a_warning() -> None:
    columns = columns_of(cycles=4)
    charging = columns["current_ampere"] > 0
    late = charging & ((np.cumsum(charging) - 1) % 600 >= 300)
    columns["step_index"] = np.select([late, charging, columns["current_ampere"] < 0], [2.0, 1.0, 3.0], 4.0)
    columns["current_ampere"] = np.where(late, columns["current_ampere"] / 2, columns["current_ampere"])
    for name in ("charging_capacity_ah", "discharging_capacity_ah"):
        del columns[name]
    messages = [item for item in read(columns).messages if item.code == "several-currents-in-half-cycle"]
    assert [item.parameters["half"] for item in messages] == ["charge"]


def with_rests(columns: dict, cycles: tuple[int, ...], sign: int, every: int) -> dict:
    """Return the columns with a rest of three rows after so many rows of the half-cycles of this sign."""
    current = columns["current_ampere"]
    inside = np.isin(columns["cycle_count"], cycles) & (np.sign(current) == sign)
    rows = np.flatnonzero(inside)[every::every]
    at = np.sort(np.repeat(rows, 3))
    made = {name: np.insert(column, at, column[at]) for name, column in columns.items()}
    made["current_ampere"] = np.insert(current, at, 0.0)
    return made


def test_pulses_have_no_differential_capacity() -> None:
    columns = columns_of(cycles=3)
    titrated = with_rests(columns, (1, 2), 1, 100)
    test = read(titrated, reference_cycle=1)
    charge, discharge = test.directions
    assert (charge.reference, charge.comparable.tolist(), charge.of_cycles((0, 2))) == (None, [2], [(2, 2)])
    assert discharge.comparable.tolist() == [0, 1, 2]
    assert message_of(test.messages, "pulsed-half-cycle-left-out", half="charge", pulses=5)
    with pytest.raises(Refused) as refusal:
        read(with_rests(titrated, (1,), -1, 100), reference_cycle=1)
    assert (refusal.value.code, refusal.value.parameters["pulses"]) == ("pulsed-current", 5)


def test_a_pause_is_named() -> None:
    test = read(with_rests(columns_of(cycles=2), (1,), 1, 400), reference_cycle=1)
    assert message_of(test.messages, "interrupted-half-cycle", half="charge", times=1).level == "warning"
