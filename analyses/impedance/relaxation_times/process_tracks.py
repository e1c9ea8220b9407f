"""Which peaks of the spectra of a series are the same process."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.circuit_elements import Real
from analyses.impedance.relaxation_times.drt_peaks import SUPPORTED, Peak

FARTHEST_DECADES = 1.0
"""Distance from where a process is expected, in time constant, from which a peak is another process."""
RESISTANCE_WEIGHT = 0.5
"""Share of a decade of resistance in the distance between peaks, against a decade of time constant."""
FEWEST_SPECTRA = 2


def track_processes(at: Real, peaks: Sequence[Sequence[Peak]]) -> Real:
    """Return start values of the processes that a series of spectra has in common.

    Peaks are joined from the spectrum with the most of them outwards: where a process is expected in the next spectrum
    follows from the straight line of its last two values against the condition; each peak goes to the process it is
    nearest to in time constant and resistance, all at once [1]_. A process seen in two spectra or more counts; where it
    is not seen its values are those of the line between its neighbours, and of the nearest beyond them.

    Parameters
    ----------
    at : ndarray, shape (spectra,)
        The condition, rising, in a scale in which ln R and ln τ are about straight: 1/T, ln p, the cycle number.
    peaks : sequence of sequence of Peak
        Of each spectrum.

    Returns
    -------
    ndarray, shape (processes, spectra, 3)
        ln R, ln τ and n, the fastest process first.

    References
    ----------
    .. [1] H. W. Kuhn, Naval Res. Logist. Q. 2, 83 (1955), doi:10.1002/nav.3800020109.
    """
    seen = [
        np.array([_place(peak) for peak in of_spectrum if peak.probability >= SUPPORTED]).reshape(-1, 3)
        for of_spectrum in peaks
    ]
    first = int(np.argmax([len(places) for places in seen]))
    tracks: list[dict[int, Real]] = [{first: position} for position in seen[first]]
    for index in (*range(first + 1, len(seen)), *range(first - 1, -1, -1)):
        _join(tracks, at, index, seen[index])
    kept = [_filled(track, at) for track in tracks if len(track) >= min(FEWEST_SPECTRA, len(seen))]
    kept.sort(key=lambda track: float(np.median(track[:, 1])))
    return np.array(kept).reshape(-1, len(seen), 3)


def without_jumps(at: Real, places: Real, is_known: NDArray[np.bool_]) -> tuple[bool, ...]:
    """Return in which spectra a process is the same as in its neighbours.

    It is not where its time constant is a decade or more from where the two nearest spectra lead to expect it: no
    track would be continued there. The farthest is taken out first; of two that differ so, both.

    Parameters
    ----------
    at : ndarray, shape (spectra,)
        The condition, rising, as in `track_processes`.
    places : ndarray, shape (spectra, 3)
        ln R, ln τ and n in each spectrum.
    is_known : ndarray of bool, shape (spectra,)
        Whether they are determined there; if not, the answer is False.

    Returns
    -------
    tuple of bool

    Examples
    --------
    >>> places = np.array([[3.0, -2.0, 0.9], [3.0, -9.0, 0.9], [3.0, -9.1, 0.9], [3.0, -9.2, 0.9]])
    >>> without_jumps(np.arange(4.0), places, np.array([True, True, True, False]))
    (False, True, True, False)
    """
    kept = {int(index): places[index] for index in np.flatnonzero(is_known)}
    while len(kept) > 1:
        rest = {index: {other: kept[other] for other in kept if other != index} for index in kept}
        jump = {index: abs(place[1] - _expected(rest[index], at, index)[1]) for index, place in kept.items()}
        off = [index for index in kept if jump[index] >= FARTHEST_DECADES * np.log(10)]
        if not off:
            break
        if len(kept) == FEWEST_SPECTRA:
            kept = {}
            break
        middle = np.median([place[1] for place in kept.values()])
        del kept[max(off, key=lambda index: jump[index] + abs(kept[index][1] - middle))]
    return tuple(index in kept for index in range(len(places)))


def _place(peak: Peak) -> tuple[float, float, float]:
    return float(np.log(peak.resistance_ohm)), float(np.log(peak.time_constant_s)), peak.exponent


def _join(tracks: list[dict[int, Real]], at: Real, index: int, places: Real) -> None:
    """Add the peaks of a spectrum to the tracks they belong to; the others begin tracks."""
    from scipy.optimize import linear_sum_assignment

    free = set(range(len(places)))
    if tracks and len(places):
        expected = np.array([_expected(track, at, index) for track in tracks])
        apart = np.abs(expected[:, np.newaxis, :2] - places[np.newaxis, :, :2]) / np.log(10)
        distance = apart[..., 1] + RESISTANCE_WEIGHT * apart[..., 0]
        for row, column in zip(*linear_sum_assignment(np.minimum(distance, 2 * FARTHEST_DECADES)), strict=True):
            if apart[row, column, 1] < FARTHEST_DECADES:
                tracks[row][index] = places[column]
                free.discard(int(column))
    tracks += [{index: places[column]} for column in sorted(free)]


def _expected(track: dict[int, Real], at: Real, index: int) -> Real:
    """Return where a process is expected, from its two nearest places."""
    near = sorted(track, key=lambda other: abs(other - index))[:2]
    if len(near) == 1 or at[near[0]] == at[near[1]]:
        return track[near[0]]
    share = (at[index] - at[near[0]]) / (at[near[1]] - at[near[0]])
    line = track[near[0]] + share * (track[near[1]] - track[near[0]])
    line[2] = track[near[0]][2]
    return line


def _filled(track: dict[int, Real], at: Real) -> Real:
    """Return the values of a process in every spectrum, shape (spectra, 3)."""
    known = sorted(track)
    values = np.array([track[index] for index in known])
    return np.column_stack([np.interp(at, at[known], values[:, column]) for column in range(3)])
