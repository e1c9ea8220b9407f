"""How a cell was used: rest and constant-voltage part of each cycle, throughput, equivalent full cycles."""

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR

Array = NDArray[np.float64]

TAPER_SHARE = 0.95
"""The voltage is held once the current has fallen below this share of that of the constant-current part for good."""
HELD_WITHIN_V = 0.010


def rest_hours(test_time_second: Array, current_ampere: Array, cycles: CycleSummary, threshold_a: float) -> Array:
    """Return the time without current in each cycle.

    Parameters
    ----------
    test_time_second, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], and current [A].
    cycles : CycleSummary
        The cycles of these rows.
    threshold_a : float
        Current up to which a row counts as rest [A].

    Returns
    -------
    ndarray, shape (cycles,)
        Sum of the intervals between two rows without current [h].
    """
    resting = np.abs(current_ampere) <= threshold_a
    idle = np.zeros(test_time_second.size)
    idle[1:] = np.diff(test_time_second) * (resting[1:] & resting[:-1])
    total = np.concatenate(([0.0], np.cumsum(idle)))
    hours: Array = (total[cycles.last_row + 1] - total[cycles.first_row]) / SECONDS_PER_HOUR
    return hours


def constant_voltage_share_percent(
    test_time_second: Array, voltage_volt: Array, current_ampere: Array, cycles: CycleSummary
) -> Array:
    """Return the share of the charge of each cycle that passed while the voltage was held.

    It is held from the last row on in which the current was at least 95 % of that of the constant-current part, if the
    voltage then stays within 10 mV of where the charge ends.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], and current, positive while charging [A].
    cycles : CycleSummary
        The cycles of these rows.

    Returns
    -------
    ndarray, shape (cycles,)
        Zero where the charge ends at constant current, nan where there is no charge [%].
    """
    passed = np.maximum(current_ampere, 0.0)
    charge = np.zeros(test_time_second.size)
    charge[1:] = np.diff(test_time_second) * (passed[1:] + passed[:-1]) / 2
    total = np.cumsum(charge)
    shares = np.full(cycles.cycle.size, np.nan)
    for index in np.flatnonzero(cycles.charge_ah > 0):
        rows = slice(cycles.first_row[index], cycles.last_row[index] + 1)
        flowing = np.flatnonzero(passed[rows] >= TAPER_SHARE * cycles.charge_current_a[index])
        charging = np.flatnonzero(passed[rows] > 0)
        if not flowing.size:
            continue
        first, last = rows.start + flowing[-1], rows.start + charging[-1]
        all_charge = total[last] - total[max(rows.start - 1, 0)]
        held = np.abs(voltage_volt[first : last + 1] - cycles.charge_end_voltage_v[index]) <= HELD_WITHIN_V
        is_held = last > first and bool(held.all()) and all_charge > 0
        shares[index] = 100 * (total[last] - total[first]) / all_charge if is_held else 0.0
    return shares


def total_mah(capacity_mah: Array) -> float:
    """Return the sum of the capacities of half-cycles [mAh]; a missing one is nan and counts nothing."""
    return float(np.nansum(capacity_mah))


def equivalent_full_cycles(discharged_mah: float, capacity_mah: float) -> float:
    """Return how many discharges of a capacity make up all that was discharged.

    Examples
    --------
    >>> equivalent_full_cycles(4.0, 2.0)
    2.0
    """
    return discharged_mah / capacity_mah
