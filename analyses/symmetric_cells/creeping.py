"""Slow declines of the resistance of a symmetric cell, over many half-cycles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.statistics.medians import MAD_TO_SIGMA, running_median
from analyses.symmetric_cells.conditions import HalfConditions
from analyses.symmetric_cells.row_scan import Scan

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

HALVED = 0.5
"""A decline to less than this share of the highest level is a short circuit."""
BEGUN = 0.9
"""It begins where the level is less than this share of it for good."""
ENDED = 0.8
"""It ends where the level is more than this share of it again."""
CLEAR_SCATTERS = 5.0
FEWEST = 5
"""Half-cycles of one direction, current and temperature in which a decline is looked for."""
BEFORE = 3
"""Half-cycles of one direction at the level before, if the decline is not one from the beginning of the test."""
SOFTENED_DEPTH = 0.75
LEVEL_SHARE = 0.15
"""A decline from the beginning that leaves a quarter and changes by less than this share in its second half is
formation."""
WHOLE_SHARE = 0.9


@dataclass(frozen=True)
class Decline:
    """A slow decline, by positions among the rows under current."""

    begin: int
    end: int | None
    earliest: int
    latest: int
    before_ohm: float
    after_ohm: float
    is_softening: bool
    """True if it begins with the test and levels out, as formation of an interface does."""


def slow_declines(scan: Scan, conditions: HalfConditions, time: Array) -> list[Decline]:
    """Return the declines, the first of each direction, current and temperature, the earliest first.

    The median resistances of half-cycles of one direction and current, in one period of unchanged conditions, are
    smoothed by running medians of three and compared with the highest one before.

    Parameters
    ----------
    scan : Scan
        The rows against the resistance of a sound cell.
    conditions : HalfConditions
        Of its half-cycles.
    time : ndarray, shape (rows,)
        Time [s].

    Returns
    -------
    list of Decline
    """
    duration = time[conditions.last_row] - time[conditions.first_row]
    declines = []
    for members in _alike(conditions, duration, conditions.is_settled & scan.is_sound):
        decline = _decline(members, scan)
        if decline is not None:
            declines.append(decline)
    return sorted(declines, key=lambda decline: decline.begin)[:1]


def start_of_decline(scan: Scan, conditions: HalfConditions, index: int) -> int:
    """Return the position at which the decline that a half-cycle is in began.

    Parameters
    ----------
    scan : Scan
        The rows against the resistance of a sound cell.
    conditions : HalfConditions
        Of its half-cycles.
    index : int
        Number of the half-cycle, from 0.

    Returns
    -------
    int
        First row of the first of the half-cycles before it that are all below 90 % of the level of their direction.
    """
    level, first = scan.level, index
    while first > 0 and conditions.period[first - 1] == conditions.period[index]:
        alike = (conditions.sign[:first] == conditions.sign[first - 1]) & (
            conditions.period[:first] == conditions.period[index]
        )
        before = level[:first][alike]
        if before.size < 2 or before[-1] >= BEGUN * before[:-1][-FEWEST:].max():
            break
        first -= 1
    return int(scan.offsets[first])


def is_formation(before: float, after: Array) -> bool:
    """Return whether a decline leaves more than a quarter and levels out in its second half.

    Parameters
    ----------
    before : float
        Resistance before it [Ω].
    after : ndarray, shape (half_cycles,)
        Resistance of the half-cycles from its begin on [Ω].

    Returns
    -------
    bool

    Examples
    --------
    >>> is_formation(100.0, np.array([80.0, 60.0, 52.0, 50.0])), is_formation(100.0, np.array([80.0, 60.0, 40.0, 20.0]))
    (True, False)
    """
    later = after[after.size // 2 :]
    return float(np.ptp(later)) < LEVEL_SHARE * before and float(after.min()) > (1 - SOFTENED_DEPTH) * before


def _alike(conditions: HalfConditions, duration: Array, is_usable: NDArray[np.bool_]) -> list[Rows]:
    """Return the whole half-cycles of each direction and period that are enough to look for a decline."""
    groups = []
    for period in np.unique(conditions.period):
        for sign in (1, -1):
            alike = (conditions.period == period) & (conditions.sign == sign)
            members = np.flatnonzero(alike & is_usable)
            if members.size >= FEWEST:
                groups.append(members[duration[members] >= WHOLE_SHARE * np.median(duration[members])])
    return [members for members in groups if members.size >= FEWEST]


def _decline(members: Rows, scan: Scan) -> Decline | None:
    own = scan.level[members]
    smooth = running_median(own, 1)
    highest = np.maximum.accumulate(smooth)
    change = np.abs(np.diff(own))
    scatter = MAD_TO_SIGMA * float(np.median(change)) / np.sqrt(2)
    is_low = (smooth < HALVED * highest) & (highest - smooth > CLEAR_SCATTERS * scatter)
    is_low[1:] &= is_low[:-1]
    low = np.flatnonzero(is_low)
    if not low.size:
        return None
    first = int(low[0])
    begin = int(np.flatnonzero(smooth[:first] >= BEGUN * highest[first])[-1]) + 1
    back = np.flatnonzero(smooth[first:] > ENDED * highest[first])
    end = first + int(back[0]) if back.size else None
    after = smooth[begin:end]
    is_softening = begin < BEFORE and is_formation(float(highest[first]), after)
    return Decline(
        int(scan.offsets[members[begin]]),
        None if end is None else int(scan.offsets[members[end]]),
        int(scan.offsets[members[begin - 1]]),
        int(scan.offsets[members[first] + 1]) - 1,
        float(highest[first]),
        float(after.min()),
        is_softening,
    )
