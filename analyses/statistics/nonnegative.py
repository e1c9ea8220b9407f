"""Least squares with unknowns that are not negative, from a good start."""

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]

MOST_EXCHANGES = 60
TRIES = 3
NEGLIGIBLE = 1e-10
"""Of the largest unknown or gradient: rounding of the solution of the equations."""


def nonnegative_least_squares(gram: Real, projection: Real, start: NDArray[np.bool_]) -> Real:
    """Return x >= 0 of least ‖A x - b‖ from AᵀA and Aᵀb, by block principal pivoting.

    The unknowns above zero are guessed, solved for, and all those with the wrong sign exchanged at once, or the last
    one alone if that does not lead on [1]_. From the solution of a similar problem it takes a few exchanges. Without
    success the method of Lawson and Hanson answers.

    Parameters
    ----------
    gram : ndarray, shape (unknowns, unknowns)
        AᵀA, positive definite.
    projection : ndarray, shape (unknowns,)
        Aᵀb.
    start : ndarray of bool, shape (unknowns,)
        Which unknowns may be above zero, at first.

    Returns
    -------
    ndarray, shape (unknowns,)

    References
    ----------
    .. [1] J. Kim, H. Park, SIAM J. Sci. Comput. 33, 3261 (2011), doi:10.1137/110821172.

    Examples
    --------
    >>> nonnegative_least_squares(np.eye(2), np.array([1.0, -1.0]), np.array([True, True]))
    array([1., 0.])
    """
    above = start.copy()
    fewest, tries = above.size + 1, TRIES
    for _ in range(MOST_EXCHANGES):
        x, gradient = _solved(gram, projection, above)
        wrong = np.where(above, x < -NEGLIGIBLE * np.abs(x).max(), gradient < -NEGLIGIBLE * np.abs(projection).max())
        count = int(wrong.sum())
        if not count:
            return np.maximum(x, 0.0)
        if count < fewest:
            fewest, tries = count, TRIES
        elif tries:
            tries -= 1
        else:
            wrong[: np.flatnonzero(wrong)[-1]] = False
        above ^= wrong
    from scipy.optimize import nnls

    lower = np.linalg.cholesky(gram)
    return np.asarray(nnls(lower.T, np.linalg.solve(lower, projection), maxiter=40 * start.size)[0])


def _solved(gram: Real, projection: Real, above: NDArray[np.bool_]) -> tuple[Real, Real]:
    """Return the unknowns, zero but for those above, and half the derivative of the sum of squares."""
    x = np.zeros_like(projection)
    chosen = np.flatnonzero(above)
    x[chosen] = np.linalg.solve(gram[np.ix_(chosen, chosen)], projection[chosen])
    gradient = gram @ x - projection
    gradient[chosen] = 0.0
    return x, gradient
