"""The time series of Neware's records, of a text export or of a sheet of a workbook.

Current is negative on discharge. Times are clock times, with days or not, date-time stamps, or the numbers Excel makes
of them. Chg. Cap. and DChg. Cap. start again at every step; they are summed. Capacity, where it is the only counter, is
assigned to charge or discharge by the current of its step.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.columns.column_units import TIMES as SECONDS_OF
from registry.contract.reader_support.datasets.cycler_series import series_of
from registry.contract.reader_support.files.number_cells import NUMBER
from registry.contract.reader_support.files.number_table import Rows, read_numbers
from registry.contract.reader_support.neware.neware_counters import (
    UNITS,
    drop_idle_counters,
    sign_by_step_type,
    split_by_direction,
    time_unit,
)
from registry.contract.reader_support.neware.neware_headers import (
    DATES,
    NEEDED,
    STEP_TYPES,
    TIMES,
    column_names,
    decoded_cell,
    names_of,
)
from registry.contract.reader_support.tables.instrument_table import (
    header_facts,
    known_columns,
    read_columns,
    split_header,
    unread_columns,
)
from registry.contract.reader_support.time.clock_changes import without_clock_changes
from registry.contract.reader_support.time.time_columns import (
    MILLISECONDS,
    TimeColumn,
    date_time_of,
    read_stamps,
    read_times,
)

Array = NDArray[np.float64]

TIME = "test_time_second"


def neware_series(rows: Rows, remarks: Sequence[Message] = ()) -> ParsedDataset:
    """Return the time series of a table of records; `remarks` come before its own messages.

    Raises
    ------
    UnreadableFile
        If a needed column is missing or its cells are not numbers, or the unit of a time is neither stated nor decided
        by the charge or the dates.
    """
    labels, written = rows.labels, names_of(rows.labels)
    names, is_unsigned = column_names(labels)
    known = known_columns(labels, names, rows.line, needed=NEEDED)
    times = {TIMES[name]: index for index, name in reversed(list(enumerate(written))) if name in TIMES}
    types = [index for index, name in enumerate(written) if name in STEP_TYPES][:1]
    dates = [index for index, name in enumerate(written) if name in DATES][:1]
    if TIME not in times and not dates:
        raise UnreadableFile(
            "missing-columns",
            "line {header_line_number}: no column for test_time_second (‘Total Time’, ‘Cumulative Time’ or ‘Date’): "
            "export the file again with all columns",
            header_line_number=rows.line,
        )
    columns, numbers, messages = read_columns(rows, known, NEEDED, words=(*times.values(), *dates))
    messages = [*remarks, *messages]
    messages += drop_idle_counters(columns)
    first, last = (_cell(numbers.words[dates[0]], row) for row in (0, -1)) if dates else ("", "")
    for canonical, index in times.items():
        time = read_times(numbers.words[index], labels[index])
        messages += _add_time(columns, canonical, time, labels[index], _duration(first, last))
    if TIME not in times:
        messages += _add_stamps(columns, numbers.words[dates[0]], labels[dates[0]])
    signed: list[Message] = []
    if types and not (columns["current_ampere"] < 0).any():
        # Kinds of steps may be GBK, which is slow to read as text; the files that need them are rare.
        kinds = read_numbers(rows, (), words=types).words[types[0]].to_pylist()
        signed = sign_by_step_type(columns, [decoded_cell(kind) for kind in kinds], labels[types[0]])
    if is_unsigned:
        split_by_direction(columns)
    messages += [*signed, *unread_columns(labels, [*known, *times.values(), *dates, *(types if signed else [])])]
    return series_of(
        columns, header_facts(instrument="Neware", started=_started(first)) | dict(numbers.steps), messages
    )


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
            "‘{column}’ has numbers without a unit, such as {number:g}, and neither the counted charge nor the dates "
            "fit days (as Excel stores times) or seconds: export the file again, with times as hours:minutes:seconds",
            column=label,
            number=time.numbers[-1],
        )
    columns[canonical] = np.round(time.numbers * UNITS[decided], MILLISECONDS)
    return [
        Message(
            "time-unit-from-data",
            "‘{column}’ has numbers without a unit: read as {unit}, consistent with the counted charge or the dates.",
            column=label,
            unit=decided,
        )
    ]


def _add_stamps(columns: dict[str, Array], texts: Any, label: str) -> list[Message]:
    """Add the time since the first date-time, for a table without total time."""
    columns[TIME], messages = without_clock_changes(read_stamps(texts, label), columns.get("step_time_second"))
    return [Message("time-from-stamps", "No total time: counted from the first ‘{column}’.", column=label), *messages]
