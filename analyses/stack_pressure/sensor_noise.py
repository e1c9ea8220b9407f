"""Noise of a pressure sensor: independent from row to row, or correlated over some rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DEGREE = 5
"""Of the polynomial that the pressure follows within a window."""
MOST_WINDOWS = 200
CORRELATIONS = (0.5, 0.8, 0.9, 0.95, 0.98)
"""From row to row."""
SHARES = (0.3, 0.7, 1.0)
"""Share of the variance that is correlated."""
NEGLIGIBLE = 1e-6
"""Probability below which a model is left out."""
ROUND_OFF = 1e-12


@dataclass(frozen=True)
class SensorNoise:
    """Noise of the rows of a log, as probable models; arrays of shape (models,)."""

    probability: Array
    variance: Array
    """Of one row [MPa²]."""
    share: Array
    """Correlated share of the variance."""
    correlation: Array
    """Of that share, from row to row."""
    degrees_of_freedom: float

    @property
    def standard_deviation(self) -> float:
        """Of one row [MPa]."""
        return math.sqrt(float(self.probability @ self.variance))

    @property
    def correlated_share(self) -> float:
        """Share of the variance that is correlated from row to row."""
        return float(self.probability @ self.share)

    @property
    def correlation_rows(self) -> float:
        """Rows after which the correlated part has faded to 1/e, of the most probable model; zero without one."""
        best = int(np.argmax(self.probability))
        return -1 / math.log(self.correlation[best]) if self.share[best] else 0.0

    def correlations(self, rows: int) -> Array:
        """Return the correlation matrices of this many rows, of shape (models, rows, rows)."""
        return _correlations(self.share, self.correlation, rows)


def sensor_noise(windows: Sequence[Array]) -> SensorNoise:
    """Estimate the noise from windows in which the pressure is smooth.

    In each window the pressure is a polynomial of fifth degree; the rest is noise. Its models, independent rows or a
    share that fades from row to row, are weighed by their restricted likelihood in all windows together. Noise that
    lasts longer than a window looks like a change of the pressure.

    Parameters
    ----------
    windows : sequence of ndarray, each of shape (rows,)
        Pressures of consecutive rows, equally many in each, twelve or more [MPa].

    Returns
    -------
    SensorNoise

    References
    ----------
    Harville, D. A. (1974). Bayesian inference for variance components using only error contrasts. Biometrika 61,
    383-385. https://doi.org/10.1093/biomet/61.2.383

    Examples
    --------
    >>> white = np.random.default_rng(1).normal(0, 0.01, (50, 20))
    >>> round(sensor_noise(list(white)).standard_deviation, 2)
    0.01
    """
    chosen = np.unique(np.linspace(0, len(windows) - 1, min(len(windows), MOST_WINDOWS)).round().astype(int))
    values = np.array([windows[index] for index in chosen])
    count, rows = values.shape
    pairs = [(0.0, 0.0), *((share, fade) for share in SHARES for fade in CORRELATIONS)]
    share, fade = (np.array(column) for column in zip(*pairs, strict=True))
    design = np.polynomial.chebyshev.chebvander(np.linspace(-1, 1, rows), DEGREE)
    scale = float(np.abs(values).max()) or 1.0
    degrees = count * (rows - DEGREE - 1)
    logarithm, variance = np.empty(share.size), np.empty(share.size)
    for model, matrix in enumerate(_correlations(share, fade, rows)):
        root = np.linalg.cholesky(matrix)
        white = np.linalg.solve(root, np.concatenate((design, (values - values[:, :1]).T), axis=1))
        basis, triangle = np.linalg.qr(white[:, : DEGREE + 1])
        data = white[:, DEGREE + 1 :]
        squares = float(((data - basis @ (basis.T @ data)) ** 2).sum())
        squares = max(squares, degrees * (ROUND_OFF * scale) ** 2)
        determinants = np.log(np.diag(root)).sum() + np.log(np.abs(np.diag(triangle))).sum()
        logarithm[model] = -count * determinants - degrees / 2 * math.log(squares)
        variance[model] = squares / degrees
    prior = np.append(0.5, np.full(share.size - 1, 0.5 / (share.size - 1)))
    probability = prior * np.exp(logarithm - logarithm.max())
    probability /= probability.sum()
    kept = probability > NEGLIGIBLE
    return SensorNoise(probability[kept] / probability[kept].sum(), variance[kept], share[kept], fade[kept], degrees)


def _correlations(share: Array, fade: Array, rows: int) -> Array:
    apart = np.abs(np.subtract.outer(np.arange(rows), np.arange(rows)))
    fading = share[:, None, None] * fade[:, None, None] ** apart
    matrices: Array = (1 - share)[:, None, None] * np.eye(rows) + fading
    return matrices
