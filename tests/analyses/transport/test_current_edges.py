"""Known answers: rests of 120 rows at 0.2 V, with a current of 0.2 mA in some of the rows between them."""

import numpy as np
import pytest

from analyses.transport.current_edges import change_within, current_edges, split_at_rest

REST, LIMIT, LEAST = 120, 0.002, 100
NO_JUMPS = np.array([], dtype=np.intp)
NOISE = np.random.default_rng(0).normal(0, 2e-7, 1000)


def rows_of(flowing: int) -> tuple[np.ndarray, np.ndarray]:
    """A rest, a current and a rest."""
    current = np.concatenate((np.zeros(REST), np.full(flowing, 2e-4), np.zeros(REST)))
    return np.full(current.size, 0.2), current + NOISE[: current.size]


def parted_rest(flowing: int, *, is_rest: bool = True):
    columns = rows_of(flowing)
    _, still = current_edges(*columns, NO_JUMPS)
    pieces = [np.arange(columns[0].size), np.arange(REST)]
    return split_at_rest(pieces, np.array([is_rest, True]), LIMIT, columns, still=still, least=LEAST)


@pytest.mark.parametrize("fall_v", [0.0, 0.05])
def test_edges_are_distinguished_by_whether_the_voltage_moves_without_the_current(fall_v: float) -> None:
    voltage, current = (column[REST:] for column in rows_of(REST))
    voltage = voltage - np.append(np.zeros(REST), np.linspace(0.0, fall_v, REST))
    moving, still = current_edges(voltage, current, NO_JUMPS)
    assert (moving.tolist(), still.tolist()) == (([REST], []) if fall_v else ([], [REST]))


def test_edges_where_nothing_moves() -> None:
    moving, still = current_edges(*rows_of(REST), NO_JUMPS)
    assert (moving.tolist(), still.tolist()) == ([], [REST, 2 * REST])


def test_edges_next_to_a_change_of_the_voltage_are_those_of_steps() -> None:
    moving, still = current_edges(*rows_of(REST), np.array([REST + 1]))
    assert (moving.tolist(), still.tolist()) == ([], [2 * REST])


def test_a_few_rows_have_no_edges() -> None:
    assert [edges.size for edges in current_edges(np.ones(10), np.ones(10), NO_JUMPS)] == [0, 0]


def test_a_rest_is_parted_where_a_current_flows() -> None:
    pieces, (step,) = parted_rest(LEAST)
    assert [rows.size for rows in pieces] == [REST, LEAST, REST, REST]
    assert (step.voltage_v, step.first_row, step.last_row, step.is_counted) == (0.2, REST + 1, REST + LEAST, True)


def test_a_rest_with_a_current_of_few_rows_stays_whole_and_is_named() -> None:
    pieces, (step,) = parted_rest(LEAST - 1)
    assert len(pieces) == 2
    assert not step.is_counted


def test_a_step_with_few_rows_of_current_is_parted_from_the_rest_before_it() -> None:
    pieces, (step,) = parted_rest(LEAST - 1, is_rest=False)
    assert len(pieces) == 4
    assert step.is_counted


def test_what_is_not_at_the_voltage_of_a_rest_stays_whole() -> None:
    voltage, current = rows_of(REST)
    _, still = current_edges(voltage, current, NO_JUMPS)
    rows = [np.arange(voltage.size)]
    split = split_at_rest(rows, np.array([False]), LIMIT, (voltage, current), still=still, least=LEAST)
    assert split == (rows, ())


def test_change_within_is_that_of_the_median_from_the_first_to_the_last_third() -> None:
    change, error = change_within(np.linspace(0.0, 9.0, 10))
    assert change == pytest.approx(7.0)
    assert error == pytest.approx(1.4826 / 3**0.5)
    assert change_within(np.arange(4.0)) == (0.0, np.inf)
