"""Events of a symmetric cell: short circuits, loss of contact, temperature changes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import Runs
from analyses.symmetric_cells.conditions import half_conditions
from analyses.symmetric_cells.creeping import Decline, is_formation, slow_declines
from analyses.symmetric_cells.row_scan import CONTACT_LOSS, Excursion, Scan, scan_rows
from analyses.symmetric_cells.short_circuit import ShortCircuit, level_before, level_scatter_ohm, short_circuit_of
from analyses.symmetric_cells.temperature_changes import TemperatureChange, temperature_changes

Array = NDArray[np.float64]

LEAST_CREEPING = 0.4
"""A fall that is not sudden is deeper than this: slow oscillations of the resistance are not."""
OPEN_ROWS = 3
"""Rows without current at a high voltage that are a loss of contact."""
FORMATION_HALF_CYCLES = 6
"""A decline that begins in the first of them begins with the test."""


@dataclass(frozen=True)
class ContactLoss:
    """A sudden rise of the resistance to more than three times that of the sound cell, or a voltage without current."""

    row: int
    time_s: float
    end_row: int | None
    resistance_before_ohm: float
    resistance_after_ohm: float


@dataclass(frozen=True)
class Softening:
    """A decline that begins with the test and levels out, as formation of an interface does; no short circuit."""

    before_ohm: float
    after_ohm: float


@dataclass(frozen=True)
class Events:
    """Events of a symmetric cell, in order of time."""

    short_circuits: tuple[ShortCircuit, ...]
    contact_losses: tuple[ContactLoss, ...]
    softening: Softening | None
    temperature_changes: tuple[TemperatureChange, ...]

    @property
    def first_short_row(self) -> int | None:
        """First row, from 0, of the first short circuit; None without one."""
        return self.short_circuits[0].row if self.short_circuits else None


def find_events(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    runs: Runs,
    temperature_celsius: Array | None = None,
) -> Events:
    """Return the short circuits and losses of contact of a test.

    Each row is compared with what a sound cell would show at the same time of a half-cycle of the same direction,
    current and temperature: the median of the five before it. A short circuit is a fall of |V|/|I| by more than 30 %,
    or four times the scatter from half-cycle to half-cycle, that lasts: five rows, three where half-cycles have few
    rows, or two at the end of the data. It ends where the resistance comes back as clearly. What may be explained by a
    rise of the temperature (up to 0.8 eV), by kinetics at a higher current, by a return to a current at which the
    resistance was as low before, or by a long rest is none. A slow fall by 40 % within the half-cycles of the
    reference, or to less than half over more of them, is a creeping short circuit.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time [s], voltage [V], current [A].
    runs : Runs
        The half-cycles, however short.
    temperature_celsius : ndarray, shape (rows,), optional
        Temperature, nan where it is missing [°C].

    Returns
    -------
    Events
    """
    time = test_time_second
    if not runs.sign.size:
        return Events((), (), None, ())
    conditions = half_conditions(time, current_ampere, temperature_celsius, runs)
    scan = scan_rows(time, voltage_volt, current_ampere, runs, conditions)
    drops = [short_circuit_of(scan, conditions, time, drop) for drop in scan.drops]
    formation = [Softening(*ends) for ends in (_softening(short, scan) for short in drops) if ends]
    declines = slow_declines(scan, conditions, time)
    formation += [Softening(decline.before_ohm, decline.after_ohm) for decline in declines if decline.is_softening]
    shorts = [
        short
        for short in drops
        if _softening(short, scan) is None and (short.is_sudden or short.depth >= LEAST_CREEPING)
    ]
    shorts = _with_declines(shorts, [decline for decline in declines if not decline.is_softening], scan, time)
    losses = [_contact_loss(scan, time, rise) for rise in scan.rises]
    losses += _open_circuits(scan, time, voltage_volt, np.abs(current_ampere), runs.threshold_a)
    losses.sort(key=lambda loss: loss.row)
    changes = temperature_changes(conditions, scan.level)
    return Events(tuple(shorts), tuple(losses), formation[0] if formation else None, changes)


def _softening(short: ShortCircuit, scan: Scan) -> tuple[float, float] | None:
    """Return the resistance before and after a decline from the beginning of the test that levels out, else None."""
    level, half = scan.level, scan.half_of(int(np.searchsorted(scan.rows, short.row)))
    if half >= FORMATION_HALF_CYCLES or short.is_sudden or short.end_row is not None or half + 2 >= level.size:
        return None
    before, after = float(level[:2].mean()), level[half:]
    return (before, float(after[-2:].mean())) if is_formation(before, after) else None


def _with_declines(shorts: list[ShortCircuit], declines: list[Decline], scan: Scan, time: Array) -> list[ShortCircuit]:
    """Return the short circuits in order, those that a slow decline leads to beginning with it."""
    merged, last, scatter = list(shorts), scan.offsets.size - 1, level_scatter_ohm(scan)
    for decline in declines:
        row, end_row = int(scan.rows[decline.begin]), None if decline.end is None else int(scan.rows[decline.end])
        until = time.size if end_row is None else end_row
        inside = [short for short in merged if row <= short.row < until]
        soon = int(scan.rows[min(scan.offsets[min(scan.half_of(decline.begin) + 2, last)], scan.rows.size - 1)])
        if any(short.row <= soon and (short.end_row is None or short.end_row > row) for short in merged):
            continue
        creeping = ShortCircuit(
            row,
            float(time[row]),
            float(time[scan.rows[decline.earliest]]),
            float(time[scan.rows[decline.latest]]),
            end_row,
            None if end_row is None else float(time[end_row]),
            decline.before_ohm,
            decline.after_ohm,
            is_sudden=False,
            error_before_ohm=scatter,
            error_after_ohm=scatter * decline.after_ohm / decline.before_ohm,
        )
        lasting = [short for short in inside if short.end_row is None]
        if lasting:
            deepest = min([creeping, *lasting], key=lambda short: short.resistance_after_ohm)
            after, error = deepest.resistance_after_ohm, deepest.error_after_ohm
            creeping = replace(creeping, end_row=None, end_s=None, resistance_after_ohm=after, error_after_ohm=error)
        merged = [short for short in merged if short not in inside] + [creeping]
    return sorted(merged, key=lambda short: short.row)


def _contact_loss(scan: Scan, time: Array, rise: Excursion) -> ContactLoss:
    end = scan.rows.size if rise.end is None else rise.end
    row = int(scan.rows[rise.begin])
    return ContactLoss(
        row,
        float(time[row]),
        None if rise.end is None else int(scan.rows[rise.end]),
        level_before(scan, rise.begin),
        float(np.max(scan.resistance[rise.begin : end])),
    )


def _open_circuits(scan: Scan, time: Array, voltage: Array, size: Array, threshold_a: float) -> list[ContactLoss]:
    """Return where the voltage is at a limit while no current flows: three times what it was under current."""
    sound = scan.rows[np.repeat(scan.is_sound, np.diff(scan.offsets))]
    if not sound.size:
        return []
    is_open = (size <= threshold_a) & (np.abs(voltage) > CONTACT_LOSS * np.abs(voltage[sound]).max())
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_open.astype(np.int8), [0]))))
    losses = []
    for begin, end in edges.reshape(-1, 2).tolist():
        if end - begin >= OPEN_ROWS:
            before = level_before(scan, int(np.searchsorted(scan.rows, begin)))
            least = float(np.abs(voltage[begin:end]).max()) / threshold_a
            losses.append(ContactLoss(begin, float(time[begin]), end if end < time.size else None, before, least))
    return losses
