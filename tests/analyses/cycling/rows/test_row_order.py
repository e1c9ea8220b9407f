"""Known answers: times put out of order by hand."""

import numpy as np
import pytest

from analyses.cycling.rows.row_order import in_order, restarts

MINUTES = 60.0 * np.arange(200)


def test_a_time_that_starts_again_begins_a_piece() -> None:
    assert restarts(np.concatenate((MINUTES, MINUTES, MINUTES + 60))).tolist() == [0, 200, 400]
    assert restarts(MINUTES).tolist() == []


@pytest.mark.parametrize(
    "time",
    [
        # Back by an hour, as a clock that was set.
        np.concatenate((MINUTES, MINUTES[-1] - 3600 + MINUTES)),
        # One row that is out of order.
        MINUTES[[*range(100), 101, 100, *range(102, 200)]],
        # Pieces of one row.
        np.concatenate((MINUTES, [60.0], MINUTES)),
    ],
)
def test_other_times_that_go_back_are_no_pieces(time: np.ndarray) -> None:
    assert restarts(time).size == 0


def test_few_rows_that_are_late_are_put_in_order() -> None:
    rows = np.arange(200)
    rows[[50, 51]] = [51, 50]
    order = in_order(MINUTES[rows])
    assert order is not None
    assert np.array_equal(MINUTES[rows][order], MINUTES)


def test_many_rows_or_far_ones_stay_as_they_are() -> None:
    assert in_order(MINUTES) is None
    assert in_order(MINUTES[::-1]) is None
    far = MINUTES.copy()
    far[100] = far[90]
    assert in_order(far) is None
