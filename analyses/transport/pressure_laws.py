"""How a number follows the stack pressure: straight line and power law, on pressing and on release."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.statistics.linear_fit import LinearFit, fit_linear_model
from analyses.statistics.shared_causes import shared_components
from analyses.transport.pressure_dependence import FEWEST_PRESSURES, check_above_zero, logarithm
from analyses.uncertainty import Estimate

Real = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST_ON_BRANCH = 2
DECISIVE = 20.0
"""Likelihood ratio from which one law is preferred."""
BEND_CHANCE = 0.01
"""Probability below which a law is called bent."""
LIKELIEST = 1e300


@dataclass(frozen=True)
class PressureLaws:
    """Two laws fitted to the same points, y = a + b p and y = a p^m."""

    slope_per_mpa: Estimate
    """b [unit of y per MPa]."""
    exponent: Estimate
    """m."""
    log_hysteresis: Estimate | None
    """ln of y on release over y on pressing at the same pressure, by the power law; None without both directions."""
    line: Real
    """y of the straight line at each point, shape (points,)."""
    power: Real
    """y of the power law at each point, shape (points,)."""
    likelihood_ratio: float
    """Of the power law over the straight line, which have equally many coefficients."""
    bend_probability: float | None
    """Of a bend of the likelier law as large by chance; None with too few points for a test."""

    @property
    def preferred(self) -> str:
        """`power`, `line`, or empty if the points do not decide."""
        if self.likelihood_ratio >= DECISIVE:
            return "power"
        return "line" if self.likelihood_ratio <= 1 / DECISIVE else ""

    @property
    def is_bent(self) -> bool:
        """True if neither law describes the points."""
        return self.bend_probability is not None and self.bend_probability < BEND_CHANCE


def pressure_laws(
    stack_pressure_mpa: Real, numbers: Sequence[Estimate], *, is_release: Flags | None = None
) -> PressureLaws:
    """Fit a straight line and a power law of the pressure.

    Where points of both directions are there, two or more on each, those on release differ by a constant from those on
    pressing, in the straight line, or by a constant factor, in the power law; slope and exponent are common. Scatter
    about the law makes the coefficients uncertain, and so do causes that several numbers share. The laws are compared
    by their likelihood for the same numbers: scatter is normal about the line, and normal in ln y about the power law.

    Parameters
    ----------
    stack_pressure_mpa : ndarray, shape (points,)
        Stack pressure, above zero [MPa].
    numbers : sequence of Estimate, shape (points,)
        Conductivity, resistance or capacity, above zero.
    is_release : ndarray of bool, shape (points,), optional
        True for points after a decrease of the pressure; without it, all count as one direction.

    Returns
    -------
    PressureLaws

    Raises
    ------
    InsufficientData
        If there are fewer than three different pressures, or a pressure or a number is not above zero.

    Examples
    --------
    >>> mpa = np.array([2.0, 5.0, 10.0, 20.0])
    >>> laws = pressure_laws(mpa, [Estimate.exact(3 * p**0.2) for p in mpa.tolist()])
    >>> round(laws.exponent.magnitude, 9), laws.preferred
    (0.2, 'power')
    """
    pressure = np.asarray(stack_pressure_mpa, dtype=np.float64)
    y = np.array([number.magnitude for number in numbers])
    check_above_zero("stack pressure", "MPa", pressure)
    check_above_zero("number", "", y)
    if (different := np.unique(pressure).size) < FEWEST_PRESSURES:
        raise InsufficientData(
            "too-few-pressures",
            "a pressure dependence needs {needed} or more stack pressures: there are {available}",
            needed=FEWEST_PRESSURES,
            available=different,
        )
    branch = _branch(is_release, pressure.size)
    line = fit_linear_model(_design(pressure, branch), y)
    power = fit_linear_model(_design(np.log(pressure), branch), np.log(y), is_logarithm=True)
    ratio = _likelihood_ratio(line, power, y)
    logarithms = [logarithm(number) for number in numbers]
    return PressureLaws(
        slope_per_mpa=_coefficient(line, 1, numbers),
        exponent=_coefficient(power, 1, logarithms),
        log_hysteresis=None if branch is None else _coefficient(power, 2, logarithms),
        line=y - line.residual,
        power=np.exp(np.log(y) - power.residual),
        likelihood_ratio=ratio,
        bend_probability=_bend(pressure, y, branch, is_power=ratio >= 1),
    )


def release_points(pressure_in_order: Real) -> Flags:
    """Return which points, in order of time, were measured after a decrease of the pressure.

    The first counts as pressing; a repetition at the same pressure has the direction of the point before.

    Examples
    --------
    >>> release_points(np.array([2.0, 10.0, 20.0, 20.0, 10.0, 10.0, 2.0])).tolist()
    [False, False, False, False, True, True, True]
    """
    change = np.sign(np.diff(pressure_in_order, prepend=pressure_in_order[:1]))
    moved = np.maximum.accumulate(np.where(change != 0, np.arange(change.size), 0))
    released: Flags = change[moved] < 0
    return released


def _branch(is_release: Flags | None, points: int) -> Flags | None:
    """Return the directions if both have enough points, and a degree of freedom is left."""
    if is_release is None or points < 4:
        return None
    released = int(is_release.sum())
    return is_release if min(released, points - released) >= FEWEST_ON_BRANCH else None


def _design(x: Real, branch: Flags | None) -> Real:
    columns = [np.ones_like(x), x]
    return np.column_stack(columns if branch is None else [*columns, branch.astype(float)])


def _coefficient(fit: LinearFit, row: int, numbers: Sequence[Estimate]) -> Estimate:
    error = math.sqrt(float(fit.covariance[row, row]))
    estimate = Estimate.measured(float(fit.coefficients[row]), error, fit.degrees_of_freedom).attributed("fit")
    return estimate.with_components(*shared_components(fit.sensitivity[row].tolist(), numbers))


def _likelihood_ratio(line: LinearFit, power: LinearFit, y: Real) -> float:
    """Return the ratio of the largest likelihoods; the density of y is that of ln y over y."""
    of_line, of_power = float((line.residual**2).sum()), float((power.residual**2).sum())
    if of_line == of_power == 0:
        return 1.0
    if not (of_line and of_power):
        return LIKELIEST if of_line else 1 / LIKELIEST
    difference = y.size / 2 * (math.log(of_line) - math.log(of_power)) - float(np.log(y).sum())
    return math.exp(float(np.clip(difference, -math.log(LIKELIEST), math.log(LIKELIEST))))


def _bend(pressure: Real, y: Real, branch: Flags | None, *, is_power: bool) -> float | None:
    """Return the probability by chance of a parabola that is as much better than the straight line, or than the power
    law, a straight line in logarithms."""
    from scipy.special import fdtrc

    x, y = (np.log(pressure), np.log(y)) if is_power else (pressure, y)
    straight = _design(x, branch)
    bent = np.column_stack((straight, (x - x.mean()) ** 2))
    if x.size - bent.shape[1] < 2 or np.unique(x).size < FEWEST_PRESSURES + 1:
        return None
    with_bend = float((fit_linear_model(bent, y, is_logarithm=is_power).residual ** 2).sum())
    without = float((fit_linear_model(straight, y, is_logarithm=is_power).residual ** 2).sum())
    if without == 0:
        return 1.0
    degrees = x.size - bent.shape[1]
    return float(fdtrc(1, degrees, (without - with_bend) / (with_bend / degrees))) if with_bend > 0 else 0.0
