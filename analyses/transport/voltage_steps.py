"""The steps of constant voltage in a chronoamperometry run, found in the data, and the current each comes to."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.half_cycles import check_series
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_STEPS = 3
NOISE_FACTOR = 6.0
MAD_TO_SIGMA = 1.4826
DRIFT_DIVISOR = 5
ZERO_ERRORS = 4.0
"""Standard errors up to which a mean current is zero."""
ZERO_SHARE = 1e-3
"""Or this share of what the steps with a current would have at that voltage: an offset of the instrument."""
REST_SHARE = 0.01
"""Largest current of a rest, as a share of what the nearest step with a current says of its voltage."""
EXPECTED_ERRORS = 10.0
"""Standard errors that expected current must exceed for its absence to tell anything."""


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
    """Change of the current over the last `drift_points`, by a straight line through them."""
    drift_standard_error_a: float
    """Of that change, from the scatter about the line; zero for two points."""
    drift_points: int
    """The averaged points, or the last fifth of the step where that is more: a slow decay hides in few points."""
    points: int
    """Points of the whole step."""


@dataclass(frozen=True)
class OpenCircuitRest:
    """A stretch of constant voltage without current, where the other steps say there should be one."""

    voltage_v: float
    first_row: int
    """From 1."""
    last_row: int


@dataclass(frozen=True)
class VoltageSteps:
    """The steps of a chronoamperometry run, and the rows that belong to none."""

    steps: tuple[VoltageStep, ...]
    stray_rows: tuple[int, ...]
    """Rows, from 1, whose voltage differs from the rows before and after."""
    rests: tuple[OpenCircuitRest, ...] = ()


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

    A rest at open circuit is not a step: its voltage is not zero and its current is, within four standard errors or a
    thousandth of what it should be, while a step at no higher voltage carries more than a hundred times as much. Where
    all steps with a current are at higher voltages, what lies below them is a rest only if it has one voltage:
    currents that vanish below a threshold, or everywhere, are those of the sample.

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
    InsufficientData
        If a number is missing or not finite, time goes back, there are fewer than three steps, or a step has fewer
        than `last_points` points.
    """
    check_series(test_time_second, voltage_volt, current_ampere)
    pieces, stray, limit = _constant_pieces(voltage_volt, smallest_step_volt)
    resting = _at_open_circuit(pieces, voltage_volt, current_ampere, last_points, limit)
    rests = tuple(
        OpenCircuitRest(float(np.median(voltage_volt[rows])), int(rows[0]) + 1, int(rows[-1]) + 1)
        for rows, rest in zip(pieces, resting, strict=True)
        if rest
    )
    pieces = [rows for rows, rest in zip(pieces, resting, strict=True) if not rest]
    if len(pieces) < FEWEST_STEPS:
        levels = ", ".join(f"{np.median(voltage_volt[rows]):.4g} V" for rows in pieces) or "no constant voltage"
        raise InsufficientData(
            "too-few-voltage-steps",
            "a line needs at least {fewest_steps} steps of constant voltage: found {steps} ({levels}); a change above "
            "{limit:.3g} V between rows counts as a new step{rest}",
            fewest_steps=FEWEST_STEPS,
            steps=len(pieces),
            levels=levels,
            limit=limit,
            rest=f", and {len(rests)} steps at open circuit do not count" if rests else "",
        )
    short = [
        f"step {number} ({np.median(voltage_volt[rows]):.4g} V) has {rows.size}"
        for number, rows in enumerate(pieces, start=1)
        if rows.size < last_points
    ]
    if short:
        raise InsufficientData(
            "voltage-step-too-short",
            "every voltage step needs {last_points} points at its end: {short}; set last_points lower, or record "
            "longer steps",
            last_points=last_points,
            short="; ".join(short),
        )
    steps = tuple(
        _averaged(number, rows, voltage_volt, current_ampere, last_points)
        for number, rows in enumerate(pieces, start=1)
    )
    return VoltageSteps(steps, tuple(int(row) + 1 for row in stray), rests)


def _constant_pieces(voltage: Array, smallest_step: float) -> tuple[list[Rows], Rows, float]:
    """Return the rows of each constant-voltage step, the isolated rows, and the change that separates steps."""
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


def _at_open_circuit(
    pieces: list[Rows], voltage: Array, current: Array, last_points: int, limit: float
) -> NDArray[np.bool_]:
    """Return which stretches are rests at open circuit, of shape (pieces,)."""
    last = [rows[-last_points:] for rows in pieces]
    volt = np.abs([float(np.median(voltage[rows])) for rows in last])
    size = np.abs([float(current[rows].mean()) for rows in last])
    error = np.array([float(current[rows].std(ddof=1)) / math.sqrt(rows.size) for rows in last])
    rest = np.zeros(len(pieces), dtype=bool)
    charged = volt > limit
    if not charged.any():
        return rest
    usual = float((size[charged] / volt[charged]).max())
    empty = charged & (size <= np.maximum(ZERO_ERRORS * error, ZERO_SHARE * usual * volt))
    carrying = np.flatnonzero(charged & ~empty)
    if not carrying.size:
        return rest
    lowest = carrying[np.argmin(volt[carrying])]
    under = np.flatnonzero(empty & (volt < volt[lowest] - limit))
    is_threshold = under.size > 0 and float(np.ptp(volt[under])) > limit
    for index in np.flatnonzero(empty).tolist():
        if index in under and is_threshold:
            continue
        below = carrying[volt[carrying] <= volt[index] + limit]
        nearest = below[np.argmax(volt[below])] if below.size else lowest
        expected = size[nearest] * volt[index] / volt[nearest]
        zero = size[index] <= max(ZERO_ERRORS * error[index], ZERO_SHARE * expected)
        rest[index] = zero and size[index] <= REST_SHARE * expected and expected > EXPECTED_ERRORS * error[index]
    return rest


def _averaged(number: int, rows: Rows, voltage: Array, current: Array, last_points: int) -> VoltageStep:
    last = current[rows[-last_points:]]
    judged = current[rows[-max(last_points, rows.size // DRIFT_DIVISOR) :]]
    index = np.arange(judged.size) - (judged.size - 1) / 2
    squares = float((index**2).sum())
    per_point = float((index * judged).sum()) / squares
    scatter = float(((judged - judged.mean() - per_point * index) ** 2).sum()) / max(judged.size - 2, 1)
    return VoltageStep(
        number=number,
        voltage_v=float(voltage[rows[-last_points:]].mean()),
        current_a=float(last.mean()),
        current_standard_error_a=float(last.std(ddof=1)) / math.sqrt(last.size),
        drift_a=per_point * (judged.size - 1),
        drift_standard_error_a=math.sqrt(scatter / squares) * (judged.size - 1),
        drift_points=int(judged.size),
        points=int(rows.size),
    )
