"""Mean and growth of a series of numbers in time whose scatter may be a drift, not independent from one to the next."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.uncertainty import NORMAL_95_PERCENT, Estimate, is_round_off

Array = NDArray[np.float64]

FEWEST_POINTS = 4
FEWEST_TESTED = 20
"""Points from which the test for a drift shows one in 19 of 20 cases; fewer are taken to drift."""
TEST_QUANTILE = 0.674
"""Normal quantile of the test for a drift: one in four series without a drift is taken to drift, so that few with one
are missed."""
MOST_DEVIATIONS = 4.0
MOST_FITTED = 120
MOST_SLOPES = 1000
CORRELATION_TIMES = (0.03, 0.1, 0.3)
"""Of correlated scatter, over the length of the series."""
CORRELATED_SHARES = np.logspace(-0.5, 1.5, 5)
"""Variance of correlated scatter over that of independent scatter."""
WALK_SHARES = np.logspace(-1, 4.5, 12)
"""Mean variance of a random walk over that of independent scatter."""
ROUNDS = 50


@dataclass(frozen=True)
class _Prior:
    """What a series may be before its likelihood is looked at."""

    independent: float
    """Probability of independent scatter alone."""
    walk: float
    """Share of a random walk, against correlated scatter, in the rest."""
    safety: float
    """Factor for what the average over a few kinds of scatter leaves out."""


TOO_FEW = _Prior(0.1, 0.95, 1.2)
"""Where the points are too few for the test."""
SEEN = _Prior(0.3, 0.85, 1.15)
NOT_SEEN = _Prior(0.5, 0.5, 1.05)


@dataclass(frozen=True)
class Trend:
    """Mean and growth of a series."""

    mean: Estimate
    """Mean, as that of the straight line at the middle, outliers brought in [unit of the values]."""
    slope: Estimate
    """Median slope between all pairs of points (Theil-Sen) [unit of the values per unit of time]."""
    drifts: bool
    """True if neighbours in the series differ less than independent scatter would make them."""
    is_tested: bool
    """False if the points are too few to tell: the intervals are those of a drift."""


def trend(time: Array, values: Array) -> Trend:
    """Return mean and growth with intervals that hold where the scatter about a straight line is independent or drifts.

    The values are taken as a straight line with independent scatter, to which scatter with a correlation time or a
    random walk from the first point on may be added. The intervals average over these kinds and over how much of each
    there may be, by the restricted likelihood [2]_. A test of the order of the residuals (their von Neumann ratio,
    Durbin-Watson [1]_) decides how probable a drift is beforehand; fewer than 20 points are too few for it, and are
    taken to drift. The mean is that of the line, from which a walk led away. Values more than four standard deviations
    from the line of median slope (1.4826 times the median deviation) count as if they were that far from it.

    Parameters
    ----------
    time, values : ndarray, shape (n,)
        Rising times and numbers, at least four.

    Returns
    -------
    Trend
        How often its intervals hold the truth is in docs/uncertainty.md.

    Raises
    ------
    ValueError
        With fewer than four points.

    References
    ----------
    .. [1] Durbin, J., Watson, G. S. (1950). Testing for serial correlation in least squares regression. Biometrika 37,
       409-428. https://doi.org/10.1093/biomet/37.3-4.409
    .. [2] Harville, D. A. (1974). Bayesian inference for variance components using only error contrasts. Biometrika 61,
       383-385. https://doi.org/10.1093/biomet/61.2.383

    Examples
    --------
    >>> wave = np.array([0.1, -0.1, -0.1, 0.1] * 6)
    >>> steady = trend(np.arange(24.0), 5 + 0.5 * np.arange(24.0) + wave)
    >>> (round(steady.slope.magnitude, 2), steady.is_tested, steady.drifts)
    (0.5, True, False)
    """
    from scipy.stats import theilslopes

    if values.size < FEWEST_POINTS:
        raise ValueError(f"a trend needs {FEWEST_POINTS} points: there are {values.size}")
    slope, level = (float(part) for part in theilslopes(*reversed(_thinned(time, values, MOST_SLOPES)))[:2])
    usual = _without_outliers(values, level + slope * time)
    mean = float(usual.mean())
    few_time, few_values = _thinned(time, usual, MOST_FITTED)
    residual = _residuals(few_time, few_values)
    if is_round_off(float(np.abs(residual).max()), float(np.abs(values).max())):
        return Trend(Estimate.exact(mean), Estimate.exact(slope), drifts=False, is_tested=True)
    is_tested = few_values.size >= FEWEST_TESTED
    drifts = is_tested and _drifts(residual)
    of_mean, of_slope = _half_widths(few_time, few_values, (SEEN if drifts else NOT_SEEN) if is_tested else TOO_FEW)
    name = "drift" if drifts or not is_tested else "scatter"
    return Trend(
        Estimate.measured(mean, of_mean / NORMAL_95_PERCENT).attributed(name),
        Estimate.measured(slope, of_slope / NORMAL_95_PERCENT).attributed(name),
        drifts,
        is_tested,
    )


def _without_outliers(values: Array, line: Array) -> Array:
    """Return the values, those of outliers brought to four standard deviations from the line (winsorised)."""
    deviation = values - line
    limit = MOST_DEVIATIONS * MAD_TO_SIGMA * float(np.median(np.abs(deviation - np.median(deviation))))
    return np.asarray(line + np.clip(deviation, np.median(deviation) - limit, np.median(deviation) + limit))


def _thinned(time: Array, values: Array, most: int) -> tuple[Array, Array]:
    """Return the means of consecutive points, as many as are wanted at most."""
    if values.size <= most:
        return time, values
    edges = np.linspace(0, values.size, most + 1).astype(np.intp)[:-1]
    counts = np.diff(np.append(edges, values.size))
    return np.add.reduceat(time, edges) / counts, np.add.reduceat(values, edges) / counts


def _residuals(time: Array, values: Array) -> Array:
    centred = time - time.mean()
    residual: Array = values - values.mean() - float((centred * values).sum() / (centred**2).sum()) * centred
    return residual


def _drifts(residual: Array) -> bool:
    """Return whether the Durbin-Watson statistic of residuals from a straight line is below its lower quartile."""
    count = residual.size
    ratio = float((np.diff(residual) ** 2).sum() / (residual**2).sum())
    expected = (2 * (count - 1) - 12 / (count * (count + 1))) / (count - 2)
    return ratio < expected - TEST_QUANTILE * math.sqrt(4 / (count + 2))


def _half_widths(time: Array, values: Array, prior: _Prior) -> tuple[float, float]:
    """Return half the 95 % intervals of mean and slope, averaged over the kinds of scatter and their sizes.

    The eigenvectors of the covariance of a kind make every size of it diagonal.
    """
    count, degrees = values.size, values.size - 2
    since = (time - time[0]) / (time[-1] - time[0])
    centred = since - since.mean()
    line = np.column_stack((np.ones(count), centred))
    weights = np.column_stack((np.full(count, 1 / count), centred / (centred**2).sum()))
    apart = np.abs(since[:, np.newaxis] - since)
    kinds = [(np.exp(-apart / length), CORRELATED_SHARES) for length in CORRELATION_TIMES]
    kinds.append((2 * np.minimum.outer(since, since), WALK_SHARES))
    chances = [(1 - prior.independent) * (1 - prior.walk) / len(CORRELATION_TIMES)] * len(CORRELATION_TIMES)
    chances.append((1 - prior.independent) * prior.walk)
    logarithms, variances = _of_kind(np.ones((1, count)), line, values, weights)
    logarithms += math.log(prior.independent)
    for (covariance, shares), chance in zip(kinds, chances, strict=True):
        size, vectors = np.linalg.eigh(covariance)
        spread = 1 + shares[:, np.newaxis] * np.maximum(size, 0.0)
        more, of_kind = _of_kind(spread, vectors.T @ line, vectors.T @ values, vectors.T @ weights)
        logarithms = np.append(logarithms, more + math.log(chance / shares.size))
        variances = np.append(variances, of_kind, axis=0)
    probability = np.exp(logarithms - logarithms.max())
    probability /= probability.sum()
    of_mean, of_slope = (
        prior.safety * _half_width(probability, np.sqrt(variances[:, column]), degrees) for column in (0, 1)
    )
    return of_mean, of_slope / float(time[-1] - time[0])


def _of_kind(spread: Array, line: Array, values: Array, weights: Array) -> tuple[Array, Array]:
    """Return log-likelihoods, shape (sizes,), and variances of mean and slope, shape (sizes, 2), of scatter with
    independent components of these variances, shape (sizes, n)."""
    degrees = values.size - 2
    weighted = line / spread[:, :, np.newaxis]
    normal = line.T @ weighted
    answer = np.linalg.solve(normal, (values @ weighted)[:, :, np.newaxis])[:, :, 0]
    squares = ((values - answer @ line.T) ** 2 / spread).sum(axis=1)
    determinants = np.log(spread).sum(axis=1) + np.linalg.slogdet(normal)[1]
    variances: Array = squares[:, np.newaxis] / degrees * (spread @ weights**2)
    return -(determinants + degrees * np.log(squares)) / 2, variances


def _half_width(chance: Array, errors: Array, degrees: int) -> float:
    """Return how far 95 % of a mixture of Student t distributions about zero reach."""
    from scipy.special import stdtr, stdtrit

    low, high = 0.0, float(stdtrit(degrees, 0.9999) * errors.max())
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        outside = 2 * float((chance * stdtr(degrees, -middle / errors)).sum())
        low, high = (middle, high) if outside > 0.05 else (low, middle)
    return high
