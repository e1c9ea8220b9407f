"""Electronic resistance from chronoamperometry at stepped voltages, and the conductivity it stands for.

At each constant voltage the ions come to rest against electrodes that block them, and the current that remains is
carried by electrons. The straight line of that current against voltage has the slope 1/R.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.geometry import pellet_conductivity
from analyses.unanswerable import Unanswerable
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_STEPS = 3
NOISE_FACTOR = 6.0
MAD_TO_SIGMA = 1.4826
COVERAGE = 0.95
ROUND_OFF = 1e-12


@dataclass(frozen=True)
class VoltageStep:
    """Mean voltage and current over the last points of one constant-voltage step."""

    number: int
    """From 1 in the order of time."""
    voltage_v: float
    current_a: float
    current_standard_error_a: float
    """Standard deviation of the averaged points over the square root of their number."""
    drift_a: float
    """Change of the current over the averaged points, by a straight line through them."""
    points: int
    """Points of the whole step."""


@dataclass(frozen=True)
class VoltageSteps:
    """The steps of a chronoamperometry run, and the rows that belong to none."""

    steps: tuple[VoltageStep, ...]
    stray_rows: tuple[int, ...]
    """Rows, from 1, whose voltage differs from the rows before and after."""


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

    @property
    def intercept_is_significant(self) -> bool:
        """True if the line misses the origin by more than its 95 % confidence interval."""
        round_off = ROUND_OFF * max(abs(current) for current in self.fitted_current_a)
        return abs(self.intercept_a) > max(round_off, self.coverage_factor * self.intercept_standard_error_a)


def voltage_steps(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    *,
    last_points: int,
    smallest_step_volt: float,
) -> VoltageSteps:
    """Find the steps of constant voltage and average the last points of each.

    A step begins where the voltage changes from one row to the next by more than `smallest_step_volt` and by more
    than six times the noise of such changes (1.4826 times their median magnitude). A single row between two such
    changes is left out, and what lies before and after it is one step if the voltage is the same.

    Parameters
    ----------
    test_time_second : ndarray, shape (rows,)
        Time, never going back [s].
    voltage_volt : ndarray, shape (rows,)
        Measured voltage [V].
    current_ampere : ndarray, shape (rows,)
        Measured current [A].
    last_points : int
        Number of points at the end of each step to average.
    smallest_step_volt : float
        Smallest change of voltage that begins a new step [V].

    Returns
    -------
    VoltageSteps

    Raises
    ------
    Unanswerable
        If a number is missing or not finite, time goes back, there are fewer than three steps, or a step has fewer
        than `last_points` points.
    """
    _check_series(test_time_second, voltage_volt, current_ampere)
    pieces, stray, limit = _constant_pieces(voltage_volt, smallest_step_volt)
    if len(pieces) < FEWEST_STEPS:
        levels = ", ".join(f"{np.median(voltage_volt[rows]):.4g} V" for rows in pieces) or "no constant voltage"
        raise Unanswerable(
            f"needs at least {FEWEST_STEPS} steps of constant voltage for a line of current against voltage: found "
            f"{len(pieces)} ({levels}), taking a change above {limit:.3g} V from row to row as a new step"
        )
    short = [
        f"step {number} ({np.median(voltage_volt[rows]):.4g} V) has {rows.size}"
        for number, rows in enumerate(pieces, start=1)
        if rows.size < last_points
    ]
    if short:
        raise Unanswerable(
            f"needs {last_points} points at the end of every voltage step: {'; '.join(short)}; "
            "average fewer points, or record longer steps"
        )
    steps = tuple(
        _averaged(number, rows, voltage_volt, current_ampere, last_points)
        for number, rows in enumerate(pieces, start=1)
    )
    return VoltageSteps(steps, tuple(int(row) + 1 for row in stray))


def fit_resistance(voltage_v: Array, current_a: Array) -> OhmicFit:
    """Fit a straight line of current against voltage by ordinary least squares; R is one over its slope.

    Every step has the same weight: what keeps the points off the line (a current not yet at rest, contacts that
    settle) differs from step to step by more than the noise within a step, so the residuals of the line, and not the
    standard errors of the means, measure the scatter. The standard error of R is se(slope) / slope². With few steps
    a factor of 2 covers too little; the confidence interval therefore uses Student's t with (steps - 2) degrees of
    freedom, and is that of the slope, inverted.

    Parameters
    ----------
    voltage_v, current_a : ndarray, shape (steps,)
        Voltage [V] and current at rest [A] of each step.

    Returns
    -------
    OhmicFit

    Raises
    ------
    Unanswerable
        If there are fewer than three steps, all voltages are one, or the slope is not positive.

    Examples
    --------
    >>> fit = fit_resistance(np.array([0.1, 0.2, 0.3]), np.array([0.01, 0.02, 0.03]))
    >>> round(fit.resistance_ohm.magnitude, 9)
    10.0
    """
    from scipy.special import stdtrit

    slope, intercept, mean_voltage, spread = _line(voltage_v, current_a)
    fitted = intercept + slope * voltage_v
    residual = current_a - fitted
    degrees = int(voltage_v.size) - 2
    residual[np.abs(residual) <= ROUND_OFF * np.abs(current_a).max()] = 0.0
    variance = float((residual**2).sum()) / degrees
    slope_error = math.sqrt(variance / spread)
    factor = float(stdtrit(degrees, (1 + COVERAGE) / 2))
    least, most = slope - factor * slope_error, slope + factor * slope_error
    return OhmicFit(
        conductance_s=slope,
        conductance_standard_error_s=slope_error,
        intercept_a=intercept,
        intercept_standard_error_a=math.sqrt(variance * (1 / voltage_v.size + mean_voltage**2 / spread)),
        degrees_of_freedom=degrees,
        coverage_factor=factor,
        resistance_ohm=Estimate.measured(1 / slope, slope_error / slope**2, degrees),
        resistance_interval_ohm=(1 / most, 1 / least if least > 0 else math.inf),
        fitted_current_a=tuple(float(value) for value in fitted),
        residual_a=tuple(float(value) for value in residual),
    )


def _line(voltage: Array, current: Array) -> tuple[float, float, float, float]:
    """Return slope, intercept, mean voltage and sum of squared voltage differences, or say why there is no line."""
    count = int(voltage.size)
    if count < FEWEST_STEPS:
        raise Unanswerable(f"needs at least {FEWEST_STEPS} voltage steps for a line with an error: got {count}")
    mean_voltage = float(voltage.mean())
    spread = float(((voltage - mean_voltage) ** 2).sum())
    if spread == 0:
        raise Unanswerable(f"needs steps at different voltages: all {count} are at {mean_voltage:.4g} V")
    slope = float(((voltage - mean_voltage) * (current - current.mean())).sum()) / spread
    if slope <= 0:
        raise Unanswerable(
            f"the current does not rise with voltage (slope {slope:.3g} S over {count} steps), so there is no "
            "resistance to give; check the sign of the current and the wiring"
        )
    return slope, float(current.mean()) - slope * mean_voltage, mean_voltage, spread


def electronic_conductivity(resistance_ohm: Estimate, thickness_um: Estimate, area_cm2: Estimate) -> Estimate:
    """Return σ_e = L / (R A).

    Parameters
    ----------
    resistance_ohm, thickness_um, area_cm2 : Estimate
        Electronic resistance [Ω], thickness [µm] and area [cm²] of the pellet.

    Returns
    -------
    Estimate
        Electronic conductivity [S cm⁻¹].

    Raises
    ------
    Unanswerable
        If one of the three, or its lower rounding bound, is not above zero.
    """
    return pellet_conductivity(resistance_ohm, thickness_um, area_cm2)


def _check_series(time: Array, voltage: Array, current: Array) -> None:
    columns = {"test_time_second": time, "voltage_volt": voltage, "current_ampere": current}
    if len({column.size for column in columns.values()}) > 1:
        sizes = ", ".join(f"{name} {column.size}" for name, column in columns.items())
        raise Unanswerable(f"the columns differ in length: {sizes}")
    for name, column in columns.items():
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            raise Unanswerable(f"{name} has no finite number in row {bad[0] + 1} ({bad.size} such rows in all)")
    back = np.flatnonzero(np.diff(time) < 0)
    if back.size:
        row = int(back[0])
        raise Unanswerable(
            f"test_time_second goes back from {time[row]:g} s to {time[row + 1]:g} s at row {row + 2}: "
            "put one run, in the order of time, into a file"
        )


def _constant_pieces(voltage: Array, smallest_step: float) -> tuple[list[Rows], Rows, float]:
    """Return the rows of each constant-voltage step, the rows that stand alone, and the change that parts steps."""
    if voltage.size == 0:
        return [], np.array([], dtype=np.intp), smallest_step
    change = np.abs(np.diff(voltage))
    noise = MAD_TO_SIGMA * float(np.median(change)) if change.size else 0.0
    limit = max(smallest_step, NOISE_FACTOR * noise)
    edges = np.concatenate(([0], np.flatnonzero(change > limit) + 1, [voltage.size]))
    lengths = np.diff(edges)
    alone = edges[:-1][lengths == 1]
    pieces: list[Rows] = []
    for start, length in zip(edges[:-1][lengths > 1], lengths[lengths > 1], strict=True):
        rows = np.arange(start, start + length)
        if pieces and abs(np.median(voltage[rows]) - np.median(voltage[pieces[-1]])) <= limit:
            pieces[-1] = np.concatenate((pieces[-1], rows))
        else:
            pieces.append(rows)
    return pieces, alone, limit


def _averaged(number: int, rows: Rows, voltage: Array, current: Array, last_points: int) -> VoltageStep:
    last = current[rows[-last_points:]]
    place = np.arange(last.size) - (last.size - 1) / 2
    per_point = float((place * last).sum() / (place**2).sum())
    return VoltageStep(
        number=number,
        voltage_v=float(voltage[rows[-last_points:]].mean()),
        current_a=float(last.mean()),
        current_standard_error_a=float(last.std(ddof=1)) / math.sqrt(last.size),
        drift_a=per_point * (last.size - 1),
        points=int(rows.size),
    )
