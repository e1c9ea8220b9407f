"""Voltage against capacity of a chosen cycle, from the rows of a time series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.rows.half_cycles import rest_threshold_a, row_signs
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]


@dataclass(frozen=True)
class VoltageCurve:
    """One charge or discharge; both arrays of shape (points,)."""

    capacity_ah: Array
    """From zero where the half-cycle begins [Ah]."""
    voltage_v: Array


@dataclass(frozen=True)
class HalfCycle:
    """All rows of one charge or discharge, without rests; every array of shape (rows,)."""

    capacity_ah: Array
    """From zero where the half-cycle begins [Ah]."""
    voltage_v: Array
    current_a: Array
    """Negative while discharging [A]."""


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


def evenly_spaced(cycles: int, most: int) -> tuple[int, ...]:
    """Return the indices of the first, the last and some cycles between them in even distances.

    Examples
    --------
    >>> evenly_spaced(101, 5), evenly_spaced(3, 5)
    ((0, 25, 50, 75, 100), (0, 1, 2))
    """
    return tuple(int(index) for index in _thinned(cycles, most))


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
    series = (test_time_second, voltage_volt, current_ampere)
    halves = [half_cycle(series, table, index, way) for way in (1, -1)]
    kept = [_thinned(half.capacity_ah.size, most_points) for half in halves]
    charge, discharge = (
        VoltageCurve(half.capacity_ah[points], half.voltage_v[points])
        for half, points in zip(halves, kept, strict=True)
    )
    return charge, discharge


def half_cycle(series: tuple[Array, Array, Array], table: CycleSummary, index: int, way: int) -> HalfCycle:
    """Return the rows of the charge or the discharge of one cycle.

    Parameters
    ----------
    series : tuple of ndarray, each of shape (rows,)
        Time [s], voltage [V] and current [A] that the table was made from.
    table : CycleSummary
    index : int
        Index of the cycle in the table, from 0.
    way : int
        1 for the charge, -1 for the discharge.

    Returns
    -------
    HalfCycle
        Empty if the cycle has none. The capacity is that of `voltage_curves`.
    """
    test_time_second, voltage_volt, current_ampere = series
    rows = slice(int(table.first_row[index]), int(table.last_row[index]) + 1)
    of = row_signs(current_ampere[rows], rest_threshold_a(current_ampere)) == way
    whole = (table.charge_ah if way > 0 else table.discharge_ah)[index]
    step = np.diff(test_time_second[rows], prepend=test_time_second[rows.start])
    passed = (current_ampere[rows] + np.concatenate(([0.0], current_ampere[rows][:-1]))) / 2 * step
    continued = of & np.concatenate(([False], of[:-1]))
    capacity = np.cumsum(np.where(continued, np.abs(passed), 0.0))[of]
    if capacity.size and capacity[-1] > 0:
        capacity = capacity * (whole / capacity[-1])
    return HalfCycle(capacity, voltage_volt[rows][of], current_ampere[rows][of])


def _thinned(size: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, size - 1, min(size, most)).round().astype(np.intp)) if size else np.arange(0)
