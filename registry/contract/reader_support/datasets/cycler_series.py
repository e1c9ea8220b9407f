"""Time series of a cycler, with charge counted from the start of the test.

Instruments count charge from the start of the test, the cycle or the step. Datasets use only the first, as the Battery
Data Format defines `charging_capacity_ah` and the like: counted from the start of the test and never reset.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import CodedError
from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset
from registry.contract.reader_support.time.clock_times import start_time_of

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

NEEDED = {"test_time_second": "time", "voltage_volt": "voltage", "current_ampere": "current"}
COUNTERS = ("charging_capacity_ah", "discharging_capacity_ah", "charging_energy_wh", "discharging_energy_wh")
MOST_BORDERS = 0.5
RESTART = 0.5
"""A counter that falls below this share of its value has been reset to zero."""


class NoCounterError(CodedError, ValueError):
    """A column is not a counter; the text says where."""


def accumulated(counter: Array, restarts: Flags | None = None, *, borders: Sequence[Flags] = ()) -> tuple[Array, int]:
    """Return a counter without its resets, and their number, or raise `NoCounterError`.

    `restarts` marks rows at which it is known to start from zero, of shape (rows,). Otherwise a decrease to less than
    half is a reset, and any decrease in a row of `borders`, which mark the first rows of cycles and of steps; where it
    decreases at most of one kind of border, it starts from zero at all of them, even if it shows more than before.
    """
    step = np.diff(counter, prepend=0.0)
    is_reset = restarts.copy() if restarts is not None else (step < 0)
    for border in borders if restarts is None else ():
        had_counted = border & (np.roll(counter, 1) > 0)
        had_counted[:1] = False
        if had_counted.any() and float((step[had_counted] < 0).mean()) > MOST_BORDERS:
            is_reset |= border
    is_reset[:1] = False
    is_invalid = (counter < 0) | ((step < 0) & ~is_reset)
    if restarts is None:
        at_border = np.any(borders, axis=0) if borders else np.zeros(counter.size, dtype=bool)
        is_invalid |= is_reset & ~at_border & (counter > RESTART * np.roll(counter, 1))
    if is_invalid.any():
        row = int(np.argmax(is_invalid))
        raise NoCounterError(
            "not-a-counter", "{number:g} in row {row} is not a running counter", number=counter[row], row=row + 1
        )
    step[is_reset] = counter[is_reset]
    return np.cumsum(step), int(np.count_nonzero(np.roll(counter, 1)[is_reset] > 0))


def _borders(columns: Mapping[str, Array]) -> list[Flags]:
    """Return which rows are the first of a cycle, and which of a step, of those the file numbers."""
    numbered = [columns[name] for name in ("cycle_count", "step_index") if name in columns]
    return [np.diff(column, prepend=column[:1]) != 0 for column in numbered]


def sum_counters(columns: dict[str, Array], restarts: Flags | None = None) -> list[Message]:
    """Sum the counters among the columns over their resets, drop what is not a counter, and return messages."""
    messages = []
    restarted = 0
    borders = _borders(columns)
    for name in COUNTERS:
        if name not in columns:
            continue
        try:
            columns[name], times = accumulated(columns.pop(name), restarts, borders=borders)
            restarted = max(restarted, times)
        except NoCounterError as error:
            messages.append(Message("column-dropped", "Dropped {name}: {error}.", "warning", name=name, error=error))
    return messages + summed_messages(restarted)


def summed_messages(restarted: int) -> list[Message]:
    """Return a message that counters were summed over this number of resets, none if there was no reset."""
    if not restarted:
        return []
    return [
        Message(
            "counters-summed",
            "Charge or energy counters were reset {restarted} times: summed, so that charging_capacity_ah and "
            "the like count from the start of the test.",
            restarted=restarted,
        )
    ]


def continued_counts(counter: Array, expected: Array, direction: Array, borders: Flags) -> tuple[Array, Array, int]:
    """Return where an unsigned counter of both directions continues at a border, and where it starts again.

    Some schedules reset the counter at every step, others only where the direction changes: constant voltage then goes
    on from the charge at constant current. At the first row of a step, the counter contains either what was counted
    since its start or also what the last step of the same direction counted; the one closer to what the current tells
    counts.

    Parameters
    ----------
    counter
        What the file counts, not negative; shape (rows,).
    expected
        What current and time tell that each row adds, in the unit of the counter; shape (rows,).
    direction
        1 in charge, -1 in discharge, 0 otherwise; shape (rows,).
    borders
        First rows of steps; shape (rows,).

    Returns
    -------
    first rows of the steps with a direction, the row whose count each of them continues from (-1 if it starts from
    zero), and the number of resets.
    """
    starts = borders | (np.diff(direction, prepend=direction[:1]) != 0)
    starts[:1] = True
    rows = np.flatnonzero(starts)
    ends = np.append(rows[1:], counter.size) - 1
    flowing = direction[rows] != 0
    rows, ends = rows[flowing], ends[flowing]
    previous = np.append(-1, ends[:-1]) if rows.size else rows
    before = np.where(previous >= 0, counter[previous], 0.0)
    same = (previous >= 0) & (direction[previous] == direction[rows])
    goes_on = same & (counter[rows] >= before)
    goes_on &= np.abs(counter[rows] - before - expected[rows]) < np.abs(counter[rows] - expected[rows])
    resets = int(np.count_nonzero((previous >= 0) & ~goes_on & (before > 0)))
    return rows, np.where(goes_on, previous, -1), resets


def summed_from(counter: Array, rows: Array, previous: Array) -> Array:
    """Return what each row adds to a counter that continues, at `rows`, from those of `previous` (-1: from zero)."""
    added = np.diff(counter, prepend=0.0)
    added[rows] = counter[rows] - np.where(previous >= 0, counter[previous], 0.0)
    return added


def series_of(
    columns: dict[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message] = (),
    *,
    technique: str = "cycling",
    label: str = "",
    restarts: Flags | None = None,
    day_first: bool | None = None,
) -> ParsedDataset:
    """Return the dataset with its counters summed over their resets, and warnings about inconsistent rows.

    The start time is that of `started` in the header; `day_first` is the order of dates of the program, if fixed.
    """
    start_time, unclear = start_time_of(header, day_first=day_first)
    remarks = [*messages, *sum_counters(columns, restarts), *series_warnings(columns), *unclear]
    return ParsedDataset(technique, columns, dict(header), label, tuple(remarks), start_time=start_time)


def series_warnings(columns: Mapping[str, Array]) -> list[Message]:
    """Return warnings about decreasing times and jumping cycle numbers."""
    cycle = columns.get("cycle_count")
    return _time_messages(columns["test_time_second"]) + ([] if cycle is None else _cycle_messages(cycle))


def _time_messages(time: Array) -> list[Message]:
    back = np.flatnonzero(np.diff(time) < 0)
    if not back.size:
        return []
    row = int(back[0])
    return [
        Message(
            "time-decreases",
            "Time decreases {times} times, first from {before_s:g} s to {after_s:g} s in row {row}.",
            "warning",
            times=back.size,
            before_s=time[row],
            after_s=time[row + 1],
            row=row + 2,
        )
    ]


def _cycle_messages(cycle: Array) -> list[Message]:
    change = np.diff(cycle)
    jumps, falls = np.flatnonzero(change > 1), np.flatnonzero(change < 0)
    messages = []
    if jumps.size:
        row = int(jumps[0])
        messages.append(
            Message(
                "cycle-number-jumps",
                "The cycle number jumps from {before:g} to {after:g} in row {row}: cycles may be missing.",
                "warning",
                before=cycle[row],
                after=cycle[row + 1],
                row=row + 2,
            )
        )
    if falls.size:
        row = int(falls[0])
        messages.append(
            Message(
                "cycle-number-falls",
                "The cycle number falls from {before:g} to {after:g} in row {row}: the file may hold several tests, or "
                "one that was started again.",
                "warning",
                before=cycle[row],
                after=cycle[row + 1],
                row=row + 2,
            )
        )
    return messages
