"""Least squares with unknowns that are not negative."""

import numpy as np
import pytest
from scipy.optimize import nnls

from analyses.statistics.nonnegative import nonnegative_least_squares


@pytest.mark.parametrize("seed", range(20))
def test_equals_the_method_of_lawson_and_hanson(seed: int) -> None:
    random = np.random.default_rng(seed)
    rows, unknowns = random.integers(20, 60), random.integers(3, 20)
    matrix, goal = random.normal(size=(rows, unknowns)), random.normal(size=rows)
    start = random.random(unknowns) < 0.5
    answer = nonnegative_least_squares(matrix.T @ matrix, matrix.T @ goal, start)
    assert answer == pytest.approx(nnls(matrix, goal)[0], abs=1e-9)


def test_nothing_is_above_zero_if_everything_points_away() -> None:
    assert nonnegative_least_squares(np.eye(3), -np.ones(3), np.ones(3, dtype=bool)).tolist() == [0, 0, 0]


def test_an_alternating_problem_ends() -> None:
    """Strongly correlated unknowns, for which exchanging all at once goes in circles."""
    random = np.random.default_rng(1)
    base = random.normal(size=(40, 1))
    matrix = base + 1e-3 * random.normal(size=(40, 30))
    goal = random.normal(size=40)
    answer = nonnegative_least_squares(matrix.T @ matrix, matrix.T @ goal, np.ones(30, dtype=bool))
    expected = nnls(matrix, goal)[0]
    assert np.linalg.norm(matrix @ answer - goal) == pytest.approx(np.linalg.norm(matrix @ expected - goal), rel=1e-6)
