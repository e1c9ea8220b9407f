"""Tables in the cells of a sheet: where their headers are, and their columns as numbers."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import CodedError
from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import (
    CLOCK_COLUMNS,
    KnownColumn,
    column_named,
    names_known_column,
)
from registry.contract.reader_support.files.grouped_numbers import first_grouped
from registry.contract.reader_support.files.number_cells import CellError, grouped_error, number
from registry.contract.reader_support.files.workbook import cell_text
from registry.contract.reader_support.tables.header_lines import facts_above, with_units
from registry.contract.reader_support.time.clock_times import elapsed_seconds, is_elapsed, is_stamp

Array = NDArray[np.float64]
Cells = Sequence[Sequence[Any]]

FEWEST_KNOWN = 2
FEWEST_NUMBERS = 2
ROWS_BELOW_BLANK = 2
"""Rows of numbers below a blank one that continue a table."""
SHARED = ("frequency_hertz", "angular_frequency_radian_per_second", "test_time_second", "two_theta_degree")
"""Columns that several tables side by side may have once."""
MOST_TABLES = 1000
MOST_ROWS_ABOVE = 1000
SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True)
class SheetTable:
    """A table of a sheet: header, columns and rows."""

    labels: tuple[str, ...]
    first_column: int
    header: int
    """Index of the row of names."""
    begin: int
    """Index of the first row of numbers."""
    end: int
    """Index after the last row: the header of another table ends one, and a blank row without two rows of numbers
    below it in the same columns."""
    title: str = ""
    """Text above the header, if several tables are side by side."""
    shared: int | None = None
    """Column of the sheet that the first label names, if it is that of the first of several tables."""
    blank: frozenset[int] = frozenset()
    """Indices of blank rows within the table."""

    @property
    def rows(self) -> Sequence[int]:
        """Indices of the rows of numbers."""
        rows = range(self.begin, self.end)
        return [row for row in rows if row not in self.blank] if self.blank else rows

    def position(self, index: int) -> int:
        """Return the column of the sheet, from 0, of a column of this table."""
        if self.shared is None:
            return self.first_column + index
        return self.first_column + index - 1 if index else self.shared

    def column(self, cells: Cells, index: int) -> list[Any]:
        """Return the cells of a column, of this table from 0."""
        position = self.position(index)
        return [_cell(cells[row], position) for row in self.rows]


def find_tables(cells: Cells) -> Iterator[SheetTable]:
    """Yield the tables of a sheet: below each other, each with its header, or side by side with repeated headers.

    A header names at least two known columns, above a row of numbers; a row of units may be between them.
    """
    row = last = tables = 0
    while row < len(cells) - 1 and row - last < MOST_ROWS_ABOVE and tables < MOST_TABLES:
        below = _tables_below(cells, row)
        yield from below
        tables += len(below)
        row = max((table.end for table in below), default=row + 1)
        last = row if below else last


def table_at(cells: Cells, labels: tuple[str, ...], begin: int, *, header: int) -> SheetTable:
    """Return the table with these labels for all columns, whose rows begin at `begin`."""
    end, blank = _end(cells, header, begin, 0, len(labels))
    return SheetTable(labels, 0, header, begin, end, blank=blank)


def _tables_below(cells: Cells, row: int) -> list[SheetTable]:
    """Return the tables whose header is a row, none if it is not a header."""
    if sum(isinstance(cell, str) and bool(cell) for cell in cells[row]) < FEWEST_KNOWN:
        return []
    names = [label_text(cell) for cell in cells[row]]
    begin = row + 1
    units = with_units(names, [label_text(cell) for cell in cells[begin]])
    if units and begin + 1 < len(cells):
        names, begin = list(units), begin + 1
    if sum(is_value(cell) for cell in cells[begin]) < FEWEST_NUMBERS:
        return []
    names = [with_clock(name, _cell(cells[begin], index)) for index, name in enumerate(names)]
    if sum(_is_known(name) for name in names) < FEWEST_KNOWN:
        return []
    starts = _starts(names)
    tables: list[SheetTable] = []
    for start, stop in zip(starts, [*starts[1:], len(names)], strict=True):
        labels = tuple(names[start:stop])
        if sum(_is_known(label) for label in labels) < FEWEST_KNOWN:
            continue
        title = _title(cells[row - 1][start:stop]) if len(starts) > 1 and row else ""
        shared = _shared(tables, labels)
        labels = labels if shared is None else (tables[0].labels[shared], *labels)
        position = None if shared is None else tables[0].position(shared)
        end, blank = _end(cells, row, begin, start, stop)
        tables.append(SheetTable(labels, start, row, begin, end, title, position, blank))
    return tables


def _shared(tables: Sequence[SheetTable], labels: Sequence[str]) -> int | None:
    """Return which column of the first table is also that of another without one: its frequency or time."""
    if not tables or any(column_named(label) in SHARED for label in labels):
        return None
    first = tables[0].labels
    return next((index for index, label in enumerate(first) if column_named(label) in SHARED), None)


def _starts(names: Sequence[str]) -> list[int]:
    """Return the columns at which tables begin: the first, and each that repeats a known name of the table before."""
    starts, seen = [0], set[str]()
    for index, name in enumerate(names):
        if name and name in seen and _is_known(name):
            # Columns without a known name between two tables belong to the second, such as its remarks before it.
            starts.append(index)
            seen = set()
        seen.add(name)
    return starts


def _end(cells: Cells, header: int, begin: int, start: int, stop: int) -> tuple[int, frozenset[int]]:
    """Return the index after the last row of a table in these columns, and its blank rows.

    A single row of numbers below a blank one, such as a mean, is not part of the table.
    """
    first, heads = cells[begin][start:stop], list(cells[header][start:stop])
    blank = set[int]()
    row = begin
    while row < len(cells):
        part = cells[row][start:stop]
        if _is_blank(part):
            below = next((index for index in range(row, len(cells)) if not _is_blank(cells[index][start:stop])), row)
            following = [cells[index][start:stop] for index in range(below, min(below + ROWS_BELOW_BLANK, len(cells)))]
            if len(following) < ROWS_BELOW_BLANK or not all(_continues(first, other) for other in following):
                return row, frozenset(blank)
            blank.update(range(row, below))
            row = below
        elif header < begin and list(part) == heads:
            return row, frozenset(blank)
        row += 1
    return len(cells), frozenset(blank)


def _is_blank(cells: Sequence[Any]) -> bool:
    return all(cell in ("", None) for cell in cells)


def _continues(first: Sequence[Any], row: Sequence[Any]) -> bool:
    """Return whether a row has values wherever the first row of a table has them."""
    return all(is_value(_cell(row, index)) for index, cell in enumerate(first) if is_value(cell))


def _title(cells: Sequence[Any]) -> str:
    return next((text for cell in cells if (text := label_text(cell))), "")


def _is_known(name: str) -> bool:
    return bool(name) and (names_known_column(name) or bool(column_named(name)))


def with_clock(name: str, cell: Any) -> str:
    """Return the name of a column of durations as that of clock times; of dates as none, since they are not numbers."""
    if isinstance(cell, date) or (isinstance(cell, str) and is_stamp(cell)):
        return ""
    is_duration = isinstance(cell, timedelta | time) or (isinstance(cell, str) and is_elapsed(cell))
    is_time = is_duration and column_named(name) in CLOCK_COLUMNS and name not in CLOCK_COLUMNS
    return f"{name.partition('/')[0].partition('(')[0].strip()} / clock" if is_time else name


def facts_of(cells: Cells) -> dict[str, str]:
    """Return the names with a value in the rows above the first table of a sheet."""
    header = next((table.header for table in find_tables(cells)), 0)
    return facts_above("\t".join(filter(None, map(label_text, row))) for row in cells[:header])


def number_column(cells: Sequence[Any], decimal: str) -> Array:
    """Return numbers, also those stored as text.

    Raises
    ------
    CellError
        With the `row` of the cell, from 0, as a parameter.
    """
    numbers = np.empty(len(cells))
    grouped = first_grouped([label_text(cell) for cell in cells], decimal) if _are_texts(cells) else None
    if grouped is not None:
        error = grouped_error(label_text(cells[grouped]))
        error.parameters["row"] = grouped
        raise error
    for row, cell in enumerate(cells):
        if isinstance(cell, int | float) and not isinstance(cell, bool) and math.isfinite(cell):
            numbers[row] = cell
            continue
        try:
            numbers[row] = number(label_text(cell), decimal)
        except CellError as error:
            error.parameters["row"] = row
            raise
    return numbers


def _are_texts(cells: Sequence[Any]) -> bool:
    return bool(cells) and all(isinstance(cell, str) for cell in cells)


def clock_column(cells: Sequence[Any], label: str) -> Array:
    """Return durations in seconds: clock times as text, durations, or fractions of a day as numbers."""
    import pyarrow as pa

    texts = pa.array([_clock_text(cell) for cell in cells], pa.string())
    return elapsed_seconds(texts, label)


def _clock_text(cell: Any) -> str:
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return label_text(timedelta(days=cell) if is_number else cell)


def stamp_column(cells: Cells, table: SheetTable) -> list[datetime] | None:
    """Return the dates and times of the first column that has only these, None if there is none.

    A workbook has a date and time at midnight as a date.
    """
    for index in range(len(table.labels)):
        if isinstance(_cell(cells[table.begin], table.position(index)), date):
            column = table.column(cells, index)
            if all(isinstance(cell, date) for cell in column) and any(isinstance(cell, datetime) for cell in column):
                return [cell if isinstance(cell, datetime) else datetime.combine(cell, time()) for cell in column]
    return None


def text_stamps(cells: Cells, table: SheetTable) -> tuple[Any, str] | None:
    """Return the Arrow array of the first column that begins with a date and time stored as text, and its label; None
    if there is none."""
    import pyarrow as pa

    for index, label in enumerate(table.labels):
        cell = _cell(cells[table.begin], table.position(index))
        if isinstance(cell, str) and is_stamp(cell):
            return pa.array([label_text(text) for text in table.column(cells, index)], pa.string()), label
    return None


def decimal_mark(columns: Sequence[Sequence[Any]]) -> str:
    """Return the decimal mark of numbers stored as text: a comma if one has it and none has a point."""
    texts = [cell for column in columns for cell in column if isinstance(cell, str)]
    return "," if any("," in text for text in texts) and not any("." in text for text in texts) else "."


def table_columns(
    cells: Cells, table: SheetTable, headers: Mapping[int, KnownColumn], optional: set[int], first_row: int
) -> tuple[dict[str, Array], str]:
    """Return the known columns in canonical names and units, and the decimal mark of numbers stored as text, if any.

    Raises
    ------
    UnreadableFile
        For a cell that is not a number, in a column that is not optional; `first_row` is the number of the first row
        of the sheet.
    """
    raw = {index: table.column(cells, index) for index in headers}
    has_text = any(isinstance(cell, str) and cell for index in headers for cell in raw[index])
    decimal = decimal_mark([raw[index] for index, head in headers.items() if not head.is_clock])
    columns = {}
    for index, head in headers.items():
        try:
            columns[head.canonical] = (
                clock_column(raw[index], table.labels[index])
                if head.is_clock
                else head.converted(number_column(raw[index], decimal))
            )
        except CellError as error:
            if index in optional:
                continue
            raise UnreadableFile(
                "cell-not-a-number",
                "row {row}, column {column} (‘{header}’): {error}",
                row=first_row + table.rows[error.parameters["row"]],
                column=table.position(index) + 1,
                header=table.labels[index],
                error=_without_row(error),
            ) from error
    return columns, decimal if has_text else ""


def _without_row(error: CellError) -> CodedError:
    error.parameters.pop("row")
    return error


def is_value(cell: Any) -> bool:
    """Return True for a number, also as text, a duration or a date."""
    if isinstance(cell, bool):
        return False
    if isinstance(cell, int | float | date | time | timedelta):
        return True
    try:
        number(label_text(cell), "," if "," in label_text(cell) else ".")
    except CellError:
        return is_elapsed(label_text(cell))
    return True


def _cell(row: Sequence[Any], index: int) -> Any:
    return row[index] if index < len(row) else ""


def label_text(cell: Any) -> str:
    """Return what a cell says, without line breaks."""
    return " ".join(cell_text(cell).split())
