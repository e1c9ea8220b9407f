"""The table in a text: its delimiter, the line of its headers, and its rows as cells of text."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registry.contract.reader_support.files.number_table import DELIMITERS
from registry.contract.reader_support.time.clock_times import is_elapsed

MIN_COLUMNS = 2
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class TextLayout:
    """Where the table of a text is."""

    header_line: int
    """Line of the headers, from 1; 0 if the table has none."""
    delimiter: str
    headers: tuple[str, ...]
    """Columns as a column mapping names them: by header, or by position from 0."""
    first_row: int
    """Line of the first row, from 1."""


def detect_layout(lines: Sequence[str]) -> TextLayout | None:
    """Return the layout of the first lines that look like a table of numbers, None if there are none."""
    for index, line in enumerate(lines):
        delimiter = _detect_delimiter(line)
        if not delimiter:
            continue
        row = split_cells(line, delimiter)
        line_above = split_cells(lines[index - 1], delimiter) if index else ()
        has_headers = len(line_above) == len(row) and not any(is_number(cell) for cell in line_above)
        # Duplicate headers do not identify a column, so columns are numbered.
        is_named = has_headers and len(set(line_above)) == len(line_above)
        headers = line_above if is_named else tuple(str(number) for number in range(len(row)))
        return TextLayout(index if is_named else 0, delimiter, headers, index + 1)
    return None


def _detect_delimiter(line: str) -> str:
    """Return the delimiter that splits a line into the largest share of numbers, at least half; empty if none does."""
    shares = {}
    for delimiter in DELIMITERS:
        cells = split_cells(line, delimiter)
        numbers = sum(is_number(cell) for cell in cells)
        if len(cells) >= MIN_COLUMNS and numbers >= MIN_COLUMNS and numbers * 2 >= len(cells):
            shares[delimiter] = numbers / len(cells)
    return max(shares, key=lambda delimiter: shares[delimiter], default="")


def split_cells(line: str, delimiter: str) -> tuple[str, ...]:
    """Return the cells of a line; an empty one that only ends the line is dropped."""
    if delimiter == " ":
        return tuple(line.split())
    cells = tuple(cell.strip().strip('"').strip() for cell in line.split(delimiter))
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def is_number(cell: str) -> bool:
    """Return True for a number with either decimal mark, or a clock time."""
    return bool(NUMBER.fullmatch(cell)) or is_elapsed(cell)
