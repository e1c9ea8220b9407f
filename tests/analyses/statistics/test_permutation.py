"""Permutation tests of two groups."""

import math
from itertools import combinations

import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.statistics.permutation import MOST_ARRANGEMENTS, permutation_test
from tests.coded import refuses


@pytest.mark.parametrize(
    ("sizes", "arrangements", "smallest"),
    [((2, 2), 6, 2 / 6), ((3, 3), 20, 0.1), ((3, 4), 35, 1 / 35), ((4, 4), 70, 2 / 70), ((5, 5), 252, 2 / 252)],
)
def test_groups_that_do_not_overlap_reach_the_smallest_probability(
    sizes: tuple[int, int], arrangements: int, smallest: float
) -> None:
    values = np.cumsum(np.arange(sum(sizes)) + 1.0)
    test = permutation_test(values[: sizes[0]], values[sizes[0] :])
    assert (test.arrangements, test.is_exact) == (arrangements, True)
    assert test.smallest_probability == pytest.approx(smallest)
    assert test.probability >= test.smallest_probability


def test_three_against_three_cannot_reach_the_level() -> None:
    test = permutation_test([1.0, 2.0, 3.0], [101.0, 102.0, 103.0])
    assert (test.probability, test.can_reach_level, test.detectable) == (pytest.approx(0.1), False, None)


def test_counts_are_those_of_all_arrangements() -> None:
    random = np.random.default_rng(3)
    first, second = random.normal(size=4), random.normal(1.0, size=5)
    values = [*first, *second]
    differences = []
    for chosen in combinations(range(9), 4):
        inside = [values[index] for index in chosen]
        outside = [values[index] for index in range(9) if index not in chosen]
        differences.append(abs(np.mean(outside) - np.mean(inside)))
    test = permutation_test(first, second)
    expected = sum(difference >= abs(test.difference) - 1e-12 for difference in differences)
    assert (test.as_large, test.examined) == (expected, math.comb(9, 4))


def test_equal_values_never_differ() -> None:
    assert permutation_test([80.0] * 4, [80.0] * 4).probability == 1.0


def test_the_order_of_the_groups_changes_only_the_sign() -> None:
    first, second = [80.1, 81.0, 79.5, 80.4], [82.0, 81.4, 83.1]
    forward, backward = permutation_test(first, second), permutation_test(second, first)
    assert forward.difference == pytest.approx(-backward.difference)
    assert forward.probability == backward.probability


def test_large_groups_are_drawn_always_alike() -> None:
    random = np.random.default_rng(4)
    first, second = random.normal(size=15), random.normal(1.2, size=15)
    test = permutation_test(first, second)
    assert (test.examined, test.is_exact) == (MOST_ARRANGEMENTS, False)
    assert test == permutation_test(first, second)
    assert 0 < test.probability < 0.05


def test_false_alarms_are_as_rare_as_stated() -> None:
    random = np.random.default_rng(5)
    alarms = [permutation_test(*random.normal(size=(2, 5))).probability <= 0.05 for _ in range(1000)]
    assert 0.025 < np.mean(alarms) < 0.07


def test_a_detectable_difference_is_found_four_times_in_five() -> None:
    random = np.random.default_rng(6)
    detected, size = 0, permutation_test(*np.tile([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0], (2, 1))).detectable
    scale = math.sqrt(0.8)
    assert size is not None
    for _ in range(400):
        first, second = random.normal(scale=scale, size=(2, 6))
        detected += permutation_test(first, second + size).probability <= 0.05
    assert 0.7 < detected / 400 < 0.9


def test_a_number_that_is_not_finite_is_refused() -> None:
    with refuses("value-not-finite", InsufficientData):
        permutation_test([1.0, 2.0, 3.0, math.nan], [4.0, 5.0, 6.0, 7.0])


def test_single_cells_are_refused() -> None:
    with refuses("too-few-cells", InsufficientData):
        permutation_test([1.0], [2.0, 3.0])
