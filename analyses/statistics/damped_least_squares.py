"""Levenberg-Marquardt from many starts at once: what a step costs is mostly the calls, so twelve cost little more."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]
Residuals = Callable[[Real], tuple[Real, Real]]
"""From variables (starts, variables) to residuals (starts, n) and their derivatives (starts, variables, n)."""

FIRST_DAMPING = 1e-2
LEAST_DAMPING, MOST_DAMPING = 1e-9, 1e9
LONGEST_STEP = 2.0
NO_EFFECT = 1e-14
"""Share of the largest sensitivity below which a variable counts as being without effect, and stays."""


@dataclass(frozen=True)
class Minima:
    """The result of each start."""

    variables: Real
    """Shape (starts, variables)."""
    sum_of_squares: Real
    """Shape (starts,)."""


def damped_least_squares(
    residuals: Residuals, starts: Real, lower: Real, upper: Real, *, tolerance: float, most_steps: int
) -> Minima:
    """Return the minimum of the sum of squares reached from each start, within limits.

    A variable at a limit stays there for as long as the sum of squares falls beyond it. The damping follows the ratio
    of the gain to the one that the linear model promised [1]_, [2]_.

    Parameters
    ----------
    residuals : callable
        Takes variables of shape (starts, variables); returns residuals of shape (starts, n) and their derivatives of
        shape (starts, variables, n). The number of starts falls as they end.
    starts : ndarray, shape (starts, variables)
        Moved inside the limits.
    lower, upper : ndarray, shape (variables,)
        Limits.
    tolerance : float
        Relative gain of a step at which a start has ended, both promised and had.
    most_steps : int
        Steps at most.

    Returns
    -------
    Minima

    References
    ----------
    .. [1] D. W. Marquardt, J. Soc. Ind. Appl. Math. 11, 431 (1963), doi:10.1137/0111030.
    .. [2] K. Madsen, H. B. Nielsen, O. Tingleff, Methods for Non-Linear Least Squares Problems, 2nd ed., Technical
       University of Denmark 2004, section 3.2.

    Examples
    --------
    >>> line = lambda at: (at @ np.array([[1.0, 1.0]]) - [1.0, 3.0], np.ones((len(at), 1, 2)))
    >>> found = damped_least_squares(line, np.array([[9.0]]), np.array([-9.0]), np.array([9.0]),
    ...                              tolerance=1e-12, most_steps=50)
    >>> round(float(found.variables[0, 0]), 6)
    2.0
    """
    variables = np.clip(starts, lower, upper)
    residual, jacobian = residuals(variables)
    square = (residual**2).sum(axis=1)
    ended_at, ended_with = variables.copy(), square.copy()
    going = np.arange(len(variables))
    damping, growth = np.full(going.size, FIRST_DAMPING), np.full(going.size, 2.0)
    for _ in range(most_steps):
        step, promised = _step(variables, residual, jacobian, damping, (lower, upper))
        tried = variables + step
        tried_residual, tried_jacobian = residuals(tried)
        tried_square = (tried_residual**2).sum(axis=1)
        gain = square - tried_square
        is_better = gain > 0
        is_end = (promised <= tolerance * square) & (np.abs(gain) <= tolerance * square)
        variables = np.where(is_better[:, np.newaxis], tried, variables)
        residual = np.where(is_better[:, np.newaxis], tried_residual, residual)
        jacobian = np.where(is_better[:, np.newaxis, np.newaxis], tried_jacobian, jacobian)
        square = np.where(is_better, tried_square, square)
        quality = np.divide(gain, promised, out=np.ones_like(gain), where=is_better & (promised > 0))
        easier = damping * np.clip(1 - (2 * np.clip(quality, 0.0, 2.0) - 1) ** 3, 1 / 3, 2.0)
        damping = np.clip(np.where(is_better, easier, damping * growth), LEAST_DAMPING, 2 * MOST_DAMPING)
        growth = np.where(is_better, 2.0, 2 * growth)
        ended_at[going], ended_with[going] = variables, square
        goes_on = ~is_end & (damping < MOST_DAMPING) & (square > 0)
        if not goes_on.any():
            break
        if not goes_on.all():
            going, variables, residual, jacobian = (part[goes_on] for part in (going, variables, residual, jacobian))
            square, damping, growth = square[goes_on], damping[goes_on], growth[goes_on]
    return Minima(ended_at, ended_with)


def _step(
    variables: Real, residual: Real, jacobian: Real, damping: Real, limits: tuple[Real, Real]
) -> tuple[Real, Real]:
    """Return the step from each point, cut at the limits, and the fall of the squares that a linear model promises."""
    lower, upper = limits
    slope = (jacobian @ residual[..., np.newaxis])[..., 0]
    normal = jacobian @ jacobian.swapaxes(1, 2)
    free = ~(((variables <= lower) & (slope > 0)) | ((variables >= upper) & (slope < 0)))
    indices = np.arange(variables.shape[1])
    sensitivity = normal[:, indices, indices]
    sensitivity = np.maximum(sensitivity, NO_EFFECT * sensitivity.max(axis=1, keepdims=True) + np.finfo(float).tiny)
    damped = normal * (free[:, :, np.newaxis] & free[:, np.newaxis, :])
    damped[:, indices, indices] = np.where(free, sensitivity * (1 + damping[:, np.newaxis]), 1.0)
    full = -np.linalg.solve(damped, (slope * free)[..., np.newaxis])[..., 0]
    step = np.clip(variables + np.clip(full, -LONGEST_STEP, LONGEST_STEP), lower, upper) - variables
    model = 2 * (slope * step).sum(axis=1) + (step * (normal @ step[..., np.newaxis])[..., 0]).sum(axis=1)
    return step, -model
