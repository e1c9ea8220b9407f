"""Weights of a fit in which single points far off count little or nothing."""

import math

import numpy as np

from analyses.impedance.circuit_elements import Real

REJECTED = 6.0
"""Standard deviations of the noise of one part of Z beyond which a point has no weight."""
LEAST_WEIGHT = 1e-12


def tukey_weights(residual: Real) -> tuple[Real, Real]:
    """Return the weight of each point by Tukey's biweight of its complex residual, and the residual of a linear fit.

    Parameters
    ----------
    residual : ndarray, shape (2 points,)
        Relative to the modulus, real and imaginary part of each point side by side. Their standard deviation is taken
        from the median of |residual|², which few points far off do not change.

    Returns
    -------
    weights : ndarray, shape (points,)
        Between 0 and 1, of the squared residuals.
    pseudo_residual : ndarray, shape (2 points,)
        Residuals whose least-squares fit has the covariance of the robust one [1]_.

    References
    ----------
    .. [1] P. J. Huber, E. M. Ronchetti, Robust Statistics, 2nd ed., Wiley 2009, chapter 7,
       doi:10.1002/9780470434697.
    """
    squares = residual[0::2] ** 2 + residual[1::2] ** 2
    variance = max(float(np.median(squares)) / (2 * math.log(2)), 1e-30)
    ratio = np.minimum(squares / (variance * REJECTED**2), 1.0)
    weights = (1 - ratio) ** 2
    # Mean derivative of weight times residual, over both parts.
    slope = float(np.mean(weights - 2 * ratio * (1 - ratio)))
    return np.maximum(weights, LEAST_WEIGHT), np.repeat(weights, 2) * residual / max(slope, 0.1)
