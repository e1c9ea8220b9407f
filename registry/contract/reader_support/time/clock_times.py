"""Times as cyclers write them (‘144:01:18’, ‘1d 02:03:04.5’, ‘5/11/2021 3:40:24 PM’) as numbers."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message
from registry.contract.reader import UnreadableFile

Array = NDArray[np.float64]

ELAPSED = (
    r"^\s*(?:(?P<days>\d+)(?:[- ]|\s*[dD]\s*))?"
    r"(?P<hours>\d+):(?P<minutes>\d{1,2}):(?P<seconds>\d{1,2}(?:[.,]\d*)?)\s*(?P<half>[AaPp][Mm])?\s*$"
)
"""Hours, minutes and seconds, with or without days before them: ‘2-01:00:00’, ‘2 01:00:00’ or ‘2d 01:00:00’; or the
time of a day of twice twelve hours: ‘1:00:00 PM’."""
STAMPS = tuple(
    f"{day} {clock}"
    for day in ("%m/%d/%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%d-%b-%y")
    for clock in ("%I:%M:%S %p", "%H:%M:%S")
)
CLOCK = (
    r"\s+(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
    r"\s*(?P<half>[AaPp][Mm])?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?\s*"
)
NUMERIC_DATE = re.compile(
    r"\s*(?P<first>\d{1,4})(?P<mark>[/.-])(?P<second>\d{1,2}|[A-Za-z]{3})(?P=mark)(?P<third>\d{2,4})" + CLOCK
)
WRITTEN_DATES = (
    re.compile(r"\s*(?:[A-Za-z]+,\s*)?(?P<month>[A-Za-z]{3})[a-z]*\.?\s+(?P<day>\d{1,2}),\s*(?P<year>\d{4}),?" + CLOCK),
    re.compile(
        r"\s*(?:[A-Za-z]+,\s*)?(?P<day>\d{1,2})\.?\s+(?P<month>[A-Za-z]{3})[a-z]*\.?,?\s+(?P<year>\d{4}),?" + CLOCK
    ),
)
"""‘December 11, 2020 12:22:12 PM’ and ‘11 December 2020, 12:22:12 PM’."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTHS_IN_A_YEAR, MOST_DAYS, HALF_DAY = 12, 31, 12
DAY_FIRST_MARK = "."
"""With points the day is first everywhere; with slashes or hyphens, it depends on the program and its settings."""
DAY, LEAST_FALL = 86400.0, 43200.0
"""Seconds of a day, and the fall of a clock time that is taken for midnight."""
SECONDS = {"days": 86400.0, "hours": 3600.0, "minutes": 60.0, "seconds": 1.0}


def elapsed_seconds(texts: Any, label: str) -> Array:
    """Convert ‘hours:minutes:seconds’, with or without days before, to seconds; `texts` is an Arrow array of text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, ELAPSED)
    unread = pc.is_null(parts).to_numpy(zero_copy_only=False) if len(texts) else np.array([], dtype=bool)
    if unread.any():
        row = int(np.argmax(unread))
        written = str(texts[row].as_py())[:40]
        raise UnreadableFile(
            "invalid-clock-time",
            "row {row} of the table: ‘{label}’ is ‘{written}’, not hours:minutes:seconds",
            row=row + 1,
            label=label,
            written=written,
        )
    total = np.zeros(len(texts))
    for name, seconds in SECONDS.items():
        text = pc.struct_field(parts, name)
        text = pc.replace_substring(pc.if_else(pc.equal(text, ""), "0", text), ",", ".")
        total += np.asarray(pc.cast(text, pa.float64())) * seconds
    return total + _of_half_days(total, pc.utf8_upper(pc.struct_field(parts, "half")))


def _of_half_days(seconds: Array, halves: Any) -> Array:
    """Return what to add to times of twice twelve hours, 12:30 AM being half past midnight; zero for others."""
    import pyarrow.compute as pc

    morning, evening = (np.asarray(pc.equal(halves, half)) for half in ("AM", "PM"))
    at_twelve = seconds >= DAY / 2
    return np.where(evening & ~at_twelve, DAY / 2, 0.0) - np.where(morning & at_twelve, DAY / 2, 0.0)


def past_midnight(times: Array, label: str) -> tuple[Array, list[Message]]:
    """Return clock times without days as times that continue over midnight, and a message with the number of midnights.

    A fall of more than 12 h is a midnight. A fall to exactly zero that makes a longer interval than all others is a
    counter that starts again, and is left as it is.

    Parameters
    ----------
    times
        Hours, minutes and seconds as seconds, shape (rows,); with a value of a day or more, they have days already.
    label
        Header of the column.
    """
    steps = np.diff(times)
    falls = steps < -LEAST_FALL
    if not falls.any() or times.max() >= DAY:
        return times, []
    longest = np.abs(steps[~falls]).max(initial=0.0)
    falls &= (times[1:] != 0) | (steps + DAY <= longest)
    if not falls.any():
        return times, []
    first = int(np.argmax(falls))
    message = Message(
        "midnight-passed",
        "‘{label}’ passes midnight {times} times, first in row {row}: the rows after it are on the next day.",
        label=label,
        times=int(falls.sum()),
        row=first + 2,
    )
    return times + DAY * np.concatenate(([0], np.cumsum(falls))), [message]


def is_elapsed(text: str) -> bool:
    """Return True for a clock time such as ‘144:01:18’ or ‘1d 02:03:04.5’."""
    return re.fullmatch(ELAPSED, text) is not None


def spans_seconds(first: str, last: str) -> set[float]:
    """Return the seconds between two date-times: several if day and month are ambiguous."""
    spans = set()
    for form in STAMPS:
        try:
            begin, end = (datetime.strptime(text.strip(), form) for text in (first, last))
        except ValueError:
            continue
        spans.add((end - begin).total_seconds())
    return spans


def parse_date_time(text: str, *, day_first: bool | None = None) -> datetime | None:
    """Return the date and time of a text such as `2021-05-11 15:40:24` or `5/11/2021 3:40:24 PM`, None if it has none.

    It is aware only if the text has an offset. `day_first` is the order the program always writes; if it is None, a
    date such as 5/11/2021, whose day and month cannot be distinguished, gives None.
    """
    text = re.sub(r"(?<=\d)T(?=\d)", " ", text)
    if match := next(filter(None, (form.fullmatch(text) for form in WRITTEN_DATES)), None):
        return _combined((int(match["year"]), _month(match["month"]), int(match["day"])), match)
    match = NUMERIC_DATE.fullmatch(text)
    date = _date(match, day_first) if match else None
    return _combined(date, match) if match and date else None


def is_stamp(cell: str) -> bool:
    """Return True for a date with a time, whatever the order of day and month."""
    return parse_date_time(cell, day_first=True) is not None or parse_date_time(cell, day_first=False) is not None


def date_order(texts: Iterable[str]) -> bool | None:
    """Return True if the day is first in these date-times, False if the month is, None if none of them decides it."""
    for text in texts:
        match = NUMERIC_DATE.fullmatch(text)
        if match and (order := _order(match, None)) is not None and match["first"] != match["second"]:
            return order
    return None


def _combined(date: tuple[int, int, int], match: re.Match[str]) -> datetime | None:
    """Return the date with the clock time of the match; None if there is no such day or time."""
    half, zone = (match["half"] or "").upper(), match["zone"] or ""
    hours, _, rest = match["clock"].partition(":")
    hour = int(hours) % HALF_DAY + (HALF_DAY if half == "PM" else 0) if half else int(hours)
    try:
        day = datetime(*date)
        return datetime.fromisoformat(f"{day:%Y-%m-%d}T{hour:02}:{_as_iso(rest)}{zone}")
    except ValueError:
        return None


def _as_iso(minutes_and_seconds: str) -> str:
    """Return the text with a fraction of three or six digits."""
    whole, point, fraction = minutes_and_seconds.partition(".")
    return f"{whole}.{fraction:0<6}" if point else whole


def _date(match: re.Match[str], day_first: bool | None) -> tuple[int, int, int] | None:
    """Return year, month and day; None if their order is not certain."""
    first, second, third = match["first"], match["second"], match["third"]
    if second.isalpha():
        return _year(third), _month(second), int(first)
    if len(first) == len("2021"):
        return int(first), int(second), int(third)
    is_day_first = _order(match, day_first)
    if is_day_first is None:
        return None
    day, month = (first, second) if is_day_first else (second, first)
    return _year(third), int(month), int(day)


def _order(match: re.Match[str], day_first: bool | None) -> bool | None:
    """Return True if the day is first, False if the month is, None if that is not certain."""
    if day_first is not None or match["mark"] == DAY_FIRST_MARK:
        return match["mark"] == DAY_FIRST_MARK if day_first is None else day_first
    if not match["second"].isdecimal():
        return None
    first, second = int(match["first"]), int(match["second"])
    if first == second or MONTHS_IN_A_YEAR < first <= MOST_DAYS:
        return True
    return False if second > MONTHS_IN_A_YEAR else None


def _month(name: str) -> int:
    """Return the number of a month, 0 if it is none."""
    return MONTHS.index(name[:3].casefold()) + 1 if name[:3].casefold() in MONTHS else 0


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == len("21") else 0)


def start_time_of(header: Mapping[str, str], *, day_first: bool | None) -> tuple[datetime | None, list[Message]]:
    """Return the start time that `started` in the header states, and a message if it has no time zone, or if day and
    month are not certain."""
    text = header.get("started", "").strip()
    start_time = parse_date_time(text, day_first=day_first)
    match = NUMERIC_DATE.fullmatch(text)
    if start_time:
        return start_time, zone_messages(start_time)
    if match is None or _date(match, day_first) is not None:
        return None, []
    return None, [
        Message(
            "start-time-not-used",
            "Start time ‘{written}’ not used: day and month cannot be distinguished.",
            written=text,
        )
    ]


def zone_messages(start_time: datetime) -> list[Message]:
    """Return a message if a start time has no offset from UTC."""
    if start_time.tzinfo is not None:
        return []
    return [
        Message(
            "start-time-without-zone",
            "The file states no time zone for its start time ({started}): it is the local time of the instrument.",
            started=f"{start_time:%Y-%m-%d %H:%M:%S}",
        )
    ]
