"""Covariance of a least-squares fit whose residuals may be correlated between neighbouring points of the sweep."""

import math
from functools import lru_cache

import numpy as np

from analyses.impedance.circuit_elements import Real

SHARES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)
"""Variance of 1/f noise over that of white noise, of the models that are averaged."""
PRIOR_OF_WHITE = 0.8
"""Weight of white noise alone before the residuals are seen; the others share the rest."""
WINDOWS = 4
"""Slowest period of the 1/f noise, in sweeps."""


def fit_covariance(jacobian: Real, residual: Real) -> tuple[Real, float]:
    """Return the covariance of the variables of an ordinary least-squares fit, and its degrees of freedom.

    The noise of each part of Z, relative to the modulus, is white noise plus 1/f noise over the points in the order of
    the sweep: a drift of the cell, of the instrument or of the temperature, or what the circuit does not describe. The
    share of 1/f noise comes from the residuals by restricted likelihood [1]_; the covariance is the mean over several
    shares, each with its likelihood, so that residuals which cannot tell count as what they may be.

    Parameters
    ----------
    jacobian : ndarray, shape (2 points, variables)
        Of full rank; real and imaginary part of each point side by side.
    residual : ndarray, shape (2 points,)
        Residuals at the minimum.

    Returns
    -------
    covariance : ndarray, shape (variables, variables)
    degrees_of_freedom : float
        Effective ones: few independent residuals if they are correlated, fewer if their share is not known.

    References
    ----------
    .. [1] H. D. Patterson, R. Thompson, Biometrika 58, 545 (1971), doi:10.1093/biomet/58.3.545.
    """
    variances, vectors = _one_over_f(residual.size // 2)
    degrees = residual.size - jacobian.shape[1]
    # In the basis of the eigenvectors both parts have independent numbers.
    rotated = np.concatenate((vectors.T @ jacobian[0::2], vectors.T @ jacobian[1::2]))
    left = np.concatenate((vectors.T @ residual[0::2], vectors.T @ residual[1::2]))
    inverse = np.linalg.inv(rotated.T @ rotated)
    logs, covariances = [], []
    for share in SHARES:
        variance = np.tile(1 + share * variances, 2)
        weighted = rotated / variance[:, np.newaxis]
        information = weighted.T @ rotated
        explained = weighted.T @ left
        squares = max(float(left @ (left / variance) - explained @ np.linalg.solve(information, explained)), 1e-300)
        logs.append(-(np.log(variance).sum() + np.linalg.slogdet(information)[1] + degrees * math.log(squares)) / 2)
        middle = (rotated * variance[:, np.newaxis]).T @ rotated
        covariances.append(squares / degrees * inverse @ middle @ inverse)
    prior = np.full(len(SHARES), (1 - PRIOR_OF_WHITE) / (len(SHARES) - 1))
    prior[0] = PRIOR_OF_WHITE
    weights = prior * np.exp(np.array(logs) - max(logs))
    weights /= weights.sum()
    covariance = np.tensordot(weights, np.array(covariances), axes=1)
    widths = np.array([np.mean(np.diag(each) / np.diag(covariance)) for each in covariances])
    spread = float(weights @ (widths - weights @ widths) ** 2) / float(weights @ widths) ** 2
    slow = float(weights @ [np.mean(_memory(share, variances)) for share in SHARES])
    return np.asarray(covariance), 2 / (spread + 2 / max(degrees * slow, 1.0))


def _memory(share: float, variances: Real) -> float:
    """Return the number of independent residuals of such noise, over that of the points."""
    variance = 1 + share * variances
    return float(variance.sum() ** 2 / (variance**2).sum() / variance.size)


@lru_cache(maxsize=64)
def _one_over_f(points: int) -> tuple[Real, Real]:
    """Return eigenvalues and eigenvectors of the covariance of 1/f noise of mean variance 1."""
    slowest = WINDOWS * points
    harmonics = np.arange(1, slowest // 2 + 1)
    correlation = np.cos(2 * np.pi * np.outer(np.arange(points), harmonics) / slowest) @ (1 / harmonics)
    distance = np.abs(np.subtract.outer(np.arange(points), np.arange(points)))
    values, vectors = np.linalg.eigh(correlation[distance] / correlation[0])
    return np.maximum(values, 0.0), vectors
