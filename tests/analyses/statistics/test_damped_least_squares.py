"""Known answers: test functions of Moré, Garbow and Hillstrom, ACM Trans. Math. Softw. 7, 17 (1981)."""

import numpy as np
import pytest
from scipy.optimize import least_squares

from analyses.statistics.damped_least_squares import damped_least_squares

FAR = np.array([20.0, 20.0])


def rosenbrock(at):
    """Residuals 10 (y - x²) and 1 - x: a curved valley whose end is (1, 1)."""
    x, y = at[:, 0], at[:, 1]
    residual = np.stack((10 * (y - x**2), 1 - x), axis=1)
    by_x = np.stack((-20 * x, -np.ones_like(x)), axis=1)
    by_y = np.stack((np.full_like(x, 10.0), np.zeros_like(x)), axis=1)
    return residual, np.stack((by_x, by_y), axis=1)


def minima(function, starts, lower=-FAR, upper=FAR, *, tolerance=1e-12, most_steps=200):
    return damped_least_squares(
        function, np.array(starts, dtype=float), lower, upper, tolerance=tolerance, most_steps=most_steps
    )


def test_follows_a_curved_valley_from_any_start() -> None:
    """The standard start (-1.2, 1) and two others; the minimum is (1, 1)."""
    solution = minima(rosenbrock, [[-1.2, 1.0], [5.0, -3.0], [0.0, 10.0]])
    assert solution.variables == pytest.approx(np.ones((3, 2)), abs=1e-6)
    assert solution.sum_of_squares == pytest.approx(np.zeros(3), abs=1e-12)


def test_starts_do_not_touch_one_another() -> None:
    starts = [[-1.2, 1.0], [5.0, -3.0], [0.0, 10.0]]
    together = minima(rosenbrock, starts, most_steps=7).variables
    alone = np.concatenate([minima(rosenbrock, [start], most_steps=7).variables for start in starts])
    assert together == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize(("lower", "upper"), [((-20, -20), (0.5, 20)), ((1.5, -20), (20, 20)), ((-20, 2), (20, 20))])
def test_ends_at_the_limit_scipy_ends_at(lower, upper) -> None:
    start = np.clip([0.0, 0.0], lower, upper)
    solution = minima(rosenbrock, [start], np.array(lower, dtype=float), np.array(upper, dtype=float))
    inside = np.clip(start, np.array(lower) + 0.1, np.array(upper) - 0.1)
    reference = least_squares(lambda at: rosenbrock(at[np.newaxis])[0][0], inside, bounds=(lower, upper), xtol=1e-12)
    assert solution.variables[0] == pytest.approx(reference.x, abs=1e-3)
    assert solution.sum_of_squares[0] <= 2 * reference.cost * (1 + 1e-9)


def test_a_variable_without_effect_stays_where_it_is() -> None:
    def only_the_first(at):
        slope = np.zeros((len(at), 2, 1))
        slope[:, 0] = 1.0
        return at[:, :1] - 3.0, slope

    assert minima(only_the_first, [[0.0, 7.0]]).variables[0] == pytest.approx([3.0, 7.0])


def test_computes_the_best_point_when_steps_run_out() -> None:
    squares = [float(minima(rosenbrock, [[-1.2, 1.0]], most_steps=steps).sum_of_squares[0]) for steps in range(1, 20)]
    assert (np.diff(squares) <= 0).all()
    assert squares[-1] < squares[0]
