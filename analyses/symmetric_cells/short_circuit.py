"""The moment a symmetric cell short-circuits: a sudden, lasting drop of its resistance under current."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.half_cycles import Runs
from analyses.statistics.medians import MAD_TO_SIGMA

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

BLOCKS = 20
"""Blocks a half-cycle is averaged in."""
FEWEST_BEFORE = 5
FEWEST_AFTER = 3
LASTING_DROP = 0.5
"""The resistance afterwards is less than half of that before."""
SUDDEN_DROP = 0.6
SUDDEN_BLOCKS = 3
VOLTAGE_DROP = 0.9
CLEAR_SCATTERS = 3.0
TINY = 1e-30
ROWS_IN_DOUBT = 2


@dataclass(frozen=True)
class ShortCircuit:
    """When it happened, and what the resistance was on either side."""

    row: int
    """First row, from 0, with the lower resistance."""
    time_s: float
    earliest_s: float
    latest_s: float
    """Two rows before the last good one and after the first bad one: noise may hide the exact row."""
    resistance_before_ohm: float
    resistance_after_ohm: float


def find_short_circuit(
    test_time_second: Array, voltage_volt: Array, current_ampere: Array, halves: Runs
) -> ShortCircuit | None:
    """Return the first short circuit, or None.

    Each half-cycle is averaged in 20 blocks of |V|/|I|, which a step to another current leaves alone where the cell
    is ohmic. A short circuit lasts: the median over the blocks of one half-cycle's length from there on is less than
    half of that before, and lower by three times the scatter on either side. It is sudden: three blocks are less
    than 0.6 of the three before. And the voltage itself falls, too: at a higher current kinetics let |V|/|I| fall,
    but not the voltage. The first row is that which parts the rows about it best into two levels, by least squares.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time [s], voltage [V], current [A].
    halves : Runs
        The half-cycles.

    Returns
    -------
    ShortCircuit or None
    """
    edges, ends = _blocks(halves)
    if edges.size < FEWEST_BEFORE + FEWEST_AFTER:
        return None
    opposed = voltage_volt * np.sign(current_ampere)
    voltage = _means(opposed, edges, ends)
    resistance = voltage / _means(np.abs(current_ampere), edges, ends)
    for block in _sudden(resistance).tolist():
        if _is_lasting(resistance, voltage, block):
            return _short_at(block, test_time_second, opposed / np.maximum(np.abs(current_ampere), TINY), edges, ends)
    return None


def _blocks(halves: Runs) -> tuple[Rows, Rows]:
    """Return first and last row of each block, blocks of a half-cycle differing by one row at most."""
    first, last = [], []
    for begin, end in zip(halves.first_row.tolist(), halves.last_row.tolist(), strict=True):
        bounds = np.linspace(begin, end + 1, min(BLOCKS, end + 1 - begin) + 1).astype(np.intp)
        first.append(bounds[:-1])
        last.append(bounds[1:] - 1)
    nothing = np.zeros(0, dtype=np.intp)
    return np.concatenate([nothing, *first]), np.concatenate([nothing, *last])


def _means(values: Array, first: Rows, last: Rows) -> Array:
    total = np.concatenate(([0.0], np.cumsum(values)))
    means: Array = (total[last + 1] - total[first]) / (last + 1 - first)
    return means


def _sudden(resistance: Array) -> Rows:
    """Return the blocks at which the median of three falls clearly below that of the three before."""
    levels = np.median(np.lib.stride_tricks.sliding_window_view(resistance, SUDDEN_BLOCKS), axis=1)
    before, after = levels[:-SUDDEN_BLOCKS], levels[SUDDEN_BLOCKS:]
    blocks: Rows = np.flatnonzero((before > 0) & (after < SUDDEN_DROP * before)) + SUDDEN_BLOCKS
    return blocks[blocks >= FEWEST_BEFORE]


def _is_lasting(resistance: Array, voltage: Array, block: int) -> bool:
    before, after = slice(max(block - BLOCKS, 0), block), slice(block, block + BLOCKS)
    level, lower = float(np.median(resistance[before])), float(np.median(resistance[after]))
    scatter = max(np.median(np.abs(resistance[before] - level)), np.median(np.abs(resistance[after] - lower)))
    is_clear = lower < LASTING_DROP * level and level - lower > CLEAR_SCATTERS * MAD_TO_SIGMA * scatter
    return bool(is_clear and np.median(voltage[after]) < VOLTAGE_DROP * np.median(voltage[before]))


def _short_at(block: int, time: Array, resistance: Array, first: Rows, last: Rows) -> ShortCircuit:
    near = slice(max(block - SUDDEN_BLOCKS, 0), block + SUDDEN_BLOCKS)
    rows = np.concatenate([np.arange(begin, end + 1) for begin, end in zip(first[near], last[near], strict=True)])
    row = _first_low_row(resistance[rows], rows)
    before = _means(resistance, first[max(block - BLOCKS, 0) : block], last[max(block - BLOCKS, 0) : block])
    after = _means(resistance, first[block : block + BLOCKS], last[block : block + BLOCKS])
    return ShortCircuit(
        row,
        float(time[row]),
        float(time[max(row - 1 - ROWS_IN_DOUBT, 0)]),
        float(time[min(row + ROWS_IN_DOUBT, time.size - 1)]),
        float(np.median(before)),
        float(np.median(after)),
    )


def _first_low_row(resistance: Array, rows: Rows) -> int:
    """Return the row that begins the lower of two levels: the split that leaves the least squares."""
    count = np.arange(1, resistance.size)
    total = np.cumsum(resistance)
    before, after = total[:-1] / count, (total[-1] - total[:-1]) / (resistance.size - count)
    gain = np.where(after < before, count * (resistance.size - count) * (before - after) ** 2, 0.0)
    return int(rows[int(np.argmax(gain)) + 1])
