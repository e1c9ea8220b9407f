import numpy as np
import pytest

from registry.contract.reader_support.datasets.frequency_sweeps import find_sweeps

FALLING = np.logspace(6, -1, 71)
RISING = FALLING[::-1]
SCATTER = np.random.default_rng(1)


def sweeps_of(frequency: np.ndarray) -> list[tuple[int, bool]]:
    """Return the number of rows of each sweep, and whether its frequency falls."""
    return [(sweep.end - sweep.begin, sweep.is_falling) for sweep in find_sweeps(frequency).sweeps]


@pytest.mark.parametrize(
    ("frequency", "sweeps"),
    [
        (FALLING, [(71, True)]),
        (RISING, [(71, False)]),
        (np.r_[FALLING, RISING[1:]], [(71, True), (70, False)]),
        (np.r_[FALLING, RISING], [(71, True), (71, False)]),
        (np.r_[FALLING, FALLING], [(71, True), (71, True)]),
        (np.r_[RISING, RISING], [(71, False), (71, False)]),
        (np.r_[FALLING, RISING[1:], FALLING[1:]], [(71, True), (70, False), (70, True)]),
        (np.tile(FALLING, 50), [(71, True)] * 50),
        (np.r_[FALLING, FALLING[40:]], [(71, True), (31, True)]),
        (np.r_[FALLING, RISING[1:10]], [(71, True), (9, False)]),
        (np.r_[FALLING[::3], FALLING[1::3], FALLING[2::3]], [(24, True), (24, True), (23, True)]),
        (np.r_[np.arange(1000, 0, -1), np.arange(2, 1001)], [(1000, True), (999, False)]),
        (np.r_[0, 0, FALLING, 0, 0, RISING[1:], 0], [(75, True), (71, False)]),
        (np.array([1e4, 1e3, 1e2, 10, 1e4, 1e3, 1e2, 10]), [(4, True), (4, True)]),
        (np.array([5.0]), [(1, True)]),
    ],
)
def test_a_table_is_cut_where_the_frequency_turns_or_starts_again(
    frequency: np.ndarray, sweeps: list[tuple[int, bool]]
) -> None:
    assert sweeps_of(frequency.astype(float)) == sweeps
    assert find_sweeps(frequency.astype(float)).out_of_order == ()


@pytest.mark.parametrize("scatter", [1e-4, 1e-3, 1e-2])
def test_the_scatter_of_logged_frequencies_does_not_cut(scatter: float) -> None:
    logged = np.r_[FALLING, RISING[1:]] * (1 + scatter * SCATTER.standard_normal(141))
    assert sweeps_of(logged) == [(71, True), (70, False)]


@pytest.mark.parametrize("scatter", [0, 1e-3])
@pytest.mark.parametrize("times", [2, 3, 30])
def test_a_frequency_measured_several_times_is_not_a_sweep(times: int, scatter: float) -> None:
    frequency = np.repeat(FALLING, times)
    table = find_sweeps(frequency * (1 + scatter * SCATTER.standard_normal(frequency.size)))
    assert [(sweep.begin, sweep.end) for sweep in table.sweeps] == [(0, 71 * times)]
    assert table.repeated == 71


def test_repeated_frequencies_at_a_turn_belong_to_the_sweeps_that_measured_them() -> None:
    assert sweeps_of(np.repeat(np.r_[FALLING, RISING], 3)) == [(213, True), (213, False)]
    assert sweeps_of(np.repeat(np.r_[FALLING, RISING[1:]], 3)) == [(213, True), (210, False)]


@pytest.mark.parametrize(
    ("frequency", "rows"),
    [
        (np.insert(FALLING, 30, FALLING[28]), (30,)),
        (np.insert(FALLING, 30, 1e6), (30,)),
        (np.insert(FALLING, 30, 0.1), (30,)),
        (np.r_[FALLING[:30], FALLING[31], FALLING[30], FALLING[32:]], (31,)),
        (np.r_[FALLING, FALLING[:2]], (71, 72)),
        (np.r_[FALLING[:2], FALLING], (2, 3)),
    ],
)
def test_one_or_two_points_out_of_order_are_named_and_cut_nothing(frequency: np.ndarray, rows: tuple[int, ...]) -> None:
    table = find_sweeps(frequency)
    assert len(table.sweeps) == 1
    assert table.out_of_order == rows


def test_ranges_of_one_spectrum_in_another_order_are_one_sweep() -> None:
    assert sweeps_of(np.r_[FALLING[30:], FALLING[:30]]) == [(71, True)]


@pytest.mark.parametrize("frequency", [SCATTER.permutation(FALLING), np.ravel(np.c_[FALLING, RISING])])
def test_frequencies_without_an_order_are_one_table(frequency: np.ndarray) -> None:
    table = find_sweeps(frequency)
    assert (len(table.sweeps), table.is_unordered, table.out_of_order) == (1, True, ())
