"""Mean overpotential of a symmetric cell and its growth."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.component import Component
from analyses.statistics.drift import FEWEST_POINTS, trend
from analyses.symmetric_cells.overpotential import HalfCycles
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Polarisation:
    """Overpotential of half-cycles of one current and its growth."""

    overpotential_v: Estimate
    """Mean over the half-cycles [V]."""
    growth_v_h: Estimate | None
    """Its growth, None with fewer than four pairs of half-cycles [V h⁻¹]."""
    pairs: int
    drifts: bool
    """True if the pairs scatter less from one to the next than about a straight line."""
    is_tested: bool
    """Whether the pairs are enough to tell."""


def polarisation(halves: HalfCycles) -> Polarisation:
    """Return mean overpotential and growth.

    Half-cycles of opposite direction are averaged in pairs first, so that an offset of the voltage drops out. A steady
    growth is not a scatter of the mean; a drift that goes now up, now down widens both intervals
    (`analyses.statistics.drift.trend`). With fewer than four pairs the uncertainty is that of the rows averaged, and
    there is no growth. Where the voltage stands still in its last digit, this digit is a component.

    Parameters
    ----------
    halves : HalfCycles
        Half-cycles of one current (`HalfCycles.at`), at least one.

    Returns
    -------
    Polarisation
    """
    time, pairs = _pairs(halves)
    if pairs.size < FEWEST_POINTS:
        error = math.sqrt(float((halves.standard_error_v**2).sum())) / halves.standard_error_v.size
        mean = Estimate.measured(float(halves.overpotential_v.mean()), error).attributed("scatter")
        mean = mean.with_components(*_rounding(halves, 1.0))
        return Polarisation(mean, None, pairs.size, drifts=False, is_tested=False)
    over_time = trend(time, pairs)
    # A digit may have turned between the first and the last: √2 of its uncertainty over the time between them.
    growth = over_time.slope.with_components(*_rounding(halves, math.sqrt(2) / float(np.ptp(time))))
    mean = over_time.mean.with_components(*_rounding(halves, 1.0))
    return Polarisation(mean, growth, pairs.size, over_time.drifts, over_time.is_tested)


def _rounding(halves: HalfCycles, factor: float) -> tuple[Component, ...]:
    """Return what the last digit of the voltage contributes, which half-cycles of steady voltage share."""
    rounding = float(halves.rounding_v.mean()) * factor
    return (Component("resolution", rounding),) if rounding else ()


def _pairs(halves: HalfCycles) -> tuple[Array, Array]:
    """Return middle time [h] and overpotential [V] averaged over neighbours of opposite sign, each used once."""
    sign = halves.runs.sign
    indices, index = [], 0
    while index + 1 < sign.size:
        if sign[index] != sign[index + 1]:
            indices.append(index)
            index += 1
        index += 1
    first = np.array(indices, dtype=np.intp)
    return (
        (halves.middle_h[first] + halves.middle_h[first + 1]) / 2,
        (halves.overpotential_v[first] + halves.overpotential_v[first + 1]) / 2,
    )
