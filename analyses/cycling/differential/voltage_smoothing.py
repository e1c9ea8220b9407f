"""How wide dQ/dV is smoothed, from the noise and the resolution of the voltage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.binned_derivative import SLOPE_INTEGRAL
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from analyses.insufficient_data import InsufficientData
from analyses.statistics.medians import MAD_TO_SIGMA
from analyses.statistics.resolution import decimal_step

Array = NDArray[np.float64]

NARROWEST_V = 0.002
WIDEST_FOR_NOISE_V = 0.050
NOISE_SHARE = 0.02
"""Noise of dQ/dV, over dQ/dV where it is average, to which the smoothing is chosen."""
WIDTH_OVER_STEP = 2.0
WIDTH_OVER_SPACING = 2.0
FEWEST_ROWS = 20
SAMPLED = 200_000
ROUNDING = 12**-0.5


@dataclass(frozen=True)
class Smoothing:
    """A width of smoothing and what it was chosen from."""

    width_v: float
    """Full width at half maximum [V]."""
    noise_v: float
    """Standard deviation of the voltage of a row about its neighbours, rounding included [V]."""
    step_v: float
    """Step of the decimals of the voltage; zero if it has none [V]."""
    spacing_v: float
    """Voltage from row to row: the range over the rows, median of the half-cycles [V]."""
    reason: str
    """`noise`, `step`, `spacing`, or `narrowest` if none of them needs more than 2 mV."""
    is_limited: bool
    """True if the noise needs a wider smoothing than the widest, 50 mV."""


def voltage_smoothing(rows: HalfCycleRows) -> Smoothing:
    """Choose the width of smoothing.

    It is the largest of 2 mV, twice the step of the voltage column, twice the voltage difference between rows, and the
    width at which the noise of dQ/dV is 2 % where dQ/dV is average; for the noise at most 50 mV. The noise is that of
    third differences of the voltage (1.4826 times their median size over √20), or, if it is larger, that of rounding
    (the step over √12).

    Parameters
    ----------
    rows : HalfCycleRows

    Returns
    -------
    Smoothing

    Raises
    ------
    InsufficientData
        If most half-cycles have fewer than 20 rows.
    """
    few = float(np.median(rows.rows))
    if few < FEWEST_ROWS:
        raise InsufficientData(
            "too-few-rows-for-differential-capacity",
            "most half-cycles have {rows:.0f} rows or fewer, and dQ/dV needs {fewest}: export the file at a shorter "
            "logging interval",
            rows=few,
            fewest=FEWEST_ROWS,
        )
    low, high = (extreme.reduceat(rows.voltage_v, rows.first) for extreme in (np.minimum, np.maximum))
    spacing = float(np.median((high - low) / (rows.rows - 1)))
    step = decimal_step(rows.voltage_v)
    noise = max(_row_noise_v(rows), ROUNDING * step)
    for_noise = width_for_noise_v(noise, spacing)
    widths = {
        "narrowest": NARROWEST_V,
        "step": WIDTH_OVER_STEP * step,
        "spacing": WIDTH_OVER_SPACING * spacing,
        "noise": min(for_noise, WIDEST_FOR_NOISE_V),
    }
    reason = max(widths, key=widths.__getitem__)
    return Smoothing(widths[reason], noise, step, spacing, reason, for_noise > widths[reason])


def width_for_noise_v(noise_v: float, spacing_v: float) -> float:
    """Return the full width at half maximum [V] at which the noise of dQ/dV is 2 % where dQ/dV is average."""
    return float((SLOPE_INTEGRAL * spacing_v * noise_v**2 / NOISE_SHARE**2) ** (1 / 3))


def _row_noise_v(rows: HalfCycleRows) -> float:
    """Return the standard deviation of the voltage of a row, from third differences within half-cycles."""
    stride = max(1, rows.voltage_v.size // SAMPLED)
    start = np.arange(0, rows.voltage_v.size - 3, stride)
    number = rows.number
    start = start[number[start] == number[start + 3]]
    if not start.size:
        return 0.0
    voltage = rows.voltage_v
    third = voltage[start] - 3 * voltage[start + 1] + 3 * voltage[start + 2] - voltage[start + 3]
    return MAD_TO_SIGMA * float(np.median(np.abs(third))) / 20**0.5
