"""Voltage against capacity of a chosen cycle, from the rows of a time series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycle_summary import CycleSummary
from analyses.cycling.half_cycles import rest_threshold_a, row_signs
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]


@dataclass(frozen=True)
class VoltageCurve:
    """One charge or discharge; both arrays of shape (points,)."""

    capacity_ah: Array
    """From zero where the half-cycle begins [Ah]."""
    voltage_v: Array


def cycle_indices(table: CycleSummary, chosen: str) -> tuple[int, ...]:
    """Return the table indices of the cycles in a text: numbers and `last`, separated by commas.

    Parameters
    ----------
    table : CycleSummary
    chosen : str
        Such as ``1, 2, 10, last``; cycles the table does not have are left out.

    Returns
    -------
    tuple of int
        In the order of the text, each once, from 0.

    Raises
    ------
    InsufficientData
        If a part is neither a whole number nor ``last``.
    """
    indices: list[int] = []
    for part in (part.strip() for part in chosen.split(",") if part.strip()):
        if part != "last" and not part.isdecimal():
            raise InsufficientData(
                "invalid-cycle-list",
                "‘{part}’ is not a cycle: list cycle numbers and ‘last’, separated by commas, such as 1, 2, last",
                part=part,
            )
        matches = [table.cycle.size - 1] if part == "last" else np.flatnonzero(table.cycle == int(part)).tolist()
        indices += [index for index in matches if index not in indices]
    return tuple(indices)


def voltage_curves(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    table: CycleSummary,
    index: int,
    *,
    most_points: int,
) -> tuple[VoltageCurve, VoltageCurve]:
    """Return the charge and the discharge of one cycle.

    The capacity is the integral of the current, scaled to end at the capacity in the table where that comes from the
    instrument's counters. Points are thinned to `most_points` at even distances in the rows, ends kept.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        The series the table was made from.
    table : CycleSummary
    index : int
        Index of the cycle in the table, from 0.
    most_points : int
        Largest number of points of each curve.

    Returns
    -------
    charge, discharge : VoltageCurve
        Empty if the cycle has none.
    """
    rows = slice(int(table.first_row[index]), int(table.last_row[index]) + 1)
    sign = row_signs(current_ampere[rows], rest_threshold_a(current_ampere))
    step = np.diff(test_time_second[rows], prepend=test_time_second[rows.start])
    passed = (current_ampere[rows] + np.concatenate(([0.0], current_ampere[rows][:-1]))) / 2 * step
    curves = []
    for way, whole in ((1, table.charge_ah[index]), (-1, table.discharge_ah[index])):
        of = sign == way
        continued = of & np.concatenate(([False], of[:-1]))
        capacity = np.cumsum(np.where(continued, np.abs(passed), 0.0))[of]
        if capacity.size and capacity[-1] > 0:
            capacity = capacity * (whole / capacity[-1])
        kept = _thinned(capacity.size, most_points)
        curves.append(VoltageCurve(capacity[kept], voltage_volt[rows][of][kept]))
    return curves[0], curves[1]


def _thinned(size: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, size - 1, min(size, most)).round().astype(np.intp)) if size else np.arange(0)
