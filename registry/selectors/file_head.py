"""The first lines and detected columns of a raw text file, to help the user write a column mapping."""

import re
from dataclasses import dataclass

from django.core.files.storage import default_storage

from registry.contract.reader_support.clock_times import is_elapsed
from registry.models import Dataset

MAX_BYTES = 65_536
MAX_LINES = 40
MAX_LINE_LENGTH = 400
DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "spaces"}
"""As written in a column mapping, and in words."""
MIN_COLUMNS = 2
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class FileHead:
    """The first lines of a text file and the column headers detected in them."""

    lines: tuple[str, ...]
    header_line: int = 0
    """Line number of the headers, from 1; 0 if the table has none."""
    delimiter: str = ""
    """Empty if no table was detected."""
    headers: tuple[str, ...] = ()
    """Columns as a column mapping names them: by header, or by column number from 0."""
    first_row: tuple[str, ...] = ()

    @property
    def numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.lines, start=1))

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Each non-empty header with the cell below it in the first row."""
        return [(header, cell) for header, cell in zip(self.headers, self.first_row, strict=True) if header]


def read_file_head(dataset: Dataset) -> FileHead | None:
    """The head of a raw file; None if it is not text or the file is missing."""
    if not default_storage.exists(dataset.raw_file.path):
        return None
    with default_storage.open(dataset.raw_file.path) as stored:
        content = stored.read(MAX_BYTES)
    if b"\0" in content:
        return None
    return _detect_table([line[:MAX_LINE_LENGTH] for line in _decode(content).splitlines()])


def _decode(content: bytes) -> str:
    """Decode as UTF-8, dropping a last character that is cut off, or else as Latin-1."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        is_cut_off = len(content) == MAX_BYTES and error.start > MAX_BYTES - 4
        return content[: error.start].decode("utf-8-sig") if is_cut_off else content.decode("latin-1")


def _detect_table(lines: list[str]) -> FileHead:
    for index, line in enumerate(lines):
        delimiter = _detect_delimiter(line)
        if not delimiter:
            continue
        row = _split_cells(line, delimiter)
        line_above = _split_cells(lines[index - 1], delimiter) if index else ()
        has_headers = len(line_above) == len(row) and not any(_is_number(cell) for cell in line_above)
        # Duplicate headers do not identify a column, so columns are numbered.
        is_named = has_headers and len(set(line_above)) == len(line_above)
        headers = line_above if is_named else tuple(str(number) for number in range(len(row)))
        return FileHead(tuple(lines[:MAX_LINES]), index if is_named else 0, delimiter, headers, row)
    return FileHead(tuple(lines[:MAX_LINES]))


def _detect_delimiter(line: str) -> str:
    """The delimiter that splits a line into the largest share of numbers, at least half; empty if none does."""
    shares = {}
    for delimiter in DELIMITERS:
        cells = _split_cells(line, delimiter)
        numbers = sum(_is_number(cell) for cell in cells)
        if len(cells) >= MIN_COLUMNS and numbers >= MIN_COLUMNS and numbers * 2 >= len(cells):
            shares[delimiter] = numbers / len(cells)
    return max(shares, key=lambda delimiter: shares[delimiter], default="")


def _split_cells(line: str, delimiter: str) -> tuple[str, ...]:
    if delimiter == " ":
        return tuple(line.split())
    cells = tuple(cell.strip().strip('"').strip() for cell in line.split(delimiter))
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell)) or is_elapsed(cell)
