"""How a pressure follows the temperature, apart from how it follows the charge."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BINS = 400
DEGREE = 5
FEWEST_FREE = 8
"""Independent points below which no correlation is tested."""
NOTABLE = 0.5
CHANCE = 0.01
LEAST_RANGE_K = 0.2


@dataclass(frozen=True)
class TemperatureEffect:
    """Correlation of a pressure with a temperature, what both do with the charge and in time left out."""

    correlation: float
    probability: float
    """Of a correlation as large by chance; neighbouring rows are not independent."""
    mpa_per_k: float
    range_k: float
    """From the lowest to the highest temperature [K]."""

    @property
    def is_notable(self) -> bool:
        """True if the pressure follows the temperature."""
        return abs(self.correlation) >= NOTABLE and self.probability < CHANCE and self.range_k >= LEAST_RANGE_K


def temperature_effect(pressure_mpa: Array, temperature_degc: Array, charge: Array) -> TemperatureEffect | None:
    """Correlate a pressure with the temperature at the same rows.

    A parabola of time and a polynomial of fifth degree of the charge are taken out of both. The correlation is tested
    with as many independent points as the autocorrelations of both leave (Bartlett).

    Parameters
    ----------
    pressure_mpa, temperature_degc, charge : ndarray, shape (rows,)
        Pressure [MPa], temperature [°C] and charge passed, in any unit, at evenly spaced times.

    Returns
    -------
    TemperatureEffect or None
        None if the temperature does not vary, or too few points are independent.

    References
    ----------
    Bartlett, M. S. (1935). Some aspects of the time-correlation problem in regard to tests of significance. Journal of
    the Royal Statistical Society 98, 536-543. https://doi.org/10.2307/2342284
    """
    from scipy.special import stdtr

    if not np.isfinite(temperature_degc).all() or np.ptp(temperature_degc) == 0 or np.ptp(charge) == 0:
        return None
    means = [_binned(column) for column in (pressure_mpa, temperature_degc, charge)]
    pressure, temperature, charge = means
    if np.ptp(charge) == 0:
        return None
    since = np.linspace(-1, 1, charge.size)
    scaled = 2 * (charge - charge.min()) / np.ptp(charge) - 1
    powers = np.polynomial.chebyshev.chebvander(scaled, DEGREE)[:, 1:]
    design = np.column_stack((np.ones_like(since), since, since**2, powers))
    left = [column - design @ np.linalg.lstsq(design, column, rcond=None)[0] for column in (pressure, temperature)]
    squares = [float(part @ part) for part in left]
    if min(squares) <= 0 or charge.size <= design.shape[1] + FEWEST_FREE:
        return None
    correlation = float(left[0] @ left[1]) / math.sqrt(squares[0] * squares[1])
    memory = math.prod(float(part[1:] @ part[:-1]) / square for part, square in zip(left, squares, strict=True))
    free = (charge.size - design.shape[1]) * (1 - memory) / (1 + max(memory, 0.0))
    if free < FEWEST_FREE:
        return None
    size = abs(correlation) * math.sqrt((free - 2) / max(1 - correlation**2, 1e-12))
    return TemperatureEffect(
        correlation=correlation,
        probability=2 * float(stdtr(free - 2, -size)),
        mpa_per_k=float(left[0] @ left[1]) / squares[1],
        range_k=float(np.ptp(temperature)),
    )


def _binned(column: Array) -> Array:
    if column.size <= BINS:
        return column
    edges = np.linspace(0, column.size, BINS + 1).astype(np.intp)
    means: Array = np.add.reduceat(column, edges[:-1]) / np.diff(edges)
    return means
