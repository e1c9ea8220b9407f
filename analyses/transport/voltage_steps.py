"""The steps of constant voltage in a chronoamperometry run, found in the data, and the current each comes to."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import check_series
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.statistics.resolution import decimal_step
from analyses.transport.current_edges import StepAtRest, change_within, current_edges, split_at_rest
from analyses.transport.open_circuit_rests import Stretches, find_rests
from analyses.uncertainty import ROUND_OFF

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_STEPS = 3
NOISE_FACTOR = 6.0
DRIFT_DIVISOR = 5
MOST_PARTS = 24


FEWEST_CURRENTS = 3
"""Different currents that show their last digit."""
LARGEST_DIGIT = 0.02
"""Last digit, over the largest current, up to which it is one."""


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
    last_points: int
    """Points averaged."""
    start_s: float
    end_s: float
    resolution_a: float
    """Smallest difference of currents within a step of the run; of currents that never change there, their last digit,
    zero if that cannot be told."""
    part_time_s: Array = field(compare=False, repr=False)
    """Mean time since the begin of the step of up to 24 parts of equal length, shape (parts,)."""
    part_current_a: Array = field(compare=False, repr=False)
    """Their mean currents."""


@dataclass(frozen=True)
class OpenCircuitRest:
    """A stretch at open circuit: a voltage without the current that the steps say there should be."""

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
    unclear_volts: tuple[float, ...] = ()
    """Voltages of what may be a rest or a step [V]."""
    other_steps: tuple[VoltageStep, ...] = ()
    """The steps if each of these is what it was not taken for."""
    steps_at_rest: tuple[StepAtRest, ...] = ()


def voltage_steps(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    *,
    last_points: int,
    smallest_step_volt: float,
    step_number: Array | None = None,
) -> VoltageSteps:
    """Find the steps of constant voltage and average the last points of each.

    A step begins where the voltage changes from one row to the next by more than `smallest_step_volt` and by more
    than six times the noise of such changes (1.4826 times their median magnitude), or where the current stops or sets
    in at once. A single row between two such changes is left out, and what lies before and after it is one step if the
    voltage is the same. Rests at open circuit are not steps (`analyses.transport.open_circuit_rests`). Where the
    current sets in and stops at once at the voltage of a rest, it is that of a step; a step without a current there is
    part of the rest, as nothing distinguishes it.

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
    step_number : ndarray, shape (rows,), optional
        Number of the step in the program of the instrument.

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
    pieces, stray, limit, still = _constant_pieces(voltage_volt, current_ampere, smallest_step_volt)
    stretches = _stretches(pieces, voltage_volt, current_ampere, step_number, last_points)
    resting = find_rests(stretches, limit)
    both = (voltage_volt, current_ampere)
    pieces, steps_at_rest = split_at_rest(pieces, resting.is_rest, limit, both, still=still, least=last_points)
    if steps_at_rest:
        stretches = _stretches(pieces, voltage_volt, current_ampere, step_number, last_points)
        resting = find_rests(stretches, limit)
    rests, stray = _rests(
        [rows for rows, rest in zip(pieces, resting.is_rest, strict=True) if rest], voltage_volt, stray
    )
    is_other_rest = resting.is_rest ^ resting.is_unclear
    other = [rows for rows, rest in zip(pieces, is_other_rest, strict=True) if not rest and resting.is_unclear.any()]
    unclear_volts = tuple(float(volt) for volt in stretches.voltage_v[resting.is_unclear])
    pieces = [rows for rows, rest in zip(pieces, resting.is_rest, strict=True) if not rest]
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
    parts = min(MOST_PARTS, *(rows.size for rows in (*pieces, *other)))
    differences = filter(None, (_resolution(current_ampere[rows]) for rows in pieces))
    resolution = min(differences, default=_last_digit(np.concatenate([current_ampere[rows] for rows in pieces])))
    columns = np.stack((test_time_second, voltage_volt, current_ampere))
    steps, other_steps = (
        tuple(
            _averaged(number, columns[:, rows], last_points, parts, resolution)
            for number, rows in enumerate(every, start=1)
        )
        for every in (pieces, other)
    )
    rows = tuple(int(row) + 1 for row in stray)
    return VoltageSteps(steps, rows, rests, unclear_volts, other_steps, steps_at_rest)


def _constant_pieces(voltage: Array, current: Array, smallest_step: float) -> tuple[list[Rows], Rows, float, Rows]:
    """Return the rows of each constant-voltage step, the isolated rows, the change that separates steps, and the rows
    at which the current alone changes."""
    if voltage.size == 0:
        return [], np.array([], dtype=np.intp), smallest_step, np.array([], dtype=np.intp)
    change = np.abs(np.diff(voltage))
    noise = MAD_TO_SIGMA * float(np.median(change)) if change.size else 0.0
    limit = max(smallest_step, NOISE_FACTOR * noise)
    jumps = np.flatnonzero(change > limit) + 1
    switched, still = current_edges(voltage, current, jumps)
    edges = np.unique(np.concatenate(([0], jumps, switched, [voltage.size])))
    lengths = np.diff(edges)
    alone = edges[:-1][lengths == 1]
    pieces: list[Rows] = []
    for start, length in zip(edges[:-1][lengths > 1], lengths[lengths > 1], strict=True):
        rows = np.arange(start, start + length)
        is_same = pieces and abs(np.median(voltage[rows]) - np.median(voltage[pieces[-1]])) <= limit
        if is_same and start not in switched:
            pieces[-1] = np.concatenate((pieces[-1], rows))
        else:
            pieces.append(rows)
    return pieces, alone, limit, still


def _stretches(
    pieces: Sequence[Rows], voltage: Array, current: Array, step_number: Array | None, last_points: int
) -> Stretches:
    """Return the means of the last points of each stretch, and how its voltage moves."""
    last = [rows[-last_points:] for rows in pieces]
    moves = np.array([(*change_within(voltage[rows]), *change_within(current[rows])) for rows in pieces]).reshape(-1, 4)
    return Stretches(
        np.array([float(np.median(voltage[rows])) for rows in last]),
        np.array([float(current[rows].mean()) for rows in last]),
        np.array([float(current[rows].std(ddof=1)) / math.sqrt(rows.size) for rows in last]),
        moves[:, 0],
        moves[:, 1],
        moves[:, 2],
        moves[:, 3],
        None if step_number is None else np.array([_only(step_number[rows]) for rows in pieces]),
    )


def _only(numbers: Array) -> float:
    """Return the number of all rows, nan if they have several."""
    return float(numbers[0]) if np.ptp(numbers) == 0 else math.nan


def _rests(pieces: Sequence[Rows], voltage: Array, stray: Rows) -> tuple[tuple[OpenCircuitRest, ...], Rows]:
    """Return the rests, with the isolated rows next to them, and the other isolated rows."""
    isolated = set(stray.tolist())
    rests = []
    for rows in pieces:
        first, last = int(rows[0]), int(rows[-1])
        while first - 1 in isolated:
            first -= 1
            isolated.remove(first)
        while last + 1 in isolated:
            last += 1
            isolated.remove(last)
        rests.append(OpenCircuitRest(float(np.median(voltage[rows])), first + 1, last + 1))
    return tuple(rests), np.array(sorted(isolated), dtype=np.intp)


def _resolution(current: Array) -> float:
    """Return the smallest difference of currents that is more than round-off; zero if there is none."""
    difference = np.diff(np.unique(current))
    difference = difference[difference > ROUND_OFF * float(np.abs(current).max())]
    return float(difference.min()) if difference.size else 0.0


def _last_digit(current: Array) -> float:
    """Return the last digit of currents that stand still in every step; zero if it cannot be told.

    Currents of one or two digits, such as 1, 2 and 3 mA, may be exact: they do not show how many the file has.
    """
    largest = float(np.abs(current).max())
    if not largest:
        return 0.0
    scale = 10.0 ** math.floor(math.log10(largest))
    digit = decimal_step(current / scale, FEWEST_CURRENTS) * scale
    return digit if digit <= LARGEST_DIGIT * largest else 0.0


def _averaged(number: int, columns: Array, last_points: int, parts: int, resolution: float) -> VoltageStep:
    """Return the means of a step, of which the columns are time, voltage and current."""
    time, voltage, current = columns
    last = current[-last_points:]
    judged = current[-max(last_points, current.size // DRIFT_DIVISOR) :]
    index = np.arange(judged.size) - (judged.size - 1) / 2
    squares = float((index**2).sum())
    per_point = float((index * judged).sum()) / squares
    scatter = float(((judged - judged.mean() - per_point * index) ** 2).sum()) / max(judged.size - 2, 1)
    edges = np.linspace(0, current.size, parts + 1).astype(np.intp)
    sizes = np.diff(edges)
    return VoltageStep(
        number=number,
        voltage_v=float(voltage[-last_points:].mean()),
        current_a=float(last.mean()),
        current_standard_error_a=float(last.std(ddof=1)) / math.sqrt(last.size),
        drift_a=per_point * (judged.size - 1),
        drift_standard_error_a=math.sqrt(scatter / squares) * (judged.size - 1),
        drift_points=int(judged.size),
        points=int(current.size),
        last_points=int(last.size),
        start_s=float(time[0]),
        end_s=float(time[-1]),
        resolution_a=resolution,
        part_time_s=np.add.reduceat(time - time[0], edges[:-1]) / sizes,
        part_current_a=np.add.reduceat(current, edges[:-1]) / sizes,
    )
