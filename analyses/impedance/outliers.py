"""Single points that lie off a spectrum by more than its noise."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from analyses.impedance.circuit_elements import Flags, Real
from analyses.impedance.neighbouring_points import least_explained
from analyses.impedance.noise.linear_description import LinearDescription, describe, with_smooth_terms
from analyses.impedance.spectrum import Spectrum

LEVEL = 0.008
"""Share of spectra without outliers in which chance alone gives one."""
MASKED = 3
"""Points that are removed without being outliers before the search ends: as many can hide one another."""
LARGEST_SHARE = 0.2
"""Share of the points that may be outliers; more are not single points."""
LEAST_NOISE = 1e-4
"""Relative noise below which no instrument measures."""
LEAST_DEVIATION = 1e-3
"""Relative deviation below which a point is not an outlier, however small the noise: no instrument resolves it."""
FEWEST_PER_DECADE = 4.0
"""Points a decade, as usually spaced, from which a spectrum tells what each point should be."""
SMOOTH_TERMS = 4
TINY = 1e-300
END_POINTS = 2
"""Points at either end that are judged by leaving them out: a description follows them and misses their neighbours."""
END_GAIN = 25.0
"""Bayesian information that leaving points of an end out must gain."""
SCREENED_GAIN = -15.0
"""That of leaving out the points of both ends, below which none of them is off: one that is gains far more."""


@dataclass(frozen=True)
class Outlier:
    """A point off the spectrum."""

    index: int
    """Its place among the points, from 0."""
    deviation: float
    """|Z - that expected from all other points| over |Z| expected."""
    times_noise: float
    """The deviation over its standard deviation by noise."""


def find_outliers(spectrum: Spectrum) -> tuple[Outlier, ...]:
    """Find points that lie off the spectrum that all other points describe.

    The spectrum is described by elements that obey the Kramers-Kronig relations and by smooth terms that do not, so
    that a drift is not an outlier. The run of one to eight neighbouring points that stands out most of what all others
    describe (`neighbouring_points`, both parts of Z together) is removed, and the spectrum described again; the
    outliers are all points removed up to the last run that noise makes stand out as much in less than one of 125
    spectra, for the number of runs tested [1]_. So outliers that hide one another are found. At last each is held
    against the description without any of them, and put back if it agrees.

    A description follows a point at either end that is off, and misses the good point next to it. So the first two
    points and the last two are judged by leaving out each set of them: of the descriptions of the rest, the one with
    the least Bayesian information criterion [2]_ counts, where a point left out costs two parameters, if it gains 25.
    The noise is that of the residuals: normal, in proportion to the scale of the noise. With fewer than four points a
    decade there are none: an arc between two points is not told from a point that is off, and up to all spectra of
    sound points would have one.

    Measured on 1,000 simulated spectra of 30 to 120 points, 7 to 12 per decade, with noise of 0.1 to 3 % (arcs,
    blocking tails, inductive ends): 0.8 % of those without an outlier have one by chance, none at an end. A point off
    by 6 standard deviations of the noise in any direction is found in 96 % of spectra, by 8 in all, unless it is one of
    the three at either end. Of spectra of a pellet and of a symmetric lithium cell with noise of 0.2 %, one or two of
    the first two or last two points off by 10 % or more are named in 98 %, with a good point next to them in 2 %; if a
    resistance drifts by 10 % in the longest periods and the noise is 0.05 %, the last points may be named.

    Parameters
    ----------
    spectrum : Spectrum
        From `check_spectrum`, with the scale of its noise.

    Returns
    -------
    tuple of Outlier
        In the order of the points.

    References
    ----------
    .. [1] B. Rosner, Technometrics 25, 165 (1983), doi:10.1080/00401706.1983.10487848.
    .. [2] G. Schwarz, Ann. Stat. 6, 461 (1978), doi:10.1214/aos/1176344136.
    """
    size = spectrum.frequency_hertz.size
    if np.median(np.abs(np.diff(np.log10(spectrum.frequency_hertz)))) > 1 / FEWEST_PER_DECADE:
        return ()
    ends = _ends_off(spectrum, ())
    inner = [index for index in _search(spectrum, ends) if END_POINTS <= index < size - END_POINTS]
    if inner:
        ends = _ends_off(spectrum, inner)
    return _confirmed(spectrum, [*ends, *inner], ends)


def _search(spectrum: Spectrum, ends: Sequence[int]) -> list[int]:
    """Return the points that stand out of the description of all others, next to those known to be off at the ends."""
    kept = _all_but(spectrum.frequency_hertz.size, ends)
    removed: list[int] = []
    outliers = 0
    while len(removed) - outliers < MASKED and len(removed) < LARGEST_SHARE * kept.size:
        description = _description(spectrum, kept)
        run = least_explained(description, LEAST_NOISE)
        if run is None or len(removed) + len(run.indices) > LARGEST_SHARE * kept.size:
            break
        removed.extend(run.indices)
        if run.log_probability < math.log(LEVEL):
            outliers = len(removed)
        kept[list(run.indices)] = False
    return removed[:outliers]


def _ends_off(spectrum: Spectrum, others: Sequence[int]) -> tuple[int, ...]:
    """Return the points of the ends without which the spectrum needs far fewer parameters for the same noise.

    All sets of the first two and the last two points are left out in turn, each point at the price of two parameters.
    """
    size = spectrum.frequency_hertz.size
    most = int(LARGEST_SHARE * size)
    if most < 1:
        return ()
    high, low = range(END_POINTS), range(size - END_POINTS, size)

    def gain(off: Sequence[int]) -> float:
        return whole - _information(spectrum, [*others, *off])

    whole = _information(spectrum, others)
    if most >= 2 * END_POINTS and gain([*high, *low]) < SCREENED_GAIN:
        return ()
    best: tuple[int, ...] = ()
    largest = 0.0
    for first, last in product(_subsets(high), _subsets(low)):
        off = (*first, *last)
        if 0 < len(off) <= most:
            left = gain(off) - END_GAIN * (bool(first) + bool(last))
            if left > largest:
                best, largest = off, left
    return best


def _subsets(places: Sequence[int]) -> list[tuple[int, ...]]:
    first, second = places
    return [(), (first,), (second,), (first, second)]


def _information(spectrum: Spectrum, off: Sequence[int]) -> float:
    """Return the Bayesian information criterion of a spectrum in which each of these points has a value of its own."""
    description = _description(spectrum, _all_but(spectrum.frequency_hertz.size, off))
    numbers = 2 * spectrum.frequency_hertz.size
    mean_square = max(description.sum_of_squares / numbers, LEAST_NOISE**2)
    return numbers * math.log(mean_square) + (description.parameters + 2 * len(off)) * math.log(numbers)


def _all_but(size: int, off: Sequence[int]) -> Flags:
    kept = np.ones(size, dtype=bool)
    kept[list(off)] = False
    return kept


def _confirmed(spectrum: Spectrum, removed: Sequence[int], ends: Sequence[int]) -> tuple[Outlier, ...]:
    """Return the points removed that the description of the others does not explain; those at the ends are known."""
    while removed:
        description = _description(spectrum, _all_but(spectrum.frequency_hertz.size, removed))
        statistic, deviation = _studentised(spectrum, description)
        degrees = description.degrees_of_freedom
        agreeing = [
            index
            for index in removed
            if not (
                deviation[index] > LEAST_DEVIATION
                if index in ends
                else _stands_out(statistic[index], deviation[index], degrees, spectrum.frequency_hertz.size)
            )
        ]
        if not agreeing:
            return tuple(
                Outlier(index, float(deviation[index]), math.sqrt(2 * statistic[index])) for index in sorted(removed)
            )
        removed = [index for index in removed if index not in agreeing]
    return ()


def _description(spectrum: Spectrum, kept: Flags) -> LinearDescription:
    """Return the description by Kramers-Kronig, with smooth terms that do not obey them if they are needed."""
    description = describe(spectrum.frequency_hertz, spectrum.impedance_ohm, kept, noise=spectrum.noise)
    with_drift = with_smooth_terms(spectrum.frequency_hertz, spectrum.impedance_ohm, description, SMOOTH_TERMS)
    size = 2 * int(kept.sum())
    gain = size * math.log(max(description.sum_of_squares, 1e-30) / max(with_drift.sum_of_squares, 1e-30))
    return with_drift if gain > (with_drift.parameters - description.parameters) * math.log(size) else description


def _studentised(spectrum: Spectrum, description: LinearDescription) -> tuple[Real, Real]:
    """Return F of each point (2 degrees of freedom) and its relative deviation, each from all other points."""
    size = description.kept.size
    basis = np.stack((description.basis[:size], description.basis[size:]), axis=1)
    leverage = basis @ basis.transpose(0, 2, 1)
    residual = np.stack((description.residual.real, description.residual.imag), axis=1)[..., np.newaxis]
    inside = description.kept[:, np.newaxis, np.newaxis]
    # Of a point kept, I - H is the share of its noise that the fit leaves; of another, I + H is that of a prediction.
    covariance = np.eye(2) + np.where(inside, -leverage, leverage)
    weak = np.linalg.det(covariance) < 1e-6
    covariance[weak] = np.eye(2)
    scaled = np.linalg.solve(covariance, residual)
    squares = (residual.transpose(0, 2, 1) @ scaled)[:, 0, 0]
    deviation = np.where(description.kept, np.hypot(scaled[:, 0, 0], scaled[:, 1, 0]), np.abs(description.residual))
    expected = np.abs(spectrum.impedance_ohm - description.misfit_ohm)
    deviation = deviation * description.scale_ohm / np.maximum(expected, TINY)
    degrees = description.degrees_of_freedom - 2 * description.kept
    others = description.sum_of_squares - np.where(description.kept, squares, 0.0)
    statistic = squares / 2 / np.maximum(others / degrees, LEAST_NOISE**2)
    return np.where(weak, 0.0, statistic), deviation


def _stands_out(statistic: float, deviation: float, degrees: int, points: int) -> bool:
    """Return True if noise rarely makes F(2, degrees) of the largest of so many points as large."""
    tail = (1 + 2 * statistic / degrees) ** (-degrees / 2)
    return points * tail < LEVEL and deviation > LEAST_DEVIATION
