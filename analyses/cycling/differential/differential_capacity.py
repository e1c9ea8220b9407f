"""Differential capacity dQ/dV of many half-cycles at once, smoothed to a stated width."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.binned_derivative import (
    SLOPE_INTEGRAL,
    STEPS_A_WIDTH,
    Grid,
    derivative,
    ends,
    grid_of,
)
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

SHORTEST_RANGE = 4.0
"""Widths that the voltage of a half-cycle must span."""
WIDEST_RANGE = 20_000
"""Widths that all voltages span at most."""
MOST_CELLS = 4_000_000
"""Numbers of one batch of curves, so that thousands of half-cycles stay in little memory."""
MV_PER_V = 1000.0


@dataclass(frozen=True)
class DifferentialCapacity:
    """dQ/dV of half-cycles on one grid of voltages."""

    voltage_v: Array
    """Points of the grid, rising, of shape (points,) [V]."""
    mah_per_v: Array
    """Positive on charge and on discharge, nan outside the voltages of the half-cycle, of shape (half-cycles, points)
    [mAh/V]."""
    width_v: float
    """Smoothing: full width at half maximum to which a step of the charge at one voltage is spread [V]."""

    @property
    def step_v(self) -> float:
        """Distance of the points [V]."""
        return self.width_v / STEPS_A_WIDTH


def differential_capacity(rows: HalfCycleRows, width_v: float, grid: Grid | None = None) -> DifferentialCapacity:
    """Return dQ/dV of all half-cycles, the charge that passed at each voltage.

    The charge between two rows is taken as spread evenly over the voltages between them and summed about the points of
    a grid, exactly; voltages that come again (noise, relaxation, rows of one voltage) add up. The sums are smoothed by
    a kernel that keeps polynomials up to the third order (`binned_derivative.derivative`), so that a peak three times
    as wide as the smoothing loses 1 % of its height; next to a step of the charge it falls to -6 % of its height.

    Parameters
    ----------
    rows : HalfCycleRows
    width_v : float
        Smoothing, as full width at half maximum [V].
    grid : Grid, optional
        Points a fifth of the smoothing apart; by default from the lowest voltage to the highest.

    Returns
    -------
    DifferentialCapacity
        Half-cycles that span less than four widths have only nan.

    Raises
    ------
    InsufficientData
        If no half-cycle spans four widths, or all together span more than 20,000.

    Examples
    --------
    >>> charge = np.linspace(0.0, 2.0, 201)
    >>> curve = differential_capacity(HalfCycleRows(3.0 + charge / 2, charge, np.array([0])), 0.02)
    >>> inside = curve.mah_per_v[np.isfinite(curve.mah_per_v)]
    >>> bool(np.abs(inside - 2.0).max() < 1e-6)
    True
    """
    is_short = ~spans(rows, width_v)
    if is_short.all():
        raise InsufficientData(
            "voltage-range-too-narrow",
            "no half-cycle spans {widths:g} times the smoothing of {width_mv:.3g} mV: set a smaller smoothing",
            widths=SHORTEST_RANGE,
            width_mv=MV_PER_V * width_v,
        )
    grid = grid or _grid(rows, width_v)
    curves = derivative(rows.voltage_v, rows.charge_mah, rows.first, grid)
    curves[is_short] = np.nan
    return DifferentialCapacity(grid.points, curves, width_v)


def in_batches(rows: HalfCycleRows, width_v: float) -> Iterator[tuple[Rows, DifferentialCapacity]]:
    """Yield the indices and the curves of as many half-cycles at a time as fit in little memory, all on one grid."""
    grid = _grid(rows, width_v)
    size = max(1, MOST_CELLS // grid.size)
    for begin in range(0, rows.count, size):
        chosen = np.arange(begin, min(begin + size, rows.count))
        batch = rows.selected(chosen)
        if spans(batch, width_v).any():
            yield chosen, differential_capacity(batch, width_v, grid)


def _grid(rows: HalfCycleRows, width_v: float) -> Grid:
    low, high = float(rows.voltage_v.min()), float(rows.voltage_v.max())
    if high - low > WIDEST_RANGE * width_v:
        raise InsufficientData(
            "voltage-range-too-wide",
            "the voltages from {low_v:.4g} to {high_v:.4g} V are more than {widths:,} times the smoothing of "
            "{width_mv:.3g} mV: correct wrong voltages, or set a wider smoothing",
            low_v=low,
            high_v=high,
            widths=WIDEST_RANGE,
            width_mv=MV_PER_V * width_v,
        )
    return grid_of(rows.voltage_v, width_v)


def spans(rows: HalfCycleRows, width_v: float) -> NDArray[np.bool_]:
    """Return whether each half-cycle spans four widths, of shape (half-cycles,)."""
    low, high = ends(rows.voltage_v, rows.first)
    return np.asarray(high - low >= SHORTEST_RANGE * width_v)


def kernel_noise_mah_per_v(noise_v: float, spacing_mah: float, mah_per_v: Array, width_v: float) -> Array:
    """Return the standard deviation that independent noise of the voltage gives dQ/dV.

    Parameters
    ----------
    noise_v : float
        Standard deviation of the voltage of a row [V].
    spacing_mah : float
        Charge from row to row [mAh].
    mah_per_v : ndarray
        dQ/dV [mAh/V].
    width_v : float
        Smoothing [V].

    Returns
    -------
    ndarray
        σ √(c q dQ/dV / w³), c being the integral of the squared slope of the kernel, 2.69 for a width of one [mAh/V].
    """
    noise: Array = noise_v * np.sqrt(SLOPE_INTEGRAL * spacing_mah * np.maximum(mah_per_v, 0.0) / width_v**3)
    return noise
