"""Segments of one frequency sweep, measured one after the other in different ranges, that overlap or meet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analyses.impedance.circuit_elements import Complex, Real

LARGEST_GAP = math.log(10)
"""Between the end of a segment and the beginning of the next, as a difference of logarithms: a decade."""
LARGEST_OVERLAP = 0.5
"""Share of the shorter of two segments, in log f; of more, they are rather two spectra."""
FEWEST_POINTS = 4
"""Points of a segment: those a cubic needs."""


@dataclass(frozen=True)
class Overlap:
    """Frequencies that two segments have in common."""

    lowest_hz: float
    highest_hz: float
    points: int
    """Points of both segments within them."""
    difference: float | None
    """Largest |difference| of the second segment from the first within them, over |Z|; None without a point there."""


def are_segments(sweeps: Sequence[Real]) -> bool:
    """Return True if sweeps are segments of one: in one direction, each further than the one before and next to it.

    Parameters
    ----------
    sweeps : sequence of ndarray, each of shape (points,)
        Frequencies in the order of measurement [Hz].

    Returns
    -------
    bool
        False for a single sweep, for one of fewer than four points, for one at several frequencies alike, and for two
        that have more than half of the shorter one in common, as two spectra do.

    Examples
    --------
    >>> import numpy as np
    >>> high, low = np.geomspace(1e6, 1e3, 31), np.geomspace(1.5e3, 0.1, 43)
    >>> are_segments([high, low]), are_segments([low, high]), are_segments([high, high])
    (True, False, False)
    """
    if len(sweeps) < 2 or any(sweep.size < FEWEST_POINTS or not (sweep > 0).all() for sweep in sweeps):
        return False
    logs = [np.log(sweep) for sweep in sweeps]
    way = 1.0 if logs[0][-1] > logs[0][0] else -1.0
    return all(_is_ordered(way * log) for log in logs) and all(
        _goes_on(way * first, way * second) for first, second in pairwise(logs)
    )


def split_where_it_goes_back(frequency_hertz: Real) -> list[slice]:
    """Return the rows of each stretch of a sweep between two steps against its direction.

    Parameters
    ----------
    frequency_hertz : ndarray, shape (points,)
        In the order of measurement [Hz]; its ends tell the direction.

    Examples
    --------
    >>> import numpy as np
    >>> split_where_it_goes_back(np.array([1000.0, 100.0, 10.0, 20.0, 2.0]))
    [slice(0, 3, None), slice(3, 5, None)]
    """
    steps = np.diff(frequency_hertz)
    way = 1.0 if frequency_hertz.size and frequency_hertz[-1] > frequency_hertz[0] else -1.0
    bounds = [0, *(np.flatnonzero(way * steps < 0) + 1).tolist(), frequency_hertz.size]
    return [slice(begin, end) for begin, end in pairwise(bounds)]


def _is_ordered(logs: Real) -> bool:
    return bool((np.diff(logs) >= 0).all() and logs[-1] > logs[0])


def _goes_on(first: Real, second: Real) -> bool:
    """Return True if the second begins and ends after the first does, and near its end."""
    shorter = min(np.ptp(first), np.ptp(second))
    overlap = first[-1] - second[0]
    goes_beyond = first[0] < second[0] and first[-1] < second[-1]
    return bool(goes_beyond and -LARGEST_GAP <= overlap <= LARGEST_OVERLAP * shorter)


def overlaps(frequencies: Sequence[Real], impedances: Sequence[Complex]) -> tuple[Overlap, ...]:
    """Return what each segment has in common with the next; nothing where they only meet.

    Parameters
    ----------
    frequencies, impedances : sequence of ndarray, each of shape (points,)
        Frequency [Hz] and Z [Ω] of each segment, of which `are_segments` is True.
    """
    pairs = pairwise(zip(frequencies, impedances, strict=True))
    common = (_overlap(first, second) for first, second in pairs)
    return tuple(overlap for overlap in common if overlap is not None)


def _overlap(first: tuple[Real, Complex], second: tuple[Real, Complex]) -> Overlap | None:
    lowest = max(first[0].min(), second[0].min())
    highest = min(first[0].max(), second[0].max())
    inside, other = ((frequency >= lowest) & (frequency <= highest) for frequency in (second[0], first[0]))
    points = int(inside.sum() + other.sum())
    if lowest > highest or not points:
        return None
    difference = None
    if inside.any():
        expected = _interpolated(*first, second[0][inside])
        difference = float(np.max(np.abs(second[1][inside] - expected) / np.abs(expected)))
    return Overlap(float(lowest), float(highest), points, difference)


def _interpolated(frequency: Real, impedance: Complex, wanted: Real) -> Complex:
    """Return Z at frequencies within those of a segment, by a cubic spline in log f."""
    from scipy.interpolate import CubicSpline

    logs, firsts = np.unique(np.log(frequency), return_index=True)
    spline = CubicSpline(logs, impedance[firsts])
    values: Complex = np.asarray(spline(np.log(wanted)), dtype=np.complex128)
    return values
