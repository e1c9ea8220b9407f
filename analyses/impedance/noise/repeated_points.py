"""Frequencies of a spectrum that were measured several times in a row, as where two segments of a sweep meet."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.impedance.circuit_elements import Complex, Real
from analyses.impedance.noise.linear_description import describe
from analyses.insufficient_data import InsufficientData

SAME = 1e-6
"""Relative difference up to which two frequencies in a row are the same."""
LARGEST_DIFFERENCE = 5.0
"""Difference of two points of one frequency, over that which noise makes, up to which they agree."""
LEAST_NOISE = 1e-4
"""Relative noise below which no instrument measures."""
FEWEST_SINGLE = 10
"""Points measured once from which the noise can be told."""
SEVERAL_SPECTRA = 0.02
"""Median difference from which points that disagree at most frequencies are not of one spectrum."""


@dataclass(frozen=True)
class RepeatedPoint:
    """Points of one frequency, of which the mean counts."""

    frequency_hertz: float
    rows: tuple[int, ...]
    """Rows in the data, from 1."""
    difference: float
    """Largest |difference| of two of them, over the |Z| of their mean."""
    agrees: bool
    """True if the difference is at most five times what noise makes."""


def average_repeated(
    frequency_hertz: Real, impedance_ohm: Complex, rows: NDArray[np.int_]
) -> tuple[Real, Complex, NDArray[np.int_], tuple[RepeatedPoint, ...]]:
    """Average points in a row that have the same frequency.

    The noise is that of the residuals of the linear description of the points measured once; of all points if fewer
    than ten were. Noise of the relative standard deviation s in both parts makes a difference of two points of
    2 s as a root mean square.

    Parameters
    ----------
    frequency_hertz : ndarray, shape (points,)
        From the highest to the lowest [Hz]; equal ones follow one another.
    impedance_ohm : ndarray, shape (points,)
        Z [Ω].
    rows : ndarray of int, shape (points,)
        Row of each point in the data, from 1.

    Returns
    -------
    frequency_hertz, impedance_ohm, rows : ndarray, shape (frequencies,)
        One point per frequency: the mean of Z, and the first row.
    repeated : tuple of RepeatedPoint
        From the highest frequency to the lowest.
    """
    firsts = np.flatnonzero(np.append(True, np.abs(np.diff(np.log(frequency_hertz))) > SAME))
    counts = np.diff(np.append(firsts, frequency_hertz.size))
    if (counts == 1).all():
        return frequency_hertz, impedance_ohm, rows, ()
    frequency = frequency_hertz[firsts]
    impedance: Complex = np.asarray(np.add.reduceat(impedance_ohm, firsts) / counts, dtype=np.complex128)
    noise = _relative_noise(frequency, impedance, counts)
    repeated = []
    for index in np.flatnonzero(counts > 1):
        group = slice(int(firsts[index]), int(firsts[index] + counts[index]))
        points = impedance_ohm[group]
        difference = float(
            np.abs(points[:, np.newaxis] - points).max() / max(abs(impedance[index]), np.finfo(float).tiny)
        )
        repeated.append(
            RepeatedPoint(
                float(frequency[index]),
                tuple(int(row) for row in rows[group]),
                difference,
                difference <= LARGEST_DIFFERENCE * 2 * noise,
            )
        )
    return frequency, impedance, rows[firsts], tuple(repeated)


def refuse_several_spectra(repeated: Sequence[RepeatedPoint], frequencies: int) -> None:
    """Refuse data whose points disagree at most frequencies.

    Parameters
    ----------
    repeated : sequence of RepeatedPoint
        From `average_repeated`.
    frequencies : int
        Number of different frequencies.

    Raises
    ------
    InsufficientData
        If the points of more than half of the frequencies disagree, by 2 % or more in the median.
    """
    differences = [point.difference for point in repeated if not point.agrees]
    if len(differences) <= frequencies / 2 or float(np.median(differences)) < SEVERAL_SPECTRA:
        return
    raise InsufficientData(
        "several-spectra-by-frequency",
        "{count} of {frequencies} frequencies have several points in succession that differ, by "
        "{difference_percent:.2g} % in the median: if these are several spectra sorted by "
        "frequency, sort the rows by spectrum",
        count=len(differences),
        frequencies=frequencies,
        difference_percent=100 * float(np.median(differences)),
    )


def _relative_noise(frequency: Real, impedance: Complex, counts: NDArray[np.int_]) -> float:
    """Return the standard deviation of Re Z and of Im Z over |Z|; infinite if there are too few points to tell."""
    if frequency.size < FEWEST_SINGLE:
        return math.inf
    kept = counts == 1
    if kept.sum() < FEWEST_SINGLE:
        kept = np.ones(frequency.size, dtype=bool)
    description = describe(frequency, impedance, kept)
    return max(math.sqrt(description.sum_of_squares / description.degrees_of_freedom), LEAST_NOISE)
