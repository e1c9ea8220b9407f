"""Picture of a section through a porous composite: dark pores in particles of two grey levels.

Noise, smoothed over a grain size by averaging in both directions, is a random field. Its lowest part, as large as the
porosity, is pore; a second field divides the rest into active material and electrolyte by their shares.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

PORE, ELECTROLYTE, ACTIVE = 40.0, 120.0, 200.0
"""Grey levels."""
SMOOTHINGS = 3
"""Averages one after the other come near a Gaussian."""


@dataclass(frozen=True)
class PorousSection:
    """A section: the truth of its image."""

    porosity: float
    active_share: float
    """Of what is not pore."""
    pixel_um: float
    grain_um: float


def porous_picture(
    section: PorousSection, *, rows: int = 384, columns: int = 512, noise_levels: float = 8.0, seed: int
) -> NDArray[np.uint8]:
    """Return grey levels of shape (rows, columns).

    Parameters
    ----------
    section : PorousSection
        What is shown.
    rows, columns : int, optional
        Size of the image.
    noise_levels : float, optional
        Standard deviation of the grey levels of one material.
    seed : int
        Of the random numbers.
    """
    random = np.random.default_rng(seed)
    grain = max(round(section.grain_um / section.pixel_um), 1)
    pores, particles = (_smooth(random.normal(size=(rows, columns)), grain) for _ in range(2))
    levels = np.where(particles > np.quantile(particles, 1 - section.active_share), ACTIVE, ELECTROLYTE)
    levels = np.where(pores < np.quantile(pores, section.porosity), PORE, levels)
    noisy = levels + noise_levels * random.normal(size=levels.shape)
    return np.clip(np.round(noisy), 0, 255).astype(np.uint8)


def _smooth(field: Array, size: int) -> Array:
    """Return moving averages over `size` pixels in both directions, around the edges."""
    for axis in (0, 1):
        for _ in range(SMOOTHINGS):
            shifts = range(-(size // 2), size - size // 2)
            field = np.mean([np.roll(field, shift, axis) for shift in shifts], axis=0)
    return field
