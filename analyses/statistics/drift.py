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
"""Points from which the order of residuals is tested; fewer are taken to drift."""
TEST_QUANTILE = 1.645
"""Normal quantile of that test: one in twenty series without a drift is taken to drift."""
FEWEST_JUDGED = 8
"""Points from which single ones may be outliers."""
OUTLIER_CHANCE = 3.2e-5
"""One-sided probability of a deviation from which a point is an outlier: four standard deviations of many points, more
of few, of which the median deviation is known less well."""
MOST_FITTED = 120
MOST_SLOPES = 1000
LEAST_STEP = 0.5
"""Least step of a random walk considered, times the number of points, over the scatter: smaller ones add little."""
LARGEST_STEP = 30.0
WALK_ALONE = 1e3
"""Step, over the scatter, of a walk without scatter."""
SPACING = 1.8
"""Ratio of one step considered to the next."""
CHANCE_OF_WALK_ALONE = 0.1
AS_LARGE_AS_SCATTER = 1.0
"""Step, over the scatter, up to which the probability of a step beforehand rises, with the square root of the step."""
SAFETY, SAFETY_OF_FEW = 0.05, 0.8
"""Shares by which the intervals are wider, the second over the number of points: the mean and the scatter that a walk
leaves are not independent, as Student's t takes them to be."""
ROUNDS = 50


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
    """False if the points are too few to tell."""


def trend(time: Array, values: Array) -> Trend:
    """Return mean and growth with intervals that hold where the scatter about a straight line is independent or drifts.

    The values are taken as a straight line with independent scatter and a random walk from the first point on. A series
    does not show a walk whose steps are much smaller than the scatter, though it may lead the mean away by several
    times what the scatter would. So no size of it is chosen, and none is taken to be absent: the intervals average over
    all of them by the restricted likelihood [2]_. Beforehand the probability of a step, evenly spread in its
    logarithm, rises with its square root up to the scatter. This holds scatter with a memory too. The mean is that of
    the line, from which a walk led away. A test of the order of the residuals (their von Neumann ratio, Durbin-Watson
    [1]_) says whether they drift and changes no interval. From eight values on, those more than four standard
    deviations from the line of median slope (1.4826 times the median deviation; 5.4 of 20 values, by Student's t)
    count as if they were that far from it.

    Parameters
    ----------
    time, values : ndarray, shape (n,)
        Rising times and numbers, at least four.

    Returns
    -------
    Trend
        How often its intervals contain the truth is in docs/uncertainty.md.

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
    of_mean, of_slope = _half_widths(few_time, few_values)
    name = "drift" if drifts or not is_tested else "scatter"
    return Trend(
        Estimate.measured(mean, of_mean / NORMAL_95_PERCENT).attributed(name),
        Estimate.measured(slope, of_slope / NORMAL_95_PERCENT).attributed(name),
        drifts,
        is_tested,
    )


def _without_outliers(values: Array, line: Array) -> Array:
    """Return the values, those of outliers brought to the largest deviation from the line that scatter makes
    (winsorised)."""
    from scipy.special import stdtrit

    if values.size < FEWEST_JUDGED:
        return values
    deviation = values - line
    most = float(stdtrit(values.size - 2, 1 - OUTLIER_CHANCE))
    limit = most * MAD_TO_SIGMA * float(np.median(np.abs(deviation - np.median(deviation))))
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
    """Return whether the Durbin-Watson statistic of residuals from a straight line is among its lowest 5 %."""
    count = residual.size
    ratio = float((np.diff(residual) ** 2).sum() / (residual**2).sum())
    expected = (2 * (count - 1) - 12 / (count * (count + 1))) / (count - 2)
    return ratio < expected - TEST_QUANTILE * math.sqrt(4 / (count + 2))


def _half_widths(time: Array, values: Array) -> tuple[float, float]:
    """Return half the 95 % intervals of mean and slope, averaged over the steps of a random walk.

    The eigenvectors of the covariance of a walk make every size of it diagonal.
    """
    count, degrees = values.size, values.size - 2
    since = (time - time[0]) / (time[-1] - time[0])
    centred = since - since.mean()
    line = np.column_stack((np.ones(count), centred))
    weights = np.column_stack((np.full(count, 1 / count), centred / (centred**2).sum()))
    steps, chances = _steps(count)
    size, vectors = np.linalg.eigh((count - 1) * np.minimum.outer(since, since))
    spread = 1 + steps[:, np.newaxis] ** 2 * np.maximum(size, 0.0)
    logarithms, variances = _of_steps(spread, vectors.T @ line, vectors.T @ values, vectors.T @ weights)
    probability = chances * np.exp(logarithms - logarithms.max())
    probability /= probability.sum()
    safety = 1 + SAFETY + SAFETY_OF_FEW / count
    of_mean, of_slope = (safety * _half_width(probability, np.sqrt(column), degrees) for column in variances.T)
    return of_mean, of_slope / float(time[-1] - time[0])


def _steps(count: int) -> tuple[Array, Array]:
    """Return steps of a random walk over the independent scatter, and their probabilities beforehand."""
    least = LEAST_STEP / count
    steps = np.geomspace(least, LARGEST_STEP, 2 + int(math.log(LARGEST_STEP / least) / math.log(SPACING)))
    chances = np.sqrt(np.minimum(steps, AS_LARGE_AS_SCATTER))
    chances *= (1 - CHANCE_OF_WALK_ALONE) / chances.sum()
    return np.append(steps, WALK_ALONE), np.append(chances, CHANCE_OF_WALK_ALONE)


def _of_steps(spread: Array, line: Array, values: Array, weights: Array) -> tuple[Array, Array]:
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
