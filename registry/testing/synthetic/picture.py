"""An image of round pores in a matrix."""

import numpy as np
from numpy.typing import NDArray

PITCH = 24
"""Distance of the pores in pixels."""
MATRIX, PORE = 180, 60


def pores(rows: int, columns: int, *, area_fraction: float) -> NDArray[np.uint8]:
    """Return grey levels of shape (rows, columns): dark discs on a square lattice, of this share of the area."""
    y, x = np.indices((rows, columns)) % PITCH - (PITCH - 1) / 2
    radius = PITCH * np.sqrt(area_fraction / np.pi)
    return np.where(np.hypot(x, y) <= radius, PORE, MATRIX).astype(np.uint8)
