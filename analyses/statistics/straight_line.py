"""A straight line through points, with the uncertainty that their scatter gives it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.shared_causes import shared_components
from analyses.uncertainty import Estimate, is_round_off

Real = NDArray[np.float64]


@dataclass(frozen=True)
class StraightLine:
    """y = intercept + slope x."""

    slope: Estimate
    intercept: Estimate
    fitted: Real
    """y of the line at each point, shape (n,)."""


def straight_line(x: Real, y: Real, *, numbers: Sequence[Estimate] = ()) -> StraightLine:
    """Fit a straight line by ordinary least squares.

    Parameters
    ----------
    x, y : ndarray, shape (n,)
        Finite numbers; at least three points, at two or more different x.
    numbers : sequence of Estimate, shape (n,), optional
        The y with the components of their uncertainty, for the causes that several share.

    Returns
    -------
    StraightLine
        The standard uncertainties come from the scatter about the line, with n - 2 degrees of freedom, as the
        component `fit`, and from the causes that several y share. One that all share alike cancels in the slope.

    Raises
    ------
    ValueError
        If there are fewer points or all have the same x.

    References
    ----------
    Draper, N. R., Smith, H. (1998). Applied Regression Analysis, 3rd ed., Wiley, chapter 1.
    https://doi.org/10.1002/9781118625590

    Examples
    --------
    >>> line = straight_line(np.array([0.0, 1.0, 2.0]), np.array([1.0, 3.0, 5.0]))
    >>> (round(line.slope.magnitude, 9), round(line.intercept.magnitude, 9), line.slope.degrees_of_freedom)
    (2.0, 1.0, 1)
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.size < 3 or np.unique(x).size < 2:
        raise ValueError(f"a straight line needs three points at two or more values of x: there are {x.size} points")
    mean = float(x.mean())
    spread = float(((x - mean) ** 2).sum())
    weights = (x - mean) / spread
    slope = float((weights * y).sum())
    if is_round_off(slope, float(np.abs(weights * y).sum())):
        slope = 0.0
    intercept = float(y.mean()) - slope * mean
    fitted = intercept + slope * x
    degrees = x.size - 2
    variance = float(((y - fitted) ** 2).sum()) / degrees
    of_slope = float(np.sqrt(variance / spread))
    of_intercept = float(np.sqrt(variance * (1 / x.size + mean**2 / spread)))
    shared_by_slope = shared_components(weights.tolist(), numbers) if numbers else ()
    shared_by_intercept = shared_components((1 / x.size - mean * weights).tolist(), numbers) if numbers else ()
    return StraightLine(
        Estimate.measured(slope, of_slope, degrees).attributed("fit").with_components(*shared_by_slope),
        Estimate.measured(intercept, of_intercept, degrees).attributed("fit").with_components(*shared_by_intercept),
        fitted,
    )
