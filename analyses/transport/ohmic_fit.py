"""Resistance from a straight line of current at rest against voltage, and whether a straight line is right."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import ROUND_OFF, Estimate

Array = NDArray[np.float64]

FEWEST_STEPS = 3
COVERAGE = 0.95
NOTABLE_CURVATURE = 0.01
"""Share of the largest current by which a parabola must depart from the line to be of interest."""


@dataclass(frozen=True)
class OhmicFit:
    """A straight line of current against voltage."""

    conductance_s: float
    conductance_standard_error_s: float
    intercept_a: float
    intercept_standard_error_a: float
    degrees_of_freedom: int
    coverage_factor: float
    """Student's t for 95 % at these degrees of freedom."""
    resistance_ohm: Estimate
    resistance_interval_ohm: tuple[float, float]
    """95 % confidence interval; the upper end is infinite if a level line fits as well."""
    fitted_current_a: tuple[float, ...]
    residual_a: tuple[float, ...]
    curvature_a: float
    """Largest distance between the line and a parabola through the same points; zero with three of them."""
    curvature_probability: float | None
    """That a straight line scatters into such a parabola (F test); None with three points, which cannot tell."""

    @property
    def intercept_is_significant(self) -> bool:
        """True if the line misses the origin by more than its 95 % confidence interval."""
        round_off = ROUND_OFF * max(abs(current) for current in self.fitted_current_a)
        return abs(self.intercept_a) > max(round_off, self.coverage_factor * self.intercept_standard_error_a)

    @property
    def is_curved(self) -> bool:
        """True if a parabola fits better than scatter explains (95 %) and departs by 1 % of the largest current."""
        if self.curvature_probability is None or self.curvature_probability > 1 - COVERAGE:
            return False
        return self.curvature_a > NOTABLE_CURVATURE * max(abs(current) for current in self.fitted_current_a)


def fit_resistance(voltage_v: Array, current_a: Array, current_standard_error_a: Array | None = None) -> OhmicFit:
    """Fit a straight line of current against voltage by least squares; R is one over its slope.

    Every step has the same weight unless standard errors are given: what keeps the points off the line (a current
    not yet at rest, contacts that settle) usually differs from step to step by more than the noise within a step, so
    the residuals of the line, and not the standard errors of the means, measure the scatter. Where the noise does
    rule, and differs between steps (an instrument that changed its range), weights of one over the squared standard
    error make the answer better; the size of the scatter still comes from the residuals. The standard error of R is
    se(slope) / slope². With few steps a factor of 2 covers too little; the confidence interval therefore uses
    Student's t with (steps - 2) degrees of freedom, and is that of the slope, inverted.

    Parameters
    ----------
    voltage_v, current_a : ndarray, shape (steps,)
        Voltage [V] and current at rest [A] of each step.
    current_standard_error_a : ndarray, shape (steps,), optional
        Standard error of each current, for the weights [A].

    Returns
    -------
    OhmicFit

    Raises
    ------
    InsufficientData
        If there are fewer than three steps, all voltages are one, the slope is not positive, or a standard error to
        weight by is zero.

    References
    ----------
    Draper, N. R., Smith, H. Applied Regression Analysis, 3rd ed., Wiley 1998, chapters 6 (extra sum of squares) and
    9 (weights). https://doi.org/10.1002/9781118625590

    Examples
    --------
    >>> fit = fit_resistance(np.array([0.1, 0.2, 0.3]), np.array([0.01, 0.02, 0.03]))
    >>> round(fit.resistance_ohm.magnitude, 9)
    10.0
    """
    from scipy.special import stdtrit

    weight = _weights(voltage_v.size, current_standard_error_a)
    slope, intercept, mean_voltage, spread = _line(voltage_v, current_a, weight)
    fitted = intercept + slope * voltage_v
    residual = current_a - fitted
    degrees = int(voltage_v.size) - 2
    residual[np.abs(residual) <= ROUND_OFF * np.abs(current_a).max()] = 0.0
    variance = float((weight * residual**2).sum()) / degrees
    slope_error = math.sqrt(variance / spread)
    factor = float(stdtrit(degrees, (1 + COVERAGE) / 2))
    least, most = slope - factor * slope_error, slope + factor * slope_error
    departure, probability = _curvature(voltage_v, current_a, weight, residual)
    return OhmicFit(
        conductance_s=slope,
        conductance_standard_error_s=slope_error,
        intercept_a=intercept,
        intercept_standard_error_a=math.sqrt(variance * (1 / float(weight.sum()) + mean_voltage**2 / spread)),
        degrees_of_freedom=degrees,
        coverage_factor=factor,
        resistance_ohm=Estimate.measured(1 / slope, slope_error / slope**2, degrees).attributed("fit"),
        resistance_interval_ohm=(1 / most, 1 / least if least > 0 else math.inf),
        fitted_current_a=tuple(float(value) for value in fitted),
        residual_a=tuple(float(value) for value in residual),
        curvature_a=departure,
        curvature_probability=probability,
    )


def _weights(count: int, standard_error: Array | None) -> Array:
    """Return weights with a mean of one."""
    if standard_error is None or not count:
        return np.ones(count)
    if (standard_error <= 0).any():
        step = int(np.flatnonzero(standard_error <= 0)[0]) + 1
        raise InsufficientData(
            "no-weight",
            "the current of step {step} has no scatter from which to derive a weight: set the weighting to equal",
            step=step,
        )
    weight: Array = (float(standard_error.min()) / standard_error) ** 2
    return weight / float(weight.mean())


def _line(voltage: Array, current: Array, weight: Array) -> tuple[float, float, float, float]:
    """Return slope, intercept, mean voltage and sum of squared voltage differences of the line."""
    count = int(voltage.size)
    if count < FEWEST_STEPS:
        raise InsufficientData(
            "too-few-voltage-steps",
            "a line needs at least {fewest_steps} voltage steps: there are {count}",
            fewest_steps=FEWEST_STEPS,
            count=count,
        )
    whole = float(weight.sum())
    mean_voltage, mean_current = float((weight * voltage).sum()) / whole, float((weight * current).sum()) / whole
    spread = float((weight * (voltage - mean_voltage) ** 2).sum())
    if np.ptp(voltage) == 0:
        raise InsufficientData(
            "equal-voltage-steps",
            "all {count} steps are at {mean_voltage:.4g} V: a line needs different voltages",
            count=count,
            mean_voltage=mean_voltage,
        )
    slope = float((weight * (voltage - mean_voltage) * (current - mean_current)).sum()) / spread
    if slope <= 0:
        raise InsufficientData(
            "current-opposes-voltage",
            "the current does not rise with voltage (slope {slope:.3g} S, {count} steps): check the sign of the "
            "current and the wiring",
            slope=slope,
            count=count,
        )
    return slope, mean_current - slope * mean_voltage, mean_voltage, spread


def _curvature(voltage: Array, current: Array, weight: Array, residual: Array) -> tuple[float, float | None]:
    """Return how far a parabola departs from the line, and the probability of that by scatter alone."""
    from scipy.special import fdtrc

    degrees = int(voltage.size) - 3
    if degrees < 1 or np.unique(voltage).size < FEWEST_STEPS:
        return 0.0, None
    centred = (voltage - voltage.mean()) / np.ptp(voltage)
    terms = np.stack((np.ones(voltage.size), centred, centred**2), axis=1)
    root = np.sqrt(weight)
    coefficients = np.linalg.lstsq(terms * root[:, None], residual * root, rcond=None)[0]
    parabola = terms @ coefficients
    left = float((weight * (residual - parabola) ** 2).sum())
    explained = float((weight * residual**2).sum()) - left
    floor = (ROUND_OFF * float(np.abs(current).max())) ** 2
    if explained <= floor:
        return 0.0, 1.0
    return float(np.abs(parabola).max()), float(fdtrc(1, degrees, explained / max(left / degrees, floor)))
