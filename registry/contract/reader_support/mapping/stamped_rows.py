"""The time of a text table that has dates with times instead of a time column."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from registry.contract.outcome import Message
from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.mapping.declared_table import TIME, is_series_without_time
from registry.contract.reader_support.time.clock_changes import without_clock_changes
from registry.contract.reader_support.time.clock_times import date_order, is_stamp, parse_date_time
from registry.contract.reader_support.time.time_columns import TimeColumn, read_stamps

FARTHEST_APART = 2 * 86400.0
"""Seconds between two rows of a test at most, where the order of day and month is not known."""


def with_stamps(headers: Mapping[int, KnownColumn], cells: Sequence[str]) -> dict[int, KnownColumn]:
    """Return the columns with the first of dates with times as time, if they are a series over time that has none.

    Parameters
    ----------
    headers : mapping of int to KnownColumn
        Columns by position.
    cells : sequence of str
        The first row of the table.
    """
    index = next((index for index, cell in enumerate(cells) if is_stamp(cell)), None)
    if index is None or index in headers or not is_series_without_time({head.canonical for head in headers.values()}):
        return dict(headers)
    return {**headers, index: KnownColumn(TIME, 1.0, "s", is_stamp=True)}


def dates_next_to_time(headers: Mapping[int, KnownColumn], cells: Sequence[str]) -> int | None:
    """Return the first column of dates with times, by its first cell, if the columns have a time of the test."""
    if not any(head.canonical == TIME and not head.is_stamp for head in headers.values()):
        return None
    return next((index for index, cell in enumerate(cells) if index not in headers and is_stamp(cell)), None)


def read_stamped(texts: Any, label: str) -> tuple[TimeColumn, list[Message]]:
    """Return the time of dates with times, without the hours by which the clock was set, and messages.

    If no date says whether the day or the month is first, the order by which no two rows are more than two days apart
    counts; of a single day either does, and there is no date of the start.

    Raises
    ------
    UnreadableFile
        `invalid-date-time` names the first cell that is not a date with a time, `day-or-month-first` dates that may be
        either.
    """
    times, messages = _of_any_order(texts, label)
    elapsed, changes = without_clock_changes(times)
    return times._replace(numbers=elapsed), [*messages, *changes]


def _of_any_order(texts: Any, label: str) -> tuple[TimeColumn, list[Message]]:
    written: list[str] = texts.to_pylist()
    if not written or parse_date_time(written[0]) is not None or date_order(written) is not None:
        return read_stamps(texts, label), []
    by_day, by_month = (read_stamps(texts, label, day_first=order) for order in (True, False))
    if np.array_equal(by_day.numbers, by_month.numbers):
        return by_day._replace(start=None), []
    close = [times for times in (by_day, by_month) if np.abs(np.diff(times.numbers)).max() < FARTHEST_APART]
    if len(close) != 1:
        raise UnreadableFile(
            "day-or-month-first",
            "‘{label}’ has dates such as ‘{written}’ whose day and month cannot be distinguished: export them as "
            "2024-03-31 01:00:00, or add a column with the time in seconds or hours",
            label=label,
            written=written[0],
        )
    message = Message(
        "order-of-date-from-spacing",
        "‘{label}’: the {part} is read first, since the rows are then less than two days apart.",
        label=label,
        part="day" if close[0] is by_day else "month",
    )
    return close[0], [message]
