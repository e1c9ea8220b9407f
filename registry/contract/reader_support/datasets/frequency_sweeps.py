"""Sweeps of an impedance table, recognised by the frequency itself: down and up again are two, and so is a new start.

A sweep ends where the frequency turns, or where it jumps back to frequencies that were measured already. What is not a
sweep stays in one: the same frequency measured several times in a row, the scatter of logged frequencies, one or two
points out of order, and ranges of one spectrum that are listed in another order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FEWEST_FREQUENCIES = 3
"""Frequencies that must be measured again to make a sweep; fewer are points out of order."""
MOST_SWEEPS = 1 / 3
MOST_OUT_OF_ORDER = 0.2
"""Sweeps, and points out of order, per frequency, above which the table has no order: points listed at random turn at
every second or third."""
LARGE_STEP = 0.005
"""Relative step that is one of a sweep, even with 400 points a decade; smaller ones may be the scatter of logging."""
SAME = 0.05
"""Share of the usual step below which two frequencies in a row are the same."""
EQUAL = 1e-9
SMALLEST_TURN = 0.01
TURN = 0.5
"""Share of the usual step that the frequency must go back to have turned."""


@dataclass(frozen=True)
class Sweep:
    """The rows of one sweep."""

    begin: int
    end: int
    """Row after the last one."""
    is_falling: bool


@dataclass(frozen=True)
class Sweeps:
    """The sweeps of a table in the order of its rows, and what is not one."""

    sweeps: tuple[Sweep, ...]
    out_of_order: tuple[int, ...] = ()
    """Rows, from 0, of single points outside the order of their sweep."""
    repeated: int = 0
    """Number of frequencies that were measured several times in a row."""
    is_unordered: bool = False
    """True if the frequencies have no order; the table is then one sweep."""


@dataclass(frozen=True)
class _Run:
    """A stretch in one direction, from a turning point to the next: frequencies by index, both included."""

    begin: int
    end: int
    direction: int


def find_sweeps(frequency: Array) -> Sweeps:
    """Return the sweeps of a column of frequencies.

    Parameters
    ----------
    frequency
        In Hz, in the order of measurement; shape (rows,). Rows at 0 have no impedance and stay with the sweep before.

    Returns
    -------
    At least one sweep. The frequency at a turn, if measured once, is the last of the first sweep; if measured twice,
    each has it.
    """
    rows = np.flatnonzero(frequency > 0)
    if rows.size < 2:
        return Sweeps((Sweep(0, frequency.size, is_falling=True),))
    logs = np.log(frequency[rows])
    usual = _usual_step(logs)
    firsts = _distinct(logs, SAME * usual)
    counts = np.diff([*firsts, rows.size])
    runs = _runs(logs[firsts], max(SMALLEST_TURN, TURN * usual))
    starts, strays = _starts(logs[firsts], runs)
    directions = [direction for _, direction in starts]
    is_unordered = (len(starts) > 1 and len(starts) > MOST_SWEEPS * len(firsts)) or (
        len(strays) >= FEWEST_FREQUENCIES and len(strays) > MOST_OUT_OF_ORDER * len(firsts)
    )
    if is_unordered:
        starts, strays = starts[:1], set()
    turns = [begin - 1 for begin, _ in starts[1:]]
    once = int(np.median(counts))
    bounds = [0]
    for turn in turns:
        # Measured twice as often as the others: the last point of one sweep, and the first of the next.
        shared = int(counts[turn]) // 2 if counts[turn] >= 2 * once else 0
        bounds.append(int(rows[firsts[turn] + int(counts[turn]) - shared]))
    bounds.append(frequency.size)
    sweeps = tuple(
        Sweep(begin, end, is_falling=direction < 0)
        for (begin, end), direction in zip(pairwise(bounds), directions, strict=False)
    )
    repeated = sum(int(count) > 1 for level, count in enumerate(counts) if level not in turns or count > 2)
    out_of_order = tuple(int(rows[firsts[level]]) for level in sorted(strays))
    return Sweeps(sweeps, out_of_order, repeated, is_unordered)


def _usual_step(logs: Array) -> float:
    """Return the median step between frequencies, as a difference of logarithms; 0 if all steps are small."""
    steps = np.abs(np.diff(logs))
    steps = steps[steps > LARGE_STEP]
    return float(np.median(steps)) if steps.size else 0.0


def _distinct(logs: Array, same: float) -> list[int]:
    """Return the index at which each frequency begins that differs from the one before."""
    firsts = [0]
    for index in range(1, logs.size):
        if abs(logs[index] - logs[firsts[-1]]) > max(same, EQUAL):
            firsts.append(index)
    return firsts


def _runs(logs: Array, turn: float) -> list[_Run]:
    """Return the stretches between turning points: extremes from which the frequency goes back by more than `turn`."""
    pivots, directions = [0], []
    direction, extreme = 0, 0
    for index in range(1, logs.size):
        ahead = logs[index] - logs[extreme]
        if direction == 0:
            if abs(ahead) > turn:
                direction, extreme = (1 if ahead > 0 else -1), index
        elif ahead * direction >= 0:
            extreme = index
        elif -ahead * direction > turn:
            pivots.append(extreme)
            directions.append(direction)
            direction, extreme = -direction, index
    directions.append(direction or -1)
    pivots.append(logs.size - 1)
    return [_Run(begin, end, way) for (begin, end), way in zip(pairwise(pivots), directions, strict=True)]


def _starts(logs: Array, runs: Sequence[_Run]) -> tuple[list[tuple[int, int]], set[int]]:
    """Return the first frequency of each sweep with its direction, and the frequencies out of order."""
    starts: list[tuple[int, int]] = [(0, runs[0].direction)]
    strays: set[int] = set()
    number = 1
    while number < len(runs):
        run, begin = runs[number], starts[-1][0]
        following = runs[number + 1] if number + 1 < len(runs) else None
        if run.end - run.begin >= FEWEST_FREQUENCIES:
            starts.append((run.begin + 1, run.direction))
            number += 1
            continue
        number += 2
        if following is None:
            strays.update(range(run.begin + 1, run.end + 1))
            continue
        before, after = logs[begin : run.begin + 1], logs[run.begin + 1 : following.end + 1]
        not_passed = int(np.count_nonzero((after - before[-1]) * following.direction <= 0))
        # The points at the turn are out of order if what follows continues what came before them.
        last = [
            back
            for back in range(1, min(FEWEST_FREQUENCIES, before.size))
            if (after[0] - before[-1 - back]) * following.direction > 0
        ]
        if not_passed < FEWEST_FREQUENCIES:
            strays.update(range(run.begin + 1, run.begin + 1 + not_passed))
        elif last:
            strays.update(range(run.begin + 1 - last[0], run.begin + 1))
        elif _common(before, after) >= FEWEST_FREQUENCIES:
            starts.append((run.begin + 1, following.direction))
    if len(starts) > 1 and starts[1][0] < FEWEST_FREQUENCIES:
        strays.update(range(starts[1][0]))
        starts = [(0, starts[1][1]), *starts[2:]]
    return starts, strays


def _common(before: Array, after: Array) -> int:
    """Return how many frequencies of a stretch are within the range of the one before."""
    margin = SMALLEST_TURN
    return int(np.count_nonzero((after >= before.min() - margin) & (after <= before.max() + margin)))
