"""Linear descriptions of a spectrum by elements that obey the Kramers-Kronig relations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from analyses.impedance.circuit_elements import Complex, Flags, Real
from analyses.impedance.noise.noise_scale import PROPORTIONAL, NoiseScale

FEWEST_ELEMENTS = 3
MOST_PER_DECADE = 8
CANDIDATES = 16
SERIES_TERMS = 3
"""Resistor, inductor and capacitor in series with the elements."""
FEWEST_DEGREES = 6
"""Degrees of freedom every description leaves."""
BEYOND = 3.0
"""Factor by which the time constants reach beyond the frequencies measured, for what lies half outside."""
SMOOTH_MODEL = 1e-6
"""Relative residual below which a better description tells nothing of a measurement."""
DEPENDENT = 1e-10
"""Singular value, relative to the largest, of columns that depend on each other."""
INDEPENDENT = 1e-3
"""Singular value, relative to the largest, of smooth terms that the elements do not contain."""
REWEIGHTINGS = 1


@dataclass(frozen=True)
class LinearDescription:
    """The least-squares description of the points kept, and what it leaves of every point."""

    elements: int
    """Number of resistor-capacitor elements."""
    parameters: int
    """Number of independent parameters."""
    scale_ohm: Real
    """What residuals are relative to: |Z| of the description, or what else the noise is in proportion to, shape
    (points,) [Ω]."""
    residual: Complex
    """(Z - that of the description) over the scale, shape (points,)."""
    basis: Real
    """Columns by which the description is made, orthonormal over the points kept, shape (2 points, parameters): real
    parts before imaginary ones, and rows of the points left out too."""
    kept: Flags
    """The points described, shape (points,)."""

    @property
    def degrees_of_freedom(self) -> int:
        """Twice the number of points kept less the number of parameters."""
        return 2 * int(self.kept.sum()) - self.parameters

    @property
    def misfit_ohm(self) -> Complex:
        """Z - that of the description [Ω], shape (points,)."""
        return np.asarray(self.residual * self.scale_ohm)

    @property
    def leverage(self) -> Real:
        """Share of the noise of each point that the description follows, mean of both parts, shape (points,)."""
        real, imaginary = np.split(np.sum(self.basis**2, axis=1), 2)
        return np.asarray((real + imaginary) / 2)

    @property
    def sum_of_squares(self) -> float:
        """Of the residuals of the points kept, both parts."""
        return float(np.sum(np.abs(self.residual[self.kept]) ** 2))


def describe(
    frequency_hertz: Real,
    impedance_ohm: Complex,
    kept: Flags,
    *,
    least_per_decade: float = 0.0,
    noise: NoiseScale = PROPORTIONAL,
) -> LinearDescription:
    """Describe a spectrum by a resistor, an inductor, a capacitor and resistor-capacitor elements in series.

    The time constants are spaced evenly in log τ and the resistances may have any sign, so that the description is
    linear in all its parameters; the capacitor describes electrodes that block. Both parts of Z are fitted
    simultaneously, relative to the scale of the noise at |Z| of the description: |Z| of the measurement would tie the
    weights to the noise itself. The number of elements is the one with the least Bayesian information criterion [1]_.

    Parameters
    ----------
    frequency_hertz : ndarray, shape (points,)
        From the highest to the lowest [Hz].
    impedance_ohm : ndarray, shape (points,)
        Z [Ω].
    kept : ndarray of bool, shape (points,)
        Points to describe; the others get a residual only.
    least_per_decade : float, optional
        Smallest number of elements per decade; from 3 on, any circuit of the usual elements is described to 0.01 %.
    noise : NoiseScale, optional
        How the noise depends on |Z|.

    Returns
    -------
    LinearDescription

    References
    ----------
    .. [1] G. Schwarz, Ann. Stat. 6, 461 (1978), doi:10.1214/aos/1176344136.
    """
    modulus = _smoothed(np.abs(impedance_ohm), kept)
    scale = noise.of(modulus)
    candidates = _element_counts(frequency_hertz, int(kept.sum()), least_per_decade)
    best = _best(frequency_hertz, impedance_ohm, kept, scale, candidates)
    for _ in range(REWEIGHTINGS):
        described = np.abs(impedance_ohm - best.misfit_ohm)
        scale = noise.of(np.where(described > 0.1 * modulus, described, modulus))
        near = [count for count in candidates if best.elements / 2 <= count <= 2 * best.elements]
        best = _best(frequency_hertz, impedance_ohm, kept, scale, near)
    return best


def with_smooth_terms(
    frequency_hertz: Real, impedance_ohm: Complex, description: LinearDescription, terms: int
) -> LinearDescription:
    """Add terms to a description that no Kramers-Kronig relation ties together, smooth over the whole spectrum.

    They are the Chebyshev polynomials of log f up to the degree `terms` - 1, each in the real part alone and in the
    imaginary part alone, relative to the scale of the noise. A drift of the cell during the sweep or a response that
    is not linear has such parts.

    Parameters
    ----------
    frequency_hertz : ndarray, shape (points,)
        From the highest to the lowest [Hz].
    impedance_ohm : ndarray, shape (points,)
        Z [Ω].
    description : LinearDescription
        Of this spectrum; its elements and its scale stay.
    terms : int
        Number of polynomials for each part.

    Returns
    -------
    LinearDescription
    """
    both, basis = np.concatenate((description.kept, description.kept)), description.basis
    position = np.log(frequency_hertz)
    position = 2 * (position - position[-1]) / (position[0] - position[-1]) - 1
    polynomials = np.polynomial.chebyshev.chebvander(position, terms - 1)
    columns = np.kron(np.eye(2), polynomials)
    columns -= basis @ (basis[both].T @ columns[both])
    _, singular, rotation = np.linalg.svd(columns[both], full_matrices=False)
    independent = singular > INDEPENDENT * singular[0]
    added = columns @ (rotation[independent].T / singular[independent])
    residual = _parts(description.residual)
    real, imaginary = np.split(residual - added @ (added[both].T @ residual[both]), 2)
    return replace(
        description,
        parameters=description.parameters + added.shape[1],
        residual=real + 1j * imaginary,
        basis=np.concatenate((basis, added), axis=1),
    )


def _smoothed(modulus: Real, kept: Flags) -> Real:
    """Return |Z| without single points that stand out: running medians of five."""
    inside = np.where(kept, modulus, np.nan)
    padded = np.concatenate((np.full(2, np.nan), inside, np.full(2, np.nan)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, 5)
    with_data = np.isfinite(windows).any(axis=1)
    smoothed = modulus.copy()
    smoothed[with_data] = np.nanmedian(windows[with_data], axis=1)
    return smoothed


@lru_cache(maxsize=64)
def _counts(decades: float, points: int, least_per_decade: float) -> tuple[int, ...]:
    most = min(round(MOST_PER_DECADE * decades), points - 4, 2 * points - SERIES_TERMS - FEWEST_DEGREES)
    least = max(FEWEST_ELEMENTS, math.ceil(least_per_decade * (decades + 2 * math.log10(BEYOND))))
    most = max(FEWEST_ELEMENTS, most)
    return tuple(sorted({round(count) for count in np.geomspace(min(least, most), most, CANDIDATES)}))


def _element_counts(frequency_hertz: Real, points: int, least_per_decade: float) -> tuple[int, ...]:
    decades = round(math.log10(frequency_hertz[0] / frequency_hertz[-1]), 6)
    return _counts(decades, points, least_per_decade)


def _best(frequency: Real, impedance: Complex, kept: Flags, scale: Real, counts: Sequence[int]) -> LinearDescription:
    """Return the description with the number of elements of least Bayesian information criterion."""
    both = np.concatenate((kept, kept))
    goal = _parts(impedance / scale)[both]
    criteria = []
    for count in counts:
        within, _ = np.linalg.qr(_matrix(frequency, scale, count)[both])
        left = goal - within @ (within.T @ goal)
        mean_square = max(float(left @ left) / goal.size, SMOOTH_MODEL**2)
        parameters = count + SERIES_TERMS
        criteria.append(goal.size * math.log(mean_square) + (parameters + 1) * math.log(goal.size))
    return _solved(frequency, impedance, kept, scale, counts[int(np.argmin(criteria))])


def _matrix(frequency: Real, scale: Real, count: int) -> Real:
    """Return the columns of all terms over the scale, each of the norm 1, shape (2 points, terms)."""
    matrix = _terms(frequency.tobytes(), count) / np.concatenate((scale, scale))[:, np.newaxis]
    return np.asarray(matrix / np.linalg.norm(matrix, axis=0))


@lru_cache(maxsize=64)
def _terms(frequency: bytes, count: int) -> Real:
    """Return the columns of all terms, shape (2 points, terms); a spectrum is described many times."""
    jw = 2j * np.pi * np.frombuffer(frequency)
    tau = np.geomspace(1 / (jw[0].imag * BEYOND), BEYOND / jw[-1].imag, count)
    columns = np.concatenate((1 / (1 + jw[:, np.newaxis] * tau), np.stack((np.ones_like(jw), jw, 1 / jw), axis=1)), 1)
    return _parts(columns)


def _parts(numbers: Complex) -> Real:
    """Return real parts before imaginary ones, along the first axis."""
    return np.concatenate((numbers.real, numbers.imag))


def _solved(frequency: Real, impedance: Complex, kept: Flags, scale: Real, count: int) -> LinearDescription:
    both, matrix = np.concatenate((kept, kept)), _matrix(frequency, scale, count)
    _, singular, rotation = np.linalg.svd(matrix[both], full_matrices=False)
    independent = singular > DEPENDENT * singular[0]
    basis = matrix @ (rotation[independent].T / singular[independent])
    goal = _parts(impedance / scale)
    real, imaginary = np.split(goal - basis @ (basis[both].T @ goal[both]), 2)
    return LinearDescription(count, int(independent.sum()), scale, real + 1j * imaginary, basis, kept)
