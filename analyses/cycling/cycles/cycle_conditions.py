"""The currents, end voltages and temperature of each cycle, from the rows of a test."""

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_groups import CycleConditions
from analyses.cycling.cycles.cycle_halves import sampled_rows
from analyses.cycling.cycles.cycle_summary import CycleSummary

Array = NDArray[np.float64]

KNOWN_END_V = 0.010
SAMPLED_ROWS = 33
"""Rows of a cycle whose temperatures are averaged."""


def cycle_conditions(
    cycles: CycleSummary, temperature_degc: Array | None = None, currents: tuple[Array, Array] | None = None
) -> CycleConditions:
    """Return what each cycle ran under.

    The current is that of the constant-current part, so that it stays the same while a cell ages and the voltage is
    held earlier. An end voltage is known if the instrument wrote a row at the end of the step, so that at its last rate
    the voltage cannot have continued by more than 10 mV before the next row.

    Parameters
    ----------
    cycles : CycleSummary
    temperature_degc : ndarray, shape (rows,), optional
        Temperature of the cell or the chamber in the rows of the test; missing numbers are nan [°C].
    currents : tuple of ndarray, each of shape (cycles,), optional
        Number of constant currents of each charge and discharge (`step_currents.constant_currents`).

    Returns
    -------
    CycleConditions
    """
    upper, lower = (
        np.where(step > KNOWN_END_V, np.nan, end)
        for end, step in (
            (cycles.charge_end_voltage_v, cycles.charge_end_step_v),
            (cycles.discharge_end_voltage_v, cycles.discharge_end_step_v),
        )
    )
    unknown = np.full(cycles.cycle.size, np.nan)
    return CycleConditions(
        charge_current_a=cycles.charge_current_a,
        discharge_current_a=cycles.discharge_current_a,
        charge_end_voltage_v=upper,
        discharge_end_voltage_v=lower,
        temperature_degc=_means(temperature_degc, cycles),
        charge_currents=unknown if currents is None else currents[0],
        discharge_currents=unknown if currents is None else currents[1],
    )


def _means(column: Array | None, cycles: CycleSummary) -> Array:
    """Return the mean of a column over each cycle, missing numbers left out, of shape (cycles,)."""
    if column is None:
        return np.full(cycles.cycle.size, np.nan)
    sampled = column[sampled_rows(cycles.first_row, cycles.last_row, np.linspace(0, 1, SAMPLED_ROWS))]
    known = np.isfinite(sampled)
    count = known.sum(axis=1)
    total = np.where(known, sampled, 0.0).sum(axis=1)
    means: Array = np.divide(total, count, out=np.full(count.size, np.nan), where=count > 0)
    return means
