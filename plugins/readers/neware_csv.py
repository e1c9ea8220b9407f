"""Neware CSV as BTSDA exports it, with headers in English or Chinese, in UTF-8 or GBK.

Either one row a record, or nested: rows of cycles, of their steps and of the records of each step in one table, each
with its own header. Current is negative on discharge. Times are clock times, with days or not, date-time stamps, or
the numbers Excel makes of them. Chg. Cap. and DChg. Cap. start again at every step; they are summed. Capacity, where it
is the only counter, is assigned to charge or discharge by the current of its step.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader_support.clock_changes import without_clock_changes
from registry.contract.reader_support.column_units import TIMES as SECONDS_OF
from registry.contract.reader_support.cycler_series import series_of
from registry.contract.reader_support.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    split_header,
    unread_columns,
)
from registry.contract.reader_support.nested_table import NestedHeader, nested_header, write_records
from registry.contract.reader_support.neware_counters import UNITS, drop_idle_counters, split_by_direction, time_unit
from registry.contract.reader_support.neware_headers import (
    CYCLES,
    DATES,
    NEEDED,
    STEPS,
    TIMES,
    column_names,
    decoded_header,
    is_outer_header,
    is_record_header,
    names_of,
)
from registry.contract.reader_support.number_table import NUMBER, Rows
from registry.contract.reader_support.plain_text import Line, file_head, lines
from registry.contract.reader_support.time_columns import (
    MILLISECONDS,
    TimeColumn,
    date_time_of,
    read_stamps,
    read_times,
)
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

Array = NDArray[np.float64]

LEVELS = 3
"""Cycles, steps and records."""
TIME = "test_time_second"


@dataclass(frozen=True)
class Header:
    """The header of the records, and of the levels above them if the table is nested."""

    rows: Rows
    encoding: str
    nested: NestedHeader | None = None


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose first lines have the headers of a Neware export."""
    texts = [decoded_header(head[line.start : line.after])[0].rstrip("\r\n") for line in islice(lines(head), LEVELS)]
    if not texts:
        return False
    nested = nested_header(texts, _delimiter(texts[0]))
    if nested is not None:
        return is_outer_header(*nested.levels[:2])
    return is_record_header(_labels(texts[0], _delimiter(texts[0])))


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one time series of the file."""
    header = _read_header(path)
    if header.nested is None:
        return (_series(header.rows, header.encoding),)
    with tempfile.TemporaryDirectory() as directory:
        rows = write_records(header.rows, header.nested, _inherited(header.nested), Path(directory) / "records.csv")
        return (_series(rows, header.encoding),)


def _delimiter(text: str) -> str:
    return next((mark for mark in text if mark in ",;\t"), ",")


def _labels(text: str, delimiter: str) -> tuple[str, ...]:
    return tuple(label.strip().strip('"') for label in text.split(delimiter))


def _read_header(path: Path) -> Header:
    content = file_head(path)
    first_lines = list(islice(lines(content), LEVELS))
    if not first_lines:
        raise UnreadableFile("empty-file", "the file is empty (0 bytes): export it again")
    decoded = [decoded_header(content[line.start : line.after]) for line in first_lines]
    encoding = next((encoding for _, encoding in decoded if encoding != "utf-8"), "utf-8")
    texts = [text.rstrip("\r\n") for text, _ in decoded]
    delimiter = _delimiter(texts[0])
    nested = nested_header(texts, delimiter)
    if nested is None:
        return Header(_rows(path, first_lines[0], delimiter, _labels(texts[0], delimiter)), encoding)
    if len(nested.levels) < LEVELS or not is_record_header([*nested.levels[-1], *nested.levels[0]]):
        raise UnreadableFile(
            "no-records",
            "line {line}: the export has rows of cycles and steps, but no header of records (‘DataPoint’): export the "
            "file again with the records",
            line=len(nested.levels),
        )
    return Header(_rows(path, first_lines[-1], delimiter, nested.levels[-1]), encoding, nested)


def _rows(path: Path, line: Line, delimiter: str, labels: tuple[str, ...]) -> Rows:
    return Rows(path, line.after, line.number, delimiter, labels, quoted=True)


def _inherited(nested: NestedHeader) -> list[tuple[int, int]]:
    """Return level and index of the cycle and step numbers of the outer rows."""
    return [
        (level, index)
        for level, names in enumerate((CYCLES, STEPS))
        for index, name in enumerate(names_of(nested.levels[level]))
        if name in names
    ]


def _series(rows: Rows, encoding: str) -> ParsedDataset:
    """Return the time series of a table of records."""
    labels, written = rows.labels, names_of(rows.labels)
    names, is_unsigned = column_names(labels)
    known = known_columns(labels, names, rows.line, needed=NEEDED)
    times = {TIMES[name]: index for index, name in reversed(list(enumerate(written))) if name in TIMES}
    dates = [index for index, name in enumerate(written) if name in DATES][:1]
    if TIME not in times and not dates:
        raise UnreadableFile(
            "missing-columns",
            "line {header_line_number}: no column for test_time_second (‘Total Time’, ‘Cumulative Time’ or ‘Date’): "
            "export the file again with all columns",
            header_line_number=rows.line,
        )
    columns, numbers, messages = read_columns(rows, known, NEEDED, words=(*times.values(), *dates))
    if encoding == "gbk":
        messages.insert(0, Message("read-as-gbk", "Not UTF-8: read as GBK."))
    messages += drop_idle_counters(columns)
    first, last = (_cell(numbers.words[dates[0]], row) for row in (0, -1)) if dates else ("", "")
    for canonical, index in times.items():
        time = read_times(numbers.words[index], labels[index])
        messages += _add_time(columns, canonical, time, labels[index], _duration(first, last))
    if TIME not in times:
        messages += _add_stamps(columns, numbers.words[dates[0]], labels[dates[0]])
    if is_unsigned:
        split_by_direction(columns)
    messages += unread_columns(labels, [*known, *times.values(), *dates])
    return series_of(columns, header_facts(instrument="Neware", started=_started(first)), messages)


def _cell(texts: Any, row: int) -> str:
    return str(texts[row].as_py()).strip()


def _duration(first: str, last: str) -> float | None:
    """Return the time between two date-times in s, None if one of them is not certain."""
    begin, end = date_time_of(first), date_time_of(last)
    return (end - begin).total_seconds() if begin and end else None


def _started(first: str) -> str:
    """Return the first date-time; a number of Excel as a date and time."""
    stamp = date_time_of(first) if NUMBER.fullmatch(first) else None
    return f"{stamp:%Y-%m-%d %H:%M:%S}" if stamp else first


def _add_time(
    columns: dict[str, Array], canonical: str, time: TimeColumn, label: str, duration_s: float | None
) -> list[Message]:
    """Add a column of times in seconds, and return a message if their unit was found from the data."""
    if time.form != "number":
        columns[canonical], messages = without_clock_changes(time)
        return messages
    unit = split_header(label)[1]
    if unit in SECONDS_OF:
        columns[canonical] = time.numbers * SECONDS_OF[unit]
        return []
    decided = time_unit(time.numbers, columns, duration_s)
    if not decided:
        raise UnreadableFile(
            "time-unit-unknown",
            "‘{column}’ has numbers without a unit, such as {number:g}, and neither the charge counted nor the dates "
            "fit days (as Excel writes times) or seconds: export the file again, with times as hours:minutes:seconds",
            column=label,
            number=time.numbers[-1],
        )
    columns[canonical] = np.round(time.numbers * UNITS[decided], MILLISECONDS)
    return [
        Message(
            "time-unit-from-data",
            "‘{column}’ has numbers without a unit: read as {unit}, which the charge counted, or the dates, confirm.",
            column=label,
            unit=decided,
        )
    ]


def _add_stamps(columns: dict[str, Array], texts: Any, label: str) -> list[Message]:
    """Add the time since the first date-time, for a table without total time."""
    columns[TIME], messages = without_clock_changes(read_stamps(texts, label), columns.get("step_time_second"))
    return [Message("time-from-stamps", "No total time: counted from the first ‘{column}’.", column=label), *messages]


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the CSV exports of Neware."""
    return (Reader(name="neware-csv", version="1.3.0", title="Neware CSV (BTSDA)", recognises=recognises, read=read),)
