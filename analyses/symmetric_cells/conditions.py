"""Conditions of each half-cycle of a symmetric-cell test: direction, current, temperature, and preceding changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import Runs

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

CLASS_SHARE = 0.01
"""Currents are of one class if none of them differs by more from the next higher one."""
LONG_REST_SHARE = 0.5
"""A rest is long if it lasts more than this share of the usual half-cycle, and three times the usual rest."""
LONG_REST_FACTOR = 3.0
SETTLING_S = 7200.0
"""Time after a change of the temperature in which the cell may not have followed it."""
FEWEST_SETTLED = 0.3
"""Share of the half-cycles below which the temperature counts as always changing."""
SAME_TEMPERATURE_K = 2.0
"""Temperatures that differ by less leave the resistance alone: 4 % a kelvin at 0.3 eV."""


@dataclass(frozen=True)
class HalfConditions:
    """Conditions of the half-cycles; every array of shape (half_cycles,) unless stated."""

    first_row: Rows
    last_row: Rows
    sign: NDArray[np.int8]
    current_a: Array
    """Mean magnitude [A]."""
    current_class: Rows
    """Number of the class of current, from the lowest."""
    period: Rows
    """Number of the period of unchanged conditions it belongs to."""
    lowest_degc: Array
    """Lowest temperature; nan where none is recorded [°C]."""
    highest_degc: Array
    temperature_degc: Array | None
    """Of each row of the test, of shape (rows,), None if it is not recorded [°C]."""
    is_settled: Flags
    """Whether the temperature changed by less than 2 K within it and for two hours before; True where none is recorded,
    and where it always changes."""


def half_conditions(time: Array, current: Array, temperature: Array | None, runs: Runs) -> HalfConditions:
    """Return the conditions of each half-cycle.

    A period ends where the current in one direction changes its class, a long rest passes, or the temperature changes
    by more than 2 K.

    Parameters
    ----------
    time, current : ndarray, shape (rows,)
        Time [s], current [A].
    temperature : ndarray, shape (rows,), or None
        Temperature, nan where it is missing [°C]; None if it is not recorded.
    runs : Runs
        At least one half-cycle.

    Returns
    -------
    HalfConditions
    """
    first, last = runs.first_row, runs.last_row
    total = np.concatenate(([0.0], np.cumsum(np.abs(current))))
    size = (total[last + 1] - total[first]) / (last + 1 - first)
    classes = _classes(size)
    lowest, highest = _temperatures(temperature, runs)
    changed = _is_new_class(classes, runs.sign) | _is_after_long_rest(time, runs)
    changed[1:] |= np.nan_to_num(np.abs(np.diff((lowest + highest) / 2))) > SAME_TEMPERATURE_K
    settled = _settled(time[first], lowest, highest)
    period = np.cumsum(changed, dtype=np.intp)
    return HalfConditions(first, last, runs.sign, size, classes, period, lowest, highest, temperature, settled)


def _classes(size: Array) -> Rows:
    order = np.argsort(size, kind="stable")
    rising = size[order]
    starts = np.concatenate(([0], (np.diff(rising) > CLASS_SHARE * rising[1:]).astype(np.intp)))
    classes = np.empty(size.size, dtype=np.intp)
    classes[order] = np.cumsum(starts)
    return classes


def _is_new_class(classes: Rows, sign: NDArray[np.int8]) -> Flags:
    """Return whether each half-cycle has another class of current than the one before in its direction."""
    new = np.zeros(classes.size, dtype=bool)
    for way in (1, -1):
        own = np.flatnonzero(sign == way)
        new[own[1:]] = np.diff(classes[own]) != 0
    return new


def _is_after_long_rest(time: Array, runs: Runs) -> Flags:
    rested = np.zeros(runs.sign.size, dtype=bool)
    if runs.sign.size > 1:
        gap = time[runs.first_row[1:]] - time[runs.last_row[:-1]]
        longest_usual = max(LONG_REST_FACTOR * np.median(gap), LONG_REST_SHARE * np.median(runs.duration_s))
        rested[1:] = gap > longest_usual
    return rested


def _temperatures(temperature: Array | None, runs: Runs) -> tuple[Array, Array]:
    if temperature is None:
        nothing = np.full(runs.sign.size, np.nan)
        return nothing, nothing
    edges = np.column_stack((runs.first_row, runs.last_row + 1)).ravel()
    padded = np.append(temperature, np.nan)
    return np.fmin.reduceat(padded, edges)[::2], np.fmax.reduceat(padded, edges)[::2]


def _settled(begins: Array, lowest: Array, highest: Array) -> Flags:
    """Return whether the temperature is settled in each half-cycle, from when they begin [s] and their temperatures."""
    if not np.isfinite(lowest).any():
        return np.ones(begins.size, dtype=bool)
    settled = np.zeros(begins.size, dtype=bool)
    earliest = np.minimum(np.searchsorted(begins, begins - SETTLING_S, side="right") - 1, np.arange(begins.size) - 1)
    for index, since in enumerate(np.maximum(earliest, 0).tolist()):
        span = slice(since, index + 1)
        settled[index] = not np.fmax.reduce(highest[span]) - np.fmin.reduce(lowest[span]) > SAME_TEMPERATURE_K
    return settled if settled.mean() >= FEWEST_SETTLED else np.ones(begins.size, dtype=bool)
