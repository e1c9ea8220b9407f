"""Tests of whether one straight Arrhenius line describes a temperature series: curvature, a kink, outliers."""

import math
from dataclasses import dataclass

import numpy as np

from analyses.statistics.linear_fit import LinearFit, Real, fit_linear_model

FEWEST_IN_A_RANGE = 3
CURVED = 0.05
"""Probability of a curvature by chance below which a line does not describe the series."""
KINKED = 0.01
"""Probability of two lines by chance, for all places of the kink, below which there are two ranges."""
JUMPED = 0.001
"""The same where the line is not curved, as of a jump between two parallel lines."""
OUTLIER = 0.05
"""Probability by chance of the largest residual of a series, below which its point is an outlier."""
MINIMUM_FOR_CURVATURE = 4


@dataclass(frozen=True)
class Ranges:
    """Two straight lines, from the coldest temperature to the hottest."""

    first_of_hot: int
    """Index of the first point of the upper range."""
    fit: LinearFit
    """Of slope and intercept of the lower range and of the upper one, in this order."""
    probability: float
    """Of a gain as large by chance, for all places of the kink."""
    others: tuple[LinearFit, ...]
    """Fits with the kink at other places that scatter does not exclude."""

    @property
    def crossing(self) -> tuple[float, float] | None:
        """1/kT where the lines cross, with its standard uncertainty; None if they are parallel."""
        return crossing_of(self.fit)


def crossing_of(fit: LinearFit) -> tuple[float, float] | None:
    """Return x where two lines cross, with its standard uncertainty; None if they are parallel."""
    cold, cold_intercept, hot, hot_intercept = fit.coefficients
    difference = cold - hot
    if difference == 0:
        return None
    x = float((hot_intercept - cold_intercept) / difference)
    gradient = np.array([-x, -1.0, x, 1.0]) / difference
    return x, math.sqrt(max(float(gradient @ fit.covariance @ gradient), 0.0))


@dataclass(frozen=True)
class LineTest:
    """Evidence against a straight line."""

    curvature_probability: float | None
    """Of a curvature as large by chance; None with fewer than four different temperatures."""
    end_slopes: tuple[float, float] | None
    """Slope of the parabola at the coldest and at the hottest temperature; None without one."""
    outliers: tuple[int, ...]
    """Indices of the points whose residual is too large for chance."""
    without_outliers: float | None
    """Probability of the curvature without the outliers; None if there are none, or too few points without them."""
    ranges: Ranges | None
    """Two ranges, if two lines describe the series and one does not."""

    @property
    def is_curved(self) -> bool:
        """True if a line does not describe the series, outliers left out. A jump between two ranges counts too."""
        if self.ranges:
            return True
        probability = self.without_outliers if self.outliers else self.curvature_probability
        return probability is not None and probability < CURVED


def check_line(x: Real, y: Real, uncertainty: Real | None = None) -> LineTest:
    """Test a straight line through points against a parabola and against two lines, and find outliers.

    The parabola is tested by F, with the scatter about it [1]_; points far from the line by the externally studentised
    residual, for the number of points (Bonferroni). Unless outliers alone explain it, two lines with three or more
    different x each are tried at every place, and taken if the probability by F of the best place, times the number of
    places, is below 1 % (0.1 % without a curvature) and their BIC is below those of line and parabola.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        In order of falling x: from the coldest point to the hottest, if x is 1/kT.
    uncertainty : ndarray, shape (n,), optional
        Independent standard uncertainty of each y.

    Returns
    -------
    LineTest

    References
    ----------
    .. [1] N. R. Draper, H. Smith, Applied Regression Analysis, Wiley 1998, doi:10.1002/9781118625590, chapters 6 and 8.
    """
    line = fit_linear_model(_line(x), y, uncertainty, is_logarithm=True)
    outliers = _outliers(line)
    probability, end_slopes = _curvature(x, y, uncertainty)
    kept = np.setdiff1d(np.arange(x.size), outliers)
    without = None
    if outliers:
        without, _ = _curvature(x[kept], y[kept], None if uncertainty is None else uncertainty[kept])
    remaining = without if outliers else probability
    ranges = None
    if not outliers or (remaining is not None and remaining < CURVED):
        outliers, without = (), None
        is_curved = remaining is not None and remaining < CURVED
        ranges = _two_ranges(x, y, uncertainty, line, KINKED if is_curved else JUMPED)
    return LineTest(probability, end_slopes, outliers, without, ranges)


def _line(x: Real) -> Real:
    return np.stack((x, np.ones_like(x)), axis=1)


def _parabola(x: Real) -> Real:
    return np.stack((x, np.ones_like(x), (x - x.mean()) ** 2), axis=1)


def _curvature(x: Real, y: Real, uncertainty: Real | None) -> tuple[float | None, tuple[float, float] | None]:
    """Return the probability of the curvature by chance, and the slopes of the parabola at both ends."""
    if np.unique(x).size < MINIMUM_FOR_CURVATURE:
        return None, None
    curved = fit_linear_model(_parabola(x), y, uncertainty, is_logarithm=True)
    line = fit_linear_model(_line(x), y, uncertainty, excess=curved.excess, is_logarithm=True)
    slope, _, square = curved.coefficients
    ends = tuple(float(slope + 2 * square * (end - x.mean())) for end in (x[0], x[-1]))
    return _f_probability(line, curved), (ends[0], ends[1])


def _f_probability(smaller: LinearFit, larger: LinearFit) -> float:
    """Return the probability that the larger model gains as much by chance; one if there is nothing to gain."""
    from scipy.special import fdtrc

    gain, extra = smaller.sum_of_squares - larger.sum_of_squares, smaller.degrees_of_freedom - larger.degrees_of_freedom
    if gain <= 0:
        return 1.0
    if larger.sum_of_squares == 0:
        return 0.0
    ratio = gain / extra / (larger.sum_of_squares / larger.degrees_of_freedom)
    return float(fdtrc(extra, larger.degrees_of_freedom, ratio))


def _outliers(line: LinearFit) -> tuple[int, ...]:
    from scipy.special import stdtr

    if line.degrees_of_freedom < 2:
        return ()
    chance = 2 * stdtr(line.degrees_of_freedom - 1, -np.abs(line.studentised)) * line.studentised.size
    return tuple(int(index) for index in np.flatnonzero((chance < OUTLIER) & (line.studentised != 0)))


def _two_ranges(x: Real, y: Real, uncertainty: Real | None, line: LinearFit, level: float) -> Ranges | None:
    places = [
        kink
        for kink in range(FEWEST_IN_A_RANGE, x.size - FEWEST_IN_A_RANGE + 1)
        if x[kink] != x[kink - 1] and min(np.unique(x[:kink]).size, np.unique(x[kink:]).size) >= FEWEST_IN_A_RANGE
    ]
    if not places or x.size < 2 * FEWEST_IN_A_RANGE:
        return None
    fits = {
        kink: fit_linear_model(_two_lines(x, kink), y, uncertainty, excess=line.excess, is_logarithm=True)
        for kink in places
    }
    best = min(places, key=lambda kink: fits[kink].sum_of_squares)
    single_line = fit_linear_model(_line(x), y, uncertainty, excess=line.excess, is_logarithm=True)
    parabola = fit_linear_model(_parabola(x), y, uncertainty, excess=line.excess, is_logarithm=True)
    chance = min(_f_probability(single_line, fits[best]) * len(places), 1.0)
    smallest = min(_bic(single_line, 2, x.size), _bic(parabola, 3, x.size))
    if chance >= level or _bic(fits[best], 5, x.size) >= smallest:
        return None
    others = tuple(
        fit_linear_model(_two_lines(x, kink), y, uncertainty, is_logarithm=True)
        for kink, fit in fits.items()
        if kink != best and not _is_excluded(fit, fits[best])
    )
    return Ranges(best, fit_linear_model(_two_lines(x, best), y, uncertainty, is_logarithm=True), chance, others)


def _is_excluded(fit: LinearFit, best: LinearFit) -> bool:
    """Return whether the scatter about the best fit excludes one with the kink at another place."""
    from scipy.special import stdtrit

    degrees = best.degrees_of_freedom
    return bool(fit.sum_of_squares > best.sum_of_squares * (1 + stdtrit(degrees, 0.995) ** 2 / degrees))


def _two_lines(x: Real, kink: int) -> Real:
    cold = np.arange(x.size) < kink
    return np.stack((x * cold, 1.0 * cold, x * ~cold, 1.0 * ~cold), axis=1)


def _bic(fit: LinearFit, parameters: int, size: int) -> float:
    if fit.sum_of_squares == 0:
        return -math.inf
    return size * math.log(fit.sum_of_squares / size) + parameters * math.log(size)
