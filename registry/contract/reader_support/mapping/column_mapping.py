"""Column mappings: the meaning of the columns of a text table, entered by a user.

    {"columns": {"test_time": "test_time_second", "current": "Current / mA", "voltage": "voltage_volt"}}
    {"columns": {"0": "frequency_hertz", "1": "Z' / Ohm", "2": "-Z'' / Ohm"}, "delimiter": ","}

    {"columns": {"I": {"name": "Current / mA", "any of": ["Strom", "Current"]}, "t": "Time / h", "U": "Voltage / V"}}

A key of `columns` is a column's header as in the file, or its position from 0 in a table without headers. A value is a
canonical name, or a plain one with its unit; a minus turns the sign, `-Current / A`, for an instrument that writes a
discharge as positive, or `-Z'' / Ohm`. As an object, a value has that `name`, and further headers in `any of`: the
first of key and headers that the file has is read. `Test time / clock` is a column of clock times,
hours:minutes:seconds with or without days before them (`144:01:18`, `1d 02:03:04.5`).

Optional: `header_line` (from 1; without headers, the last line above the numbers), `delimiter` (`,` `;` tab, or a space
for any run of spaces) and `decimal` (`.` or `,`).
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from analyses.coded_text import Listed
from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn, parse_header
from registry.contract.reader_support.columns.column_units import HeaderError
from registry.contract.reader_support.files.number_cells import NUMBER
from registry.contract.reader_support.files.number_table import DELIMITERS, Rows
from registry.contract.reader_support.files.plain_text import Line, file_head, lines, text_problem
from registry.contract.reader_support.time.clock_times import is_elapsed

MAPPING_HINT = "or use a column mapping"
NAME, ANY_OF = "name", "any of"
KEYS = ("columns", "header_line", "delimiter", "decimal")
MAX_HEADER_LINES = 1000


@dataclass(frozen=True)
class ColumnMapping:
    """A column mapping, checked."""

    headers: Mapping[str, KnownColumn]
    alternatives: Mapping[str, tuple[str, ...]]
    """The headers of each column in order of preference, its key first."""
    header_line: int | None
    delimiters: tuple[str, ...]
    decimals: tuple[str, ...]

    @property
    def by_position(self) -> bool:
        """Return True if the keys are positions."""
        return all(key.isdecimal() and len(self.alternatives[key]) == 1 for key in self.headers)


def open_mapped(path: Path, mapping: Mapping[str, Any]) -> tuple[Rows, dict[int, KnownColumn]]:
    """Return the location of the rows and the meaning of the mapped columns, or raise `UnreadableFile`."""
    content = file_head(path)
    if problem := text_problem(content):
        raise UnreadableFile.of(problem)
    mapped = parse_mapping(mapping)
    table = list(islice(lines(content), MAX_HEADER_LINES))
    line, delimiter, labels, after = (
        _find_by_position(mapped, table) if mapped.by_position else _find_by_header(mapped, table)
    )
    indices = {
        key: int(key) if mapped.by_position else labels.index(_named(mapped, key, labels)) for key in mapped.headers
    }
    outside = [key for key, index in indices.items() if index >= len(labels)]
    if outside:
        raise UnreadableFile(
            "invalid-column-mapping",
            "the column mapping has column {column}, but line {line} has {columns} columns, counted from 0",
            column=outside[0],
            line=line + 1,
            columns=len(labels),
        )
    rows = Rows(path, after, line, delimiter, labels, quoted=delimiter != " ", decimals=mapped.decimals)
    return rows, {indices[key]: head for key, head in mapped.headers.items()}


def parse_mapping(mapping: Mapping[str, Any]) -> ColumnMapping:
    """Return the checked column mapping, or raise `UnreadableFile` with what is wrong."""
    unknown = [key for key in mapping if key not in KEYS]
    if unknown:
        raise UnreadableFile(
            "invalid-column-mapping",
            "the column mapping has an unknown key ‘{unknown}’: use {keys}",
            unknown=unknown[0],
            keys=", ".join(KEYS),
        )
    columns = mapping.get("columns")
    if not isinstance(columns, Mapping) or not columns:
        raise UnreadableFile(
            "invalid-column-mapping", "the column mapping has no ‘columns’: state the meaning of each column"
        )
    headers, alternatives = {}, {}
    for key, value in columns.items():
        name, others = _name_and_headers(key, value)
        if not isinstance(name, str) or not name.strip():
            raise UnreadableFile(
                "invalid-column-mapping",
                "the column mapping has no name for ‘{key}’: enter one, or leave the column out",
                key=key,
            )
        try:
            head = parse_header(name)
        except HeaderError as error:
            raise UnreadableFile(
                "invalid-column-mapping",
                "the column mapping: ‘{name}’ (for ‘{key}’) {error}",
                name=name,
                key=key,
                error=error,
            ) from error
        if head is None:
            raise UnreadableFile(
                "invalid-column-mapping",
                "the column mapping: ‘{name}’ (for ‘{key}’) is not a known column",
                name=name,
                key=key,
            )
        stored = _as_stored(str(key))
        headers[stored] = head
        alternatives[stored] = (stored, *(_as_stored(other) for other in others))
    header_line = mapping.get("header_line")
    if header_line is not None and (type(header_line) is not int or header_line < 0):
        raise UnreadableFile(
            "invalid-column-mapping",
            "the column mapping: the header line ‘{header_line}’ is not a line number",
            header_line=header_line,
        )
    delimiter = mapping.get("delimiter") or ""
    if delimiter and (not isinstance(delimiter, str) or delimiter not in DELIMITERS):
        raise UnreadableFile(
            "invalid-column-mapping",
            "the column mapping: the delimiter must be a comma, semicolon, tab or space, not ‘{delimiter}’",
            delimiter=delimiter,
        )
    decimal = mapping.get("decimal") or ""
    if decimal not in ("", ".", ","):
        raise UnreadableFile(
            "invalid-column-mapping",
            "the column mapping: the decimal mark must be . or , not ‘{decimal}’",
            decimal=decimal,
        )
    return ColumnMapping(
        headers,
        alternatives,
        header_line,
        (delimiter,) if delimiter else tuple(DELIMITERS),
        (decimal,) if decimal else (".", ","),
    )


def _name_and_headers(key: Any, value: Any) -> tuple[Any, tuple[str, ...]]:
    """Return the name of a column, and the further headers that it may have."""
    if not isinstance(value, Mapping):
        return value, ()
    others = value.get(ANY_OF, [])
    if set(value) - {NAME, ANY_OF} or not isinstance(others, list) or not all(isinstance(item, str) for item in others):
        raise UnreadableFile(
            "invalid-column-mapping",
            "the column mapping: the entry of ‘{key}’ must be a name, or an object with ‘name’ and a list ‘any of’",
            key=key,
        )
    return value.get(NAME), tuple(others)


def _named(mapped: ColumnMapping, key: str, labels: tuple[str, ...]) -> str:
    """Return the first of the headers of a column that the labels have, empty if none."""
    return next((header for header in mapped.alternatives[key] if header in labels), "")


def _as_stored(text: str) -> str:
    """Return text composed (NFC) and without invisible characters, as records store it; headers of files may differ."""
    visible = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFC", visible)


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    text = _as_stored(text)
    if delimiter == " ":
        return tuple(text.split())
    labels = tuple(label.strip().strip('"').strip() for label in text.split(delimiter))
    return labels[:-1] if len(labels) > 1 and not labels[-1] else labels


def _find_by_header(mapped: ColumnMapping, table: list[Line]) -> tuple[int, str, tuple[str, ...], int]:
    """Return line, delimiter and labels of the header: the first line with all headers of the mapping."""
    best: tuple[int, list[str], int] = (-1, [], 0)
    for line in table:
        if mapped.header_line is not None and line.number != mapped.header_line:
            continue
        for delimiter in mapped.delimiters:
            labels = _split(line.text, delimiter)
            missing = [key for key in mapped.headers if not _named(mapped, key, labels)]
            if not missing:
                return line.number, delimiter, labels, line.after
            if len(mapped.headers) - len(missing) > best[0]:
                best = (len(mapped.headers) - len(missing), missing, line.number)
    if not best[1]:
        raise UnreadableFile(
            "header-line-missing",
            "no header line with the columns of the mapping: the file has no line {header_line}",
            header_line=mapped.header_line,
        )
    raise UnreadableFile(
        "no-column-names",
        "no header line with the columns of the mapping: missing {missing} (closest: line {line})",
        missing=Listed(f"‘{key}’" for key in best[1]),
        line=best[2],
    )


def _holds(head: KnownColumn, cell: str) -> bool:
    """Return True if the cell is what its column holds: a number, or a clock time."""
    return is_elapsed(cell) if head.is_clock else NUMBER.fullmatch(cell.replace(",", ".")) is not None


def _find_by_position(mapped: ColumnMapping, table: list[Line]) -> tuple[int, str, tuple[str, ...], int]:
    """Return the line above the first row of numbers, its delimiter, and positions as labels."""
    last_column = max(int(key) for key in mapped.headers)
    for line in table:
        if line.number <= (mapped.header_line or 0) or not line.text.strip():
            continue
        for delimiter in mapped.delimiters:
            cells = _split(line.text, delimiter)
            if len(cells) > last_column and all(_holds(head, cells[int(key)]) for key, head in mapped.headers.items()):
                return line.number - 1, delimiter, tuple(str(index) for index in range(len(cells))), line.start
        if mapped.header_line is not None:
            raise UnreadableFile(
                "no-rows",
                "line {line_number} has no numbers in the columns of the mapping: {line_text!r}",
                line_number=line.number,
                line_text=line.text[:60],
            )
    raise UnreadableFile(
        "no-rows",
        "no line has numbers in the columns of the mapping (the last is column {last_column}, counted from 0)",
        last_column=last_column,
    )
