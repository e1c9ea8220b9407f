"""Differential voltage dV/dQ against capacity of one half-cycle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.binned_derivative import derivative, grid_of
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]

FEWEST_ROWS = 10


@dataclass(frozen=True)
class DifferentialVoltage:
    """dV/dQ of a half-cycle, both arrays of shape (points,)."""

    charge_mah: Array
    """Charge since the beginning of the half-cycle, rising [mAh]."""
    v_per_mah: Array
    """Positive where the voltage rises on charge or falls on discharge [V/mAh]."""
    width_mah: float
    """Smoothing: full width at half maximum to which a step of the voltage is spread [mAh]."""


def differential_voltage(rows: HalfCycleRows, share: float) -> DifferentialVoltage:
    """Return dV/dQ, the change of the voltage about points of charge, smoothed to a share of the charge.

    Parameters
    ----------
    rows : HalfCycleRows
        One half-cycle.
    share : float
        Smoothing, as full width at half maximum over the charge of the half-cycle; at least two rows.

    Returns
    -------
    DifferentialVoltage

    Raises
    ------
    InsufficientData
        With fewer than ten rows.

    Examples
    --------
    >>> charge = np.linspace(0.0, 2.0, 201)
    >>> curve = differential_voltage(HalfCycleRows(4.0 - charge / 4, charge, np.array([0])), 0.05)
    >>> bool(np.abs(curve.v_per_mah - 0.25).max() < 1e-9)
    True
    """
    if rows.voltage_v.size < FEWEST_ROWS:
        raise InsufficientData(
            "too-few-rows-for-differential-voltage",
            "a half-cycle has {rows} rows, and dV/dQ needs {fewest}",
            rows=rows.voltage_v.size,
            fewest=FEWEST_ROWS,
        )
    width = max(share, 2 / (rows.voltage_v.size - 1)) * float(rows.charge_mah[-1] - rows.charge_mah[0])
    grid = grid_of(rows.charge_mah, width)
    way = 1.0 if rows.voltage_v[-1] >= rows.voltage_v[0] else -1.0
    slope = derivative(rows.charge_mah, way * rows.voltage_v, rows.first, grid)[0]
    known = np.isfinite(slope)
    return DifferentialVoltage(grid.points[known], slope[known], width)
