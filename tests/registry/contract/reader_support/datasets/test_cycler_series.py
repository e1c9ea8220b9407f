import numpy as np
import pytest

from registry.contract.reader_support.datasets.cycler_series import (
    NoCounterError,
    accumulated,
    continued_counts,
    series_of,
    series_warnings,
    sum_counters,
    summed_from,
)
from tests.coded import refuses


def series(**columns: list[float]) -> dict[str, np.ndarray]:
    """Return three rows of a time series with these columns."""
    all_columns = {
        "test_time_second": [0.0, 1, 2],
        "voltage_volt": [3.0, 3, 3],
        "current_ampere": [1.0, 1, 1],
        **columns,
    }
    return {name: np.array(column, dtype=float) for name, column in all_columns.items()}


def test_sums_a_counter_over_resets() -> None:
    counted, times = accumulated(np.array([0, 1, 2, 0.5, 1, 0, 1]))
    assert (counted.tolist(), times) == ([0, 1, 2, 2.5, 3, 3, 4], 2)


def test_keeps_the_initial_value_of_a_counter() -> None:
    assert accumulated(np.array([5.0, 6, 7]))[0].tolist() == [5, 6, 7]


def test_known_restarts_count_without_a_decrease() -> None:
    counted, times = accumulated(np.array([0, 1, 2.0]), np.array([False, False, True]))
    assert (counted.tolist(), times) == ([0, 1, 3], 1)


@pytest.mark.parametrize(
    ("counter", "restarts", "row"),
    [([0, 1, 0.9], None, 3), ([0, -1, 0], None, 2), ([-1, 0, 1], None, 1), ([0, 1, 0], [False] * 3, 3)],
)
def test_refuses_a_counter_with_an_unexpected_decrease(
    counter: list[float], restarts: list[bool] | None, row: int
) -> None:
    with refuses("not-a-counter", NoCounterError, row=row):
        accumulated(np.array(counter, dtype=float), None if restarts is None else np.array(restarts))


def test_an_empty_counter_stays_empty() -> None:
    assert accumulated(np.array([]))[0].size == 0


def test_drops_a_column_that_is_not_a_counter_with_a_warning() -> None:
    columns = series(charging_capacity_ah=[0, 1, 0.9])
    (message,) = sum_counters(columns)
    assert "charging_capacity_ah" not in columns
    assert (message.level, message.code) == ("warning", "column-dropped")
    assert message.parameters["error"]["parameters"] == {"number": 0.9, "row": 3}


def test_warns_of_decreasing_times() -> None:
    (message,) = series_warnings(series(test_time_second=[0, 2, 1]))
    assert message.text == "Time decreases 1 times, first from 2 s to 1 s in row 3."


def test_warns_of_missing_cycles() -> None:
    (message,) = series_warnings(series(cycle_count=[1, 1, 3]))
    assert (message.code, message.parameters) == ("cycle-number-jumps", {"before": 1, "after": 3, "row": 3})


def test_a_valid_series_has_no_messages() -> None:
    only = series_of(series(cycle_count=[1, 1, 2], charging_capacity_ah=[0, 1, 2]), {"instrument": "x"})
    assert (only.technique, only.messages, only.header) == ("cycling", (), {"instrument": "x"})


@pytest.mark.parametrize(
    ("counter", "added", "resets"),
    [
        ([0, 4, 8, 1, 2, 1, 2], [0, 4, 4, 1, 1, 1, 1], 2),
        ([0, 4, 8, 9, 10, 1, 2], [0, 4, 4, 1, 1, 1, 1], 1),
        ([0, 1, 1.5, 2.5, 3.5, 9, 10], [0, 1, 0.5, 1, 1, 9, 1], 1),
    ],
)
def test_a_counter_of_both_directions_goes_on_or_starts_again(
    counter: list[float], added: list[float], resets: int
) -> None:
    """Charge in two steps, then discharge; the current tells one unit a row."""
    direction = np.array([1.0, 1, 1, 1, 1, -1, -1])
    borders = np.array([False, False, False, True, False, True, False])
    rows, previous, times = continued_counts(np.array(counter), np.ones(7), direction, borders)
    assert (summed_from(np.array(counter), rows, previous).tolist(), times) == (added, resets)


def test_a_counter_goes_on_after_a_rest() -> None:
    counter, direction = np.array([0.0, 4, 0, 5, 6]), np.array([1.0, 1, 0, 1, 1])
    rows, previous, _ = continued_counts(counter, np.ones(5), direction, np.array([False, False, True, True, False]))
    assert summed_from(counter, rows, previous)[direction > 0].tolist() == [0, 4, 1, 1]
