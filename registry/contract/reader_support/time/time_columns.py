"""Columns of times in the forms of exports: clock times, date-time stamps, and the numbers Excel makes of them.

Excel stores a time as a fraction of a day, and a date with time as days since 1899-12-30 (the 1900 date system, as
described in Microsoft's documentation of date systems in Excel).
"""

from datetime import datetime, time, timedelta
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.files.number_cells import LONGEST_QUOTE, NUMBER
from registry.contract.reader_support.time.clock_times import date_order, elapsed_seconds, is_stamp, parse_date_time

Array = NDArray[np.float64]
Form = Literal["clock", "stamp", "excel-stamp", "number"]

EXCEL_EPOCH = datetime(1899, 12, 30)
FIRST_EXCEL_DAY, LAST_EXCEL_DAY = 29_221.0, 73_050.0
"""Days from 1980 to 2099: numbers between them in a column of dates are Excel's."""
SECONDS_PER_DAY = 86_400.0
MILLISECONDS, MICROSECONDS = 3, 6
CLOCK_OF_STAMP = r"[ T]+(?P<hour>\d{1,2}):(?P<minute>[0-5]\d):(?P<seconds>[0-5]\d(?:[.,]\d+)?)\s*$"
NUMERIC_STAMPS = (
    r"^\s*(?P<first>\d{4})-(?P<second>\d{1,2})-(?P<third>\d{1,2})" + CLOCK_OF_STAMP,
    r"^\s*(?P<first>\d{4})/(?P<second>\d{1,2})/(?P<third>\d{1,2})" + CLOCK_OF_STAMP,
    r"^\s*(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<third>\d{4})" + CLOCK_OF_STAMP,
)
"""Forms of stamps that are read as columns; `parse_date_time` reads more, one by one."""
LAST_DAY, MONTHS, HOURS = 31, 12, 24


class TimeColumn(NamedTuple):
    """The times of a column."""

    numbers: Array
    """Seconds, from zero for stamps; as written for numbers without a unit. Shape (rows,)."""
    form: Form
    start: datetime | None = None
    """The first stamp."""


def read_times(texts: Any, label: str) -> TimeColumn:
    """Return the times of an Arrow array of text.

    Clock times are `hours:minutes:seconds`, with days before them or not. Stamps are dates with times, all in one
    form; they are counted from the first. Numbers between 29221 and 73050 are date stamps of Excel; other numbers are
    returned as they are, since their unit is not stated.

    Raises
    ------
    UnreadableFile
        `invalid-clock-time` names the first cell that is in none of these forms.
    """
    stamps = _stamp_column(texts)
    if stamps is not None:
        return stamps
    numbers = _numbers(texts)
    return TimeColumn(elapsed_seconds(texts, label), "clock") if numbers is None else TimeColumn(numbers, "number")


def read_stamps(texts: Any, label: str, *, day_first: bool | None = None) -> TimeColumn:
    """Return the times of an Arrow array of date-time stamps, counted from the first.

    `day_first` is the order of day and month that the program always writes; None if the stamps have to show it.

    Raises
    ------
    UnreadableFile
        `invalid-date-time` names the first cell that is not a date and time whose day and month are certain.
    """
    stamps = _stamp_column(texts, day_first)
    if stamps is not None:
        return stamps
    written = texts.to_pylist()
    order = date_order(written) if day_first is None else day_first
    row = next((row for row, text in enumerate(written) if parse_date_time(text, day_first=order) is None), 0)
    raise UnreadableFile(
        "invalid-date-time",
        "row {row} of the table: ‘{label}’ is ‘{written}’, not a date and time such as 2024-03-31 01:00:00",
        row=row + 1,
        label=label,
        written=written[row][:LONGEST_QUOTE],
    )


def date_time_of(text: str) -> datetime | None:
    """Return the date and time of a cell, written out or as a number of Excel; None if neither, or not certain."""
    stamp = parse_date_time(text)
    if stamp is not None or not NUMBER.fullmatch(text):
        return stamp
    days = float(text)
    return excel_date_time(days) if FIRST_EXCEL_DAY < days < LAST_EXCEL_DAY else None


def excel_date_time(days: float) -> datetime:
    """Return the date and time of a number of days in Excel, to the second."""
    return EXCEL_EPOCH + timedelta(seconds=round(days * SECONDS_PER_DAY))


def _stamp_column(texts: Any, day_first: bool | None = None) -> TimeColumn | None:
    """Return the times of date-time stamps, None if a cell is not one."""
    numbers = _numbers(texts)
    if numbers is not None and numbers.size and numbers.min() > FIRST_EXCEL_DAY and numbers.max() < LAST_EXCEL_DAY:
        seconds = np.round((numbers - numbers[0]) * SECONDS_PER_DAY, MILLISECONDS)
        return TimeColumn(seconds, "excel-stamp", excel_date_time(float(numbers[0])))
    numeric = _numeric_stamps(texts, day_first)
    if numeric is not None:
        return numeric
    stamps = _stamps(texts, day_first)
    if stamps is None:
        return None
    return TimeColumn(np.array([(stamp - stamps[0]).total_seconds() for stamp in stamps]), "stamp", stamps[0])


def _numbers(texts: Any) -> Array | None:
    """Return the numbers of the texts, None if one is not a finite number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        numbers = pc.cast(pc.utf8_trim_whitespace(texts), pa.float64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    return numbers if np.isfinite(numbers).all() else None


def _numeric_stamps(texts: Any, day_first: bool | None) -> TimeColumn | None:
    """Return the times of stamps of digits on the clock of 24 hours without a zone, None if a cell is not one."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for form in NUMERIC_STAMPS:
        parts = pc.extract_regex(texts, form)
        if not len(texts) or parts.null_count:
            continue
        fields = {
            name: np.asarray(pc.cast(pc.replace_substring(pc.struct_field(parts, name), ",", "."), pa.float64()))
            for name in ("first", "second", "third", "hour", "minute", "seconds")
        }
        first, second, third = (fields[name].astype(np.int64) for name in ("first", "second", "third"))
        if first.min() > LAST_DAY:
            year, month, day = first, second, third
        else:
            order = day_first if day_first is not None else date_order(texts.to_pylist())
            if order is None:
                return None
            year, (day, month) = third, (first, second) if order else (second, first)
        if month.min() < 1 or month.max() > MONTHS or day.min() < 1 or fields["hour"].max() >= HOURS:
            return None
        months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
        dates = months.astype("datetime64[D]") + (day - 1)
        if (dates.astype("datetime64[M]") != months).any():
            return None
        clock = fields["hour"] * 3600 + fields["minute"] * 60 + fields["seconds"]
        days = (dates - dates[0]).astype(np.int64)
        start = datetime.combine(dates[0].astype(object), time()) + timedelta(seconds=round(float(clock[0]), 6))
        return TimeColumn(np.round(days * SECONDS_PER_DAY + (clock - clock[0]), MICROSECONDS), "stamp", start)
    return None


def _stamps(texts: Any, order: bool | None) -> list[datetime] | None:
    """Return the date-times of the texts, None if one is not a date-time."""
    written = texts.to_pylist()
    if not written or not is_stamp(written[0]):
        return None
    day_first = date_order(written) if order is None else order
    stamps = []
    for text in written:
        stamp = parse_date_time(text, day_first=day_first)
        if stamp is None:
            return None
        stamps.append(stamp)
    return stamps
