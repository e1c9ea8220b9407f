"""Times counted from date-time stamps without a zone, corrected where the clock was set by an hour.

Instruments that write local time continue by their computer's clock, which daylight saving time sets forward or back by
one hour at night. The hour shows against the time of the step, if the file has it, or else against the spacing of the
rows before and after.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message
from registry.contract.reader_support.time.time_columns import TimeColumn

Array = NDArray[np.float64]

HOUR, DAY = 3600.0, 86_400.0
STEP_TOLERANCE_S = 60.0
"""Largest difference between the time of a step and the stamps, without the hour."""
REGULAR = 0.1
"""Difference from the spacing of both neighbours up to which an interval is regular, over that spacing or an hour,
whichever is less."""
SUNDAY, LAST_HOUR = 6, 4
"""Nearly all countries set their clocks on a Sunday before four o'clock."""


def without_clock_changes(times: TimeColumn, step_time: Array | None = None) -> tuple[Array, list[Message]]:
    """Return the seconds of date-time stamps without the hours by which the clock was set, and messages that name them.

    Parameters
    ----------
    times
        As `read_stamps` returns them; those of another form are returned as they are.
    step_time
        Time since the start of the step [s], shape (rows,), if the file has it.
    """
    seconds, start = times.numbers, times.start
    if start is None or start.tzinfo is not None:
        return seconds, []

    def is_change(row: int, interval: Array, hour: float) -> bool:
        return _is_clock_change(row, interval, hour, start + timedelta(seconds=float(seconds[row])), step_time)

    return _corrected(seconds, is_change, lambda second: f"{start + timedelta(seconds=second):%Y-%m-%d %H:%M:%S}")


def without_changes_of_day_clock(seconds: Array) -> tuple[Array, list[Message]]:
    """Return clock times without dates, without the hours by which the clock was set, and messages that name them.

    Only an hour that begins before four o'clock counts, between rows of regular spacing.

    Parameters
    ----------
    seconds
        Time since the midnight before the first row, going on over midnights [s], shape (rows,).
    """

    def is_change(row: int, interval: Array, hour: float) -> bool:
        neighbours = _neighbours(row, interval)
        is_night = seconds[row] % DAY < LAST_HOUR * HOUR
        return bool(is_night and neighbours and _is_regular(float(interval[row]) - hour, neighbours))

    return _corrected(seconds, is_change, lambda second: f"{datetime.min + timedelta(seconds=second % DAY):%H:%M:%S}")


def _corrected(
    seconds: Array, is_change: Callable[[int, Array, float], bool], written: Callable[[float], str]
) -> tuple[Array, list[Message]]:
    """Return the seconds without the hours at the rows for which `is_change` returns True, and messages."""
    interval = np.diff(seconds)
    hours = np.zeros(seconds.size)
    messages = []
    for row in np.flatnonzero((interval <= 0) | (interval > HOUR)):
        hour = HOUR if interval[row] > 0 else -HOUR
        if not is_change(int(row), interval, hour):
            continue
        hours[row + 1] = hour
        interval[row] -= hour
        before, after = (written(float(second)) for second in seconds[row : row + 2])
        messages.append(_message(int(row) + 2, before, after, hour=hour))
    return seconds - np.cumsum(hours), messages


def _message(row: int, before: str, after: str, *, hour: float) -> Message:
    if hour > 0:
        return Message(
            "clock-set-forward",
            "The clock was set forward by an hour between {before} and {after} (row {row}): corrected in the time.",
            "warning",
            before=before,
            after=after,
            row=row,
        )
    return Message(
        "clock-set-back",
        "The clock was set back by an hour between {before} and {after} (row {row}): corrected in the time.",
        "warning",
        before=before,
        after=after,
        row=row,
    )


def _is_clock_change(row: int, interval: Array, hour: float, before: datetime, step_time: Array | None) -> bool:
    """Return True if the interval after a row is one of the test plus an hour of the clock."""
    elapsed = float(interval[row]) - hour
    if elapsed < 0:
        return False
    in_step = float(step_time[row + 1] - step_time[row]) if step_time is not None else 0.0
    if in_step > 0:
        is_first = step_time is not None and abs(float(step_time[row + 1]) - elapsed - hour) <= STEP_TOLERANCE_S
        return abs(in_step - elapsed) <= STEP_TOLERANCE_S and not is_first
    neighbours = _neighbours(row, interval)
    if not neighbours or min(neighbours) < 0 or _is_regular(elapsed + hour, neighbours):
        return False
    is_regular = _is_regular(elapsed, neighbours)
    is_sunday_night = (before + timedelta(hours=1)).weekday() == SUNDAY and (before.hour + 1) % 24 <= LAST_HOUR
    if elapsed + hour == 0:
        # Two rows of one moment, as where a step ends and the next begins; else a row every hour.
        into_step = float(step_time[row + 1]) if step_time is not None else 0.0
        return abs(into_step - elapsed) <= STEP_TOLERANCE_S or (is_regular and is_sunday_night)
    if hour < 0:
        return elapsed <= 2 * max(neighbours)
    return is_regular or (is_sunday_night and min(neighbours) / 2 <= elapsed <= 2 * max(neighbours))


def _neighbours(row: int, interval: Array) -> list[float]:
    return [float(interval[other]) for other in (row - 1, row + 1) if 0 <= other < interval.size]


def _is_regular(interval: float, neighbours: list[float]) -> bool:
    return all(abs(interval - neighbour) <= REGULAR * min(neighbour, HOUR) for neighbour in neighbours)
