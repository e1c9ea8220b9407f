"""Covariance of the variables of a fit by least squares, also of those that the data do not determine."""

import numpy as np
from numpy.typing import NDArray

Real = NDArray[np.float64]

LEAST_INFORMATION = 1e-14
"""Over the largest of the eigenvalues of the normal matrix: below it, one is round-off."""


def fit_covariance(jacobian: Real) -> Real:
    """Return the inverse of the normal matrix, in which what the data do not determine has a large variance.

    A pseudoinverse gives the variance zero to a variable that does not change the residuals, such as the resistance of
    an arc that the fit has taken away: the least certain number would seem to be exact.

    Parameters
    ----------
    jacobian : ndarray, shape (variables, residuals)
        Derivatives of the residuals by the variables, which are of the order of one, such as logarithms.

    Returns
    -------
    ndarray, shape (variables, variables)
        Covariance over the variance of the residuals.

    Examples
    --------
    >>> fit_covariance(np.array([[2.0, 0.0], [0.0, 0.0]])).round(3).tolist()
    [[0.25, 0.0], [0.0, 25000000000000.0]]
    """
    information, directions = np.linalg.eigh(jacobian @ jacobian.T)
    least = max(LEAST_INFORMATION * float(information[-1]), np.finfo(np.float64).tiny)
    inverse: Real = directions / np.maximum(information, least) @ directions.T
    return inverse
