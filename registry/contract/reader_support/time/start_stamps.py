"""The start of a test whose rows have dates with times next to a time of the test."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message
from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.time.clock_times import date_order, parse_date_time, zone_messages
from registry.contract.reader_support.time.time_columns import TimeColumn, read_stamps

Array = NDArray[np.float64]

LONGEST_S = 7200.0
"""Difference of the dates from the time of the test up to which they agree: an hour of a clock that was set, twice."""
SHARE = 0.02


def start_of(texts: Any, label: str, time_s: Array) -> tuple[datetime | None, list[Message]]:
    """Return when the time of a test was zero, by the dates of its rows, and messages.

    Of dates whose day and month cannot be distinguished, the order counts by which the rows span the time of the test.

    Parameters
    ----------
    texts
        Arrow array of dates with times, shape (rows,).
    label
        Header of the dates.
    time_s
        Time of the test, shape (rows,).
    """
    written = str(texts[0].as_py()).strip()
    order = None if parse_date_time(written) is not None else date_order(texts.to_pylist())
    orders = (None,) if parse_date_time(written) is not None else (order,) if order is not None else (True, False)
    fitting = [times for day_first in orders if (times := _times(texts, label, time_s, day_first)) is not None]
    starts = {times.start for times in fitting}
    if len(starts) != 1 or (start := starts.pop()) is None:
        return None, [
            Message(
                "start-time-not-used",
                "Start time ‘{written}’ not used: day and month cannot be distinguished.",
                written=written,
            )
        ] if len(orders) > 1 else []
    zero = start - timedelta(seconds=float(time_s[0]))
    if not start.microsecond:
        # No finer than the dates are.
        zero = (zero + timedelta(seconds=0.5)).replace(microsecond=0)
    return zero, zone_messages(zero)


def _times(texts: Any, label: str, time_s: Array, day_first: bool | None) -> TimeColumn | None:
    """Return the dates in this order, None if they are no dates or do not span the time of the test."""
    try:
        times = read_stamps(texts, label, day_first=day_first)
    except UnreadableFile:
        return None
    span = float(time_s[-1] - time_s[0])
    return times if abs(float(times.numbers[-1]) - span) <= max(LONGEST_S, SHARE * abs(span)) else None
