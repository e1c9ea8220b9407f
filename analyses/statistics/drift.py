"""Mean and growth of a series of numbers in time whose scatter may be a drift, not independent from one to the next."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.uncertainty import NORMAL_95_PERCENT, Estimate, is_round_off

Array = NDArray[np.float64]

FEWEST_POINTS = 4
FEWEST_TESTED = 20
"""Points from which the test for a drift shows one in 19 of 20 cases; fewer are taken to drift."""
TEST_QUANTILE = 0.674
"""Normal quantile of the test for a drift: one in four series without a drift is taken to drift, so that few with one
are missed."""
MOST_FITTED = 200
MOST_SLOPES = 1000
DRIFT_SHARES = np.logspace(-0.5, 3, 19)
"""Variance of a step of the drift over that of the independent scatter, from about a third on."""
SAFETY = 1.15
"""The posterior is normal about the estimate only for long series: the factor that makes it 95 % from four on."""
ROUNDS = 50


@dataclass(frozen=True)
class Trend:
    """Mean and growth of a series."""

    mean: Estimate
    """Arithmetic mean, as that of the straight line at the middle [unit of the values]."""
    slope: Estimate
    """Median slope between all pairs of points (Theil-Sen) [unit of the values per unit of time]."""
    drifts: bool
    """True if neighbours in the series differ less than independent scatter would make them."""
    is_tested: bool
    """False if the points are too few to tell: the intervals are those of a drift."""


def trend(time: Array, values: Array) -> Trend:
    """Return mean and growth with intervals that hold where the scatter about a straight line is independent or drifts.

    The residuals from the straight line are tested by their von Neumann ratio (Durbin-Watson [1]_). Where it is as
    expected of independent scatter, the interval of the slope is Sen's [2]_ and that of the mean comes from the
    scatter about the line. Where it is lower, or where there are fewer than 20 points, the values are taken as a
    straight line with a random walk and independent scatter, and the intervals average over how much of each there
    may be, by the restricted likelihood [3]_. The mean is then that of the line, from which the walk led away.

    Parameters
    ----------
    time, values : ndarray, shape (n,)
        Rising times and numbers, at least four.

    Returns
    -------
    Trend
        95 % intervals cover 95 to 97 % under independent scatter and 93 % or more under a random walk whose steps are
        three times the scatter or more; with fewer than 20 points more. A weaker drift is missed in part of the
        series: with steps equal to the scatter, intervals of 20 points cover 84 %, those of 40 points 98 %; with steps
        of a third of it, those of 20 to 40 points cover 67 to 83 % (docs/short-circuits.md).

    Raises
    ------
    ValueError
        With fewer than four points.

    References
    ----------
    .. [1] Durbin, J., Watson, G. S. (1950). Testing for serial correlation in least squares regression. Biometrika 37,
       409-428. https://doi.org/10.1093/biomet/37.3-4.409
    .. [2] Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of the American
       Statistical Association 63, 1379-1389. https://doi.org/10.1080/01621459.1968.10480934
    .. [3] Harville, D. A. (1974). Bayesian inference for variance components using only error contrasts. Biometrika 61,
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
    few_time, few_values = _thinned(time, values, MOST_FITTED)
    slope, _, low, high = theilslopes(*reversed(_thinned(time, values, MOST_SLOPES)), alpha=0.95)
    mean = float(values.mean())
    residual, degrees = _residuals(few_time, few_values), few_values.size - 2
    if is_round_off(float(np.abs(residual).max()), float(np.abs(values).max())):
        return Trend(Estimate.exact(mean), Estimate.exact(float(slope)), drifts=False, is_tested=True)
    is_tested = few_values.size >= FEWEST_TESTED
    drifts = is_tested and _drifts(residual)
    if is_tested and not drifts:
        scatter = math.sqrt(float((residual**2).sum()) / degrees / few_values.size)
        return Trend(
            Estimate.measured(mean, scatter, degrees).attributed("scatter"),
            Estimate.measured(float(slope), float(high - low) / (2 * NORMAL_95_PERCENT)).attributed("fit"),
            drifts=False,
            is_tested=True,
        )
    of_mean, of_slope = _drift_half_widths(few_time, few_values)
    return Trend(
        Estimate.measured(mean, of_mean / NORMAL_95_PERCENT).attributed("drift"),
        Estimate.measured(float(slope), of_slope / NORMAL_95_PERCENT).attributed("drift"),
        drifts,
        is_tested,
    )


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


def _drift_half_widths(time: Array, values: Array) -> tuple[float, float]:
    """Return half the 95 % intervals of mean and slope, averaged over the share of the drift in the scatter.

    A random walk from the first point on has the covariance min(t_i, t_j); its eigenvectors make every share diagonal.
    """
    count, degrees = values.size, values.size - 2
    since = (time - time[0]) * (count - 1) / (time[-1] - time[0])
    centred = since - since.mean()
    size, vectors = np.linalg.eigh(np.minimum.outer(since, since))
    line = vectors.T @ np.column_stack((np.ones(count), centred))
    rotated = vectors.T @ values
    weights = vectors.T @ np.column_stack((np.full(count, 1 / count), centred / (centred**2).sum()))
    likelihood, variances = [], []
    for share in DRIFT_SHARES.tolist():
        variance = 1 + share * np.maximum(size, 0.0)
        normal = line.T @ (line / variance[:, None])
        residual = rotated - line @ np.linalg.solve(normal, line.T @ (rotated / variance))
        squares = float((residual**2 / variance).sum())
        determinants = float(np.log(variance).sum() + np.linalg.slogdet(normal)[1])
        likelihood.append(-(determinants + degrees * math.log(squares)) / 2)
        variances.append(squares / degrees * (weights**2 * variance[:, None]).sum(axis=0))
    chance = np.exp(np.array(likelihood) - max(likelihood))
    of_mean, of_slope = np.array(variances).T
    per_time = (count - 1) / float(time[-1] - time[0])
    return (
        SAFETY * _half_width(chance / chance.sum(), np.sqrt(of_mean), degrees),
        SAFETY * _half_width(chance / chance.sum(), np.sqrt(of_slope), degrees) * per_time,
    )


def _half_width(chance: Array, errors: Array, degrees: int) -> float:
    """Return how far 95 % of a mixture of Student t distributions about zero reach."""
    from scipy.special import stdtr, stdtrit

    low, high = 0.0, float(stdtrit(degrees, 0.9999) * errors.max())
    for _ in range(ROUNDS):
        middle = (low + high) / 2
        outside = 2 * float((chance * stdtr(degrees, -middle / errors)).sum())
        low, high = (middle, high) if outside > 0.05 else (low, middle)
    return high
