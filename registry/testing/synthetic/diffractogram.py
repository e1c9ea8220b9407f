"""An X-ray diffractogram: Gaussian reflections on a background."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BACKGROUND, HEIGHT = 200.0, 5000.0
STANDARD_DEVIATION_DEG = 0.06


def powder_pattern(reflections: Sequence[tuple[float, float]], *, step_deg: float = 0.02) -> tuple[Array, Array]:
    """Return angles 2θ from 10° to 60° and counts, each of shape (points,).

    `reflections` are positions [°] and relative heights.
    """
    two_theta = np.arange(10.0, 60.0, step_deg)
    counts = np.full(two_theta.size, BACKGROUND)
    for position, height in reflections:
        counts += HEIGHT * height * np.exp(-(((two_theta - position) / STANDARD_DEVIATION_DEG) ** 2) / 2)
    return two_theta, np.rint(counts)
