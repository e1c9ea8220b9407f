"""Where the current of a chronoamperometry run stops or starts abruptly while its voltage stays."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.transport.open_circuit_rests import MOVING_ERRORS, MOVING_FACTOR

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Rows = NDArray[np.intp]

EDGE_ROWS = 3
"""Rows on each side of a change of the current that must agree."""
EDGE_SHARE = 0.1
"""Share to which the current falls at once, or from which it rises, where a step and a rest have one voltage."""
EDGE_NOISE = 8.0


@dataclass(frozen=True)
class StepAtRest:
    """A stretch with a current at the very voltage of the rest next to it: only the current tells it."""

    voltage_v: float
    first_row: int
    """From 1."""
    last_row: int
    is_counted: bool
    """False if it has fewer points than are averaged: it is left out with the rest."""


def current_edges(voltage: Array, current: Array, jumps: Rows) -> tuple[Rows, Rows]:
    """Return the rows at which the current stops or starts abruptly, away from changes of the voltage.

    Parameters
    ----------
    voltage, current : ndarray, shape (rows,)
        [V], [A].
    jumps : ndarray
        Rows at which the voltage changes.

    Returns
    -------
    tuple of ndarray
        Rows at which the voltage moves without the current and is controlled with it, as at the begin and the end of a
        rest; and rows at which it stays as it is.
    """
    moving: list[int] = []
    still: list[int] = []
    for flags, without_current in zip(_stops_and_starts(current), (1, 0), strict=True):
        candidates = np.flatnonzero(flags)
        groups = np.split(candidates, np.flatnonzero(np.diff(candidates) > 1) + 1) if candidates.size else []
        for edge in (_largest_change(current, group) for group in groups):
            if jumps.size and np.abs(jumps - edge).min() <= 2 * EDGE_ROWS:
                continue
            before_and_after = np.split(voltage[_between(jumps, edge, voltage.size)], [edge - _start(jumps, edge)])
            moves = [change_within(part) for part in before_and_after]
            (move, error), (controlled, _) = moves[without_current], moves[1 - without_current]
            moves_alone = abs(move) > max(MOVING_ERRORS * error, MOVING_FACTOR * abs(controlled))
            (moving if moves_alone else still).append(edge)
    return np.array(sorted(moving), dtype=np.intp), np.array(sorted(still), dtype=np.intp)


def split_at_rest(
    pieces: Sequence[Rows], is_rest: Flags, limit_v: float, columns: tuple[Array, Array], *, still: Rows, least: int
) -> tuple[list[Rows], tuple[StepAtRest, ...]]:
    """Part the pieces at the voltage of a rest where the current starts or stops abruptly.

    Parameters
    ----------
    pieces : sequence of ndarray
        Rows of each stretch of constant voltage.
    is_rest : ndarray, shape (pieces,)
        Which are taken for rests.
    limit_v : float
        Difference up to which voltages are one [V].
    columns : tuple of ndarray, shape (rows,)
        Voltage [V] and current [A].
    still : ndarray
        Rows at which the current changes and the voltage does not, of `current_edges`.
    least : int
        Rows that a part with a current must have; a rest with a shorter one stays whole.

    Returns
    -------
    pieces : list of ndarray
    steps : tuple of StepAtRest
        The parts with a current.
    """
    voltage, current = columns
    volts = np.array([float(np.median(voltage[rows])) for rows in pieces])
    split: list[Rows] = []
    steps: list[StepAtRest] = []
    for rows, volt, rests in zip(pieces, volts.tolist(), is_rest.tolist(), strict=True):
        parts = np.split(rows, np.searchsorted(rows, still[(still > rows[0]) & (still <= rows[-1])]))
        is_whole = len(parts) == 1 or min(part.size for part in parts) < EDGE_ROWS
        if is_whole or not (np.abs(volts[is_rest] - volt) <= limit_v).any():
            split.append(rows)
            continue
        flowing = _with_current(parts, current)
        is_counted = not rests or min(part.size for part in flowing) >= least
        split.extend(parts if is_counted else [rows])
        steps.extend(StepAtRest(volt, int(part[0]) + 1, int(part[-1]) + 1, is_counted) for part in flowing)
    return split, tuple(steps)


def change_within(column: Array) -> tuple[float, float]:
    """Return the change of the median from the first to the last third, and its standard error."""
    third = column.size // 3
    if third < EDGE_ROWS:
        return 0.0, math.inf
    noise = MAD_TO_SIGMA * float(np.median(np.abs(np.diff(column)))) / math.sqrt(third)
    return float(np.median(column[-third:]) - np.median(column[:third])), noise


def _stops_and_starts(current: Array) -> tuple[Flags, Flags]:
    """Return next to which rows the current stops, and sets in, by the medians of the rows before and after."""
    stops, starts = np.zeros((2, current.size), dtype=bool)
    if current.size < 4 * EDGE_ROWS:
        return stops, starts
    median = np.median(np.lib.stride_tricks.sliding_window_view(current, EDGE_ROWS), axis=1)
    middle, sign = np.abs(median), np.sign(median)
    noise = MAD_TO_SIGMA * float(np.median(np.abs(np.diff(current))))
    rows = np.arange(2 * EDGE_ROWS, current.size - 2 * EDGE_ROWS + 1)
    earlier, before = middle[rows - 2 * EDGE_ROWS], middle[rows - EDGE_ROWS]
    after, later = middle[rows], middle[rows + EDGE_ROWS]
    is_steady = (sign[rows - 2 * EDGE_ROWS] * sign[rows - EDGE_ROWS] > 0) & (earlier < 2 * before)
    is_steady &= (before < 2 * earlier) & (before > EDGE_NOISE * noise)
    stops[rows] = is_steady & (np.maximum(after, later) <= EDGE_SHARE * before)
    starts[rows] = (np.maximum(earlier, before) <= EDGE_SHARE * after) & (after > EDGE_NOISE * noise)
    return stops, starts


def _with_current(parts: Sequence[Rows], current: Array) -> list[Rows]:
    """Return the parts whose current is more than a tenth of the largest."""
    sizes = [abs(float(np.median(current[part]))) for part in parts]
    return [part for part, size in zip(parts, sizes, strict=True) if size > EDGE_SHARE * max(sizes)]


def _start(jumps: Rows, row: int) -> int:
    """Return the row of the last jump before a row."""
    return int(jumps[jumps <= row].max(initial=0))


def _between(jumps: Rows, row: int, count: int) -> slice:
    """Return the rows from the jump before a row to the one after it."""
    return slice(_start(jumps, row), int(jumps[jumps > row].min(initial=count)))


def _largest_change(current: Array, rows: Rows) -> int:
    """Return the row, among these, before which the current changes most."""
    return int(rows[np.argmax(np.abs(current[rows] - current[rows - 1]))])
