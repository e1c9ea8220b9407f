"""Column mappings: what the columns of a text table are, told apart from the file; registers nothing.

    {"columns": {"test_time": "test_time_second", "current": "Current / mA", "voltage": "voltage_volt"}}
    {"columns": {"0": "frequency_hertz", "1": "Z' / Ohm", "2": "-Z'' / Ohm"}, "delimiter": ","}

A key of `columns` is a column's head as the file has it, or its place from 0 in a table without heads. A value is a
canonical name, or a plain one with its unit. Optional: `header_line` (from 1; of a table without heads, the last line
above the numbers), `delimiter` (`,` `;` tab, or a blank for any run of blanks) and `decimal` (`.` or `,`).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from plugins.readers.column_heads import Head, HeadError, read_head
from plugins.readers.number_table import DELIMITERS, NUMBER, Rows
from plugins.readers.plain_text import Line, beginning, lines, why_not_text
from registry.hookspecs import UnreadableFile

MAPPING_HINT = "or give a column mapping that names them and their units"
KEYS = ("columns", "header_line", "delimiter", "decimal")
LINES_LOOKED_AT = 1000


@dataclass(frozen=True)
class Mapped:
    """A column mapping, checked."""

    heads: Mapping[str, Head]
    header_line: int | None
    delimiters: tuple[str, ...]
    decimals: tuple[str, ...]

    @property
    def by_place(self) -> bool:
        return all(key.isdecimal() for key in self.heads)


def mapped_table(path: Path, mapping: Mapping[str, Any]) -> tuple[Rows, dict[int, Head]]:
    """Return where the rows stand and what the mapped columns are, or raise `UnreadableFile`."""
    content = beginning(path)
    if why := why_not_text(content):
        raise UnreadableFile(why)
    mapped = checked(mapping)
    table = list(islice(lines(content), LINES_LOOKED_AT))
    line, delimiter, labels, after = _by_place(mapped, table) if mapped.by_place else _by_head(mapped, table)
    places = {key: int(key) if mapped.by_place else labels.index(key) for key in mapped.heads}
    outside = [key for key, place in places.items() if place >= len(labels)]
    if outside:
        count = f"line {line + 1} has {len(labels)} columns, counted from 0"
        raise UnreadableFile(f"the column mapping names column {outside[0]}, but {count}")
    rows = Rows(path, after, line, delimiter, labels, quoted=delimiter != " ", decimals=mapped.decimals)
    return rows, {places[key]: head for key, head in mapped.heads.items()}


def checked(mapping: Mapping[str, Any]) -> Mapped:
    """Return what a column mapping says, or raise `UnreadableFile` that names what is wrong with it."""
    unknown = [key for key in mapping if key not in KEYS]
    if unknown:
        raise UnreadableFile(f"the column mapping has an unknown key ‘{unknown[0]}’: there are {', '.join(KEYS)}")
    columns = mapping.get("columns")
    if not isinstance(columns, Mapping) or not columns:
        raise UnreadableFile("the column mapping has no ‘columns’, which say what each column is")
    heads = {}
    for key, name in columns.items():
        if not isinstance(name, str) or not name.strip():
            raise UnreadableFile(f"the column mapping does not say what ‘{key}’ is: name it, or leave it out")
        try:
            head = read_head(name)
        except HeadError as error:
            raise UnreadableFile(f"the column mapping: ‘{name}’ (for ‘{key}’) {error}") from error
        if head is None:
            raise UnreadableFile(f"the column mapping: ‘{name}’ (for ‘{key}’) is not the name of a known column")
        heads[_as_stored(str(key))] = head
    header_line = mapping.get("header_line")
    if header_line is not None and (type(header_line) is not int or header_line < 0):
        raise UnreadableFile(f"the column mapping: the header line ‘{header_line}’ is no line number")
    delimiter = mapping.get("delimiter") or ""
    if delimiter and (not isinstance(delimiter, str) or delimiter not in DELIMITERS):
        raise UnreadableFile(f"the column mapping: a delimiter is a comma, semicolon, tab or blank, not ‘{delimiter}’")
    decimal = mapping.get("decimal") or ""
    if decimal not in ("", ".", ","):
        raise UnreadableFile(f"the column mapping: the decimal mark is . or , and not ‘{decimal}’")
    return Mapped(
        heads, header_line, (delimiter,) if delimiter else tuple(DELIMITERS), (decimal,) if decimal else (".", ",")
    )


def _as_stored(text: str) -> str:
    """Composed and without invisible characters, as a record keeps the mapping: a file's heads may be neither."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFC", visible)


def _parted(text: str, delimiter: str) -> tuple[str, ...]:
    text = _as_stored(text)
    if delimiter == " ":
        return tuple(text.split())
    labels = tuple(label.strip().strip('"').strip() for label in text.split(delimiter))
    return labels[:-1] if len(labels) > 1 and not labels[-1] else labels


def _by_head(mapped: Mapped, table: list[Line]) -> tuple[int, str, tuple[str, ...], int]:
    """Return line, delimiter and labels of the header: the first line that holds all heads of the mapping."""
    best: tuple[int, list[str], int] = (-1, [], 0)
    for line in table:
        if mapped.header_line is not None and line.number != mapped.header_line:
            continue
        for delimiter in mapped.delimiters:
            labels = _parted(line.text, delimiter)
            missing = [key for key in mapped.heads if key not in labels]
            if not missing:
                return line.number, delimiter, labels, line.after
            if len(mapped.heads) - len(missing) > best[0]:
                best = (len(mapped.heads) - len(missing), missing, line.number)
    lacking = ", ".join(f"‘{key}’" for key in best[1]) or f"line {mapped.header_line}, the header line"
    nearest = f" (line {best[2]} comes nearest)" if best[0] > 0 else ""
    raise UnreadableFile(f"the file has no header with the columns of the mapping: missing {lacking}{nearest}")


def _by_place(mapped: Mapped, table: list[Line]) -> tuple[int, str, tuple[str, ...], int]:
    """Return the line above the first row of numbers, its delimiter, and places as labels."""
    wanted = max(int(key) for key in mapped.heads)
    for line in table:
        if line.number <= (mapped.header_line or 0) or not line.text.strip():
            continue
        for delimiter in mapped.delimiters:
            cells = _parted(line.text, delimiter)
            if len(cells) > wanted and all(NUMBER.fullmatch(cells[int(key)].replace(",", ".")) for key in mapped.heads):
                return line.number - 1, delimiter, tuple(str(place) for place in range(len(cells))), line.start
        if mapped.header_line is not None:
            raise UnreadableFile(f"line {line.number} has no numbers in the columns of the mapping: {line.text[:60]!r}")
    raise UnreadableFile(f"no line has numbers in the columns of the mapping (the last is column {wanted}, from 0)")
