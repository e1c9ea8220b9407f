"""Powder diffraction pattern of a cubic material with Cu Kα radiation.

Reflections are at 2θ = 2 arcsin(λ √(h² + k² + l²)/(2a)), each twice, as Kα1 and half as strong as Kα2. A reflection is
a pseudo-Voigt profile whose width is that of the instrument and that of crystallites, K λ/(D cos θ) (Scherrer). Counts
are those of a background that falls with the angle and of the reflections, with Poisson noise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

K_ALPHA_ANGSTROM = (1.540598, 1.544426)
SECOND_SHARE = 0.5
"""Kα2 over Kα1."""
SCHERRER = 0.9
NM_PER_ANGSTROM = 0.1
LORENTZIAN = 0.5
"""Share of the Lorentzian in a profile."""
FWHM_OF_SIGMA = 2 * float(np.sqrt(2 * np.log(2)))


@dataclass(frozen=True)
class Reflection:
    """Indices squared and added up, and the height relative to the strongest."""

    index_sum: int
    """h² + k² + l²."""
    height: float


@dataclass(frozen=True)
class CubicPowder:
    """A powder: the truth of its pattern."""

    lattice_angstrom: float
    crystallite_nm: float
    reflections: tuple[Reflection, ...]

    def two_theta_degree(self, reflection: Reflection, wavelength_angstrom: float = K_ALPHA_ANGSTROM[0]) -> float:
        """Return the position of a reflection [°].

        Examples
        --------
        >>> powder = CubicPowder(9.8397, 100.0, ())
        >>> round(powder.two_theta_degree(Reflection(3, 1.0)), 3)
        15.586
        """
        spacing = self.lattice_angstrom / float(np.sqrt(reflection.index_sum))
        return float(np.degrees(2 * np.arcsin(wavelength_angstrom / (2 * spacing))))

    def width_degree(self, two_theta_degree: float, instrument_degree: float) -> float:
        """Return the full width at half maximum at an angle, of instrument and crystallites together [°]."""
        cosine = float(np.cos(np.radians(two_theta_degree / 2)))
        size = float(np.degrees(SCHERRER * K_ALPHA_ANGSTROM[0] * NM_PER_ANGSTROM / (self.crystallite_nm * cosine)))
        return float(np.hypot(size, instrument_degree))


def powder_pattern(
    powder: CubicPowder,
    *,
    first_degree: float = 10.0,
    last_degree: float = 60.0,
    points: int = 2501,
    strongest_counts: float = 6000.0,
    background_counts: float = 220.0,
    instrument_degree: float = 0.08,
    seed: int,
) -> tuple[Array, NDArray[np.int64]]:
    """Return angles [°] and counts; shape (points,).

    Parameters
    ----------
    powder : CubicPowder
        What is measured.
    first_degree, last_degree : float, optional
        Range of 2θ [°].
    points : int, optional
        At even steps.
    strongest_counts, background_counts : float, optional
        Height of the strongest reflection, and the background at the first angle.
    instrument_degree : float, optional
        Full width at half maximum of the instrument [°].
    seed : int
        Of the noise.
    """
    angle = np.linspace(first_degree, last_degree, points)
    expected = background_counts * (0.4 + 0.6 * np.exp(-(angle - first_degree) / 15.0))
    for reflection in powder.reflections:
        for wavelength, share in zip(K_ALPHA_ANGSTROM, (1.0, SECOND_SHARE), strict=True):
            position = powder.two_theta_degree(reflection, wavelength)
            width = powder.width_degree(position, instrument_degree)
            expected = expected + strongest_counts * reflection.height * share * _profile(angle - position, width)
    return angle, np.random.default_rng(seed).poisson(expected)


def _profile(distance_degree: Array, width_degree: float) -> Array:
    """Return a pseudo-Voigt profile of height 1."""
    gaussian = np.exp(-0.5 * (distance_degree * FWHM_OF_SIGMA / width_degree) ** 2)
    lorentzian = 1 / (1 + (2 * distance_degree / width_degree) ** 2)
    return LORENTZIAN * lorentzian + (1 - LORENTZIAN) * gaussian
