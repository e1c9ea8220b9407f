"""How a raw text file begins, for whoever is to say what its columns are."""

import re
from dataclasses import dataclass

from django.core.files.storage import default_storage

from registry.models import Dataset

LOOKED_AT = 65_536
LINES = 40
LONGEST_LINE = 400
DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma", " ": "blanks"}
"""As a column mapping writes them, and in words."""
FEWEST_COLUMNS = 2
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class FileHead:
    """The first lines of a text, and what looks like the heads of the table in it."""

    lines: tuple[str, ...]
    header_line: int = 0
    """Line of the heads, from 1; 0 if the table has none."""
    delimiter: str = ""
    """Empty if no table is seen."""
    heads: tuple[str, ...] = ()
    """As a column mapping names the columns: by their heads, or by their places from 0."""
    first_row: tuple[str, ...] = ()

    @property
    def numbered(self) -> list[tuple[int, str]]:
        return list(enumerate(self.lines, start=1))

    @property
    def columns(self) -> list[tuple[str, str]]:
        """Each head that can be named, with what stands below it in the first row."""
        return [(head, cell) for head, cell in zip(self.heads, self.first_row, strict=True) if head]


def read_file_head(dataset: Dataset) -> FileHead | None:
    """The beginning of a raw file; None if it is not text, or its bytes are missing."""
    if not default_storage.exists(dataset.raw_file.path):
        return None
    with default_storage.open(dataset.raw_file.path) as stored:
        content = stored.read(LOOKED_AT)
    if b"\0" in content:
        return None
    return _seen([line[:LONGEST_LINE] for line in _text(content).splitlines()])


def _text(content: bytes) -> str:
    """UTF-8, of which the last character may be cut, or else Latin-1."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = len(content) == LOOKED_AT and error.start > LOOKED_AT - 4
        return content[: error.start].decode("utf-8-sig") if cut else content.decode("latin-1")


def _seen(lines: list[str]) -> FileHead:
    for place, line in enumerate(lines):
        delimiter = _delimiter(line)
        if not delimiter:
            continue
        row = _cells(line, delimiter)
        above = _cells(lines[place - 1], delimiter) if place else ()
        has_heads = len(above) == len(row) and not any(_is_number(cell) for cell in above)
        # Heads that occur twice name no column, so its place does.
        named = has_heads and len(set(above)) == len(above)
        heads = above if named else tuple(str(number) for number in range(len(row)))
        return FileHead(tuple(lines[:LINES]), place if named else 0, delimiter, heads, row)
    return FileHead(tuple(lines[:LINES]))


def _delimiter(line: str) -> str:
    """What parts a line into numbers, all of them or at least half; empty if nothing does."""
    shares = {}
    for delimiter in DELIMITERS:
        cells = _cells(line, delimiter)
        numbers = sum(_is_number(cell) for cell in cells)
        if len(cells) >= FEWEST_COLUMNS and numbers >= FEWEST_COLUMNS and numbers * 2 >= len(cells):
            shares[delimiter] = numbers / len(cells)
    return max(shares, key=lambda delimiter: shares[delimiter], default="")


def _cells(line: str, delimiter: str) -> tuple[str, ...]:
    if delimiter == " ":
        return tuple(line.split())
    cells = tuple(cell.strip().strip('"').strip() for cell in line.split(delimiter))
    return cells[:-1] if len(cells) > 1 and not cells[-1] else cells


def _is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell))
