"""Text tables (comma, semicolon or tab) whose header row declares names and units.

The technique is decided where the columns decide it: one row per cycle is `cycling`, frequency and impedance are
`eis`. Time, voltage and current fit several techniques; the technique is then empty, meaning "as the measurement
says". The text is read as UTF-8 (with or without byte order mark), and as Latin-1 if it is not UTF-8, so that µ, °
and ² of older programs are read as meant; the numbers are ASCII in either. Decimal commas are read where semicolons
or tabs part the columns. Signs are kept as they are, except that a column -Z'' is turned into Z''.
"""

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plugins.readers.column_heads import Head, HeadError, names_known_column, read_head
from plugins.readers.plain_text import decoded, header_line, why_not_text
from registry.hookspecs import Message, Reader, Recording, UnreadableFile, hookimpl

Array = NDArray[np.float64]

TIME_SERIES = ("test_time_second", "voltage_volt", "current_ampere")
PER_CYCLE = ("cycle_count", "cycle_discharging_capacity_ah")
SPECTRUM = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
TECHNIQUE_OF = {SPECTRUM: "eis", TIME_SERIES: "", PER_CYCLE: "cycling"}
OF_A_CYCLE = {
    "discharging_capacity_ah": "cycle_discharging_capacity_ah",
    "charging_capacity_ah": "cycle_charging_capacity_ah",
}
DELIMITERS = {"\t": "tab", ";": "semicolon", ",": "comma"}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


class CellError(ValueError):
    """A cell holds no number; the text says why."""


@dataclass(frozen=True)
class Header:
    """The header row: what parts the columns, and which of them are known."""

    line: int
    """Line of the file, from 1."""
    delimiter: str
    labels: tuple[str, ...]
    heads: Mapping[int, Head]
    """Known columns by their place, from 0."""
    body_start: int
    """Where in the text the rows begin."""

    def where(self, place: int) -> str:
        return f"column {place + 1} (‘{self.labels[place]}’)"


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose header names known columns, and for a .csv that needs telling what it lacks."""
    is_named_so = Path(name).suffix.casefold() in {".csv", ".tsv"}
    if why_not_text(head):
        return is_named_so
    line = header_line(decoded(head)[0])[0]
    labels = _fields(line, _delimiter(line))
    known = sum(names_known_column(label) for label in labels)
    return known > 1 or (is_named_so and (known == 1 or _is_numeric(labels)))


def read(path: Path) -> tuple[Recording, ...]:
    """Return the one table of the file, in canonical names and units."""
    content = path.read_bytes()
    why = why_not_text(content)
    if why:
        raise UnreadableFile(why)
    text, encoding = decoded(content)
    header = _read_header(text)
    technique = _technique(header)
    numbers, decimal = _numbers(text[header.body_start :], header)
    columns = {head.canonical: head.converted(numbers[place]) for place, head in header.heads.items()}
    if not next(iter(columns.values())).size:
        raise UnreadableFile(f"the file has a header (line {header.line}) but no rows below it")
    described = {"columns": " | ".join(header.labels), "delimiter": DELIMITERS[header.delimiter], "encoding": encoding}
    return (Recording(technique, columns, described, "", _messages(header, decimal, encoding)),)


def _fields(line: str, delimiter: str) -> tuple[str, ...]:
    rows = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
    return tuple(label.strip() for label in next(rows, []))


def _delimiter(line: str) -> str:
    """Return the delimiter that yields most known columns, and of those the one that yields most fields."""

    def merit(delimiter: str) -> tuple[int, int]:
        fields = _fields(line, delimiter)
        return sum(names_known_column(field) for field in fields), len(fields)

    return max(DELIMITERS, key=merit)


def _is_numeric(labels: Sequence[str]) -> bool:
    return any(labels) and all(NUMBER.fullmatch(label.replace(",", ".")) for label in labels if label)


def _read_header(text: str) -> Header:
    line, number, body_start = header_line(text)
    if not line:
        raise UnreadableFile("the file holds no table, only blank lines and comments")
    delimiter = _delimiter(line)
    labels = _fields(line, delimiter)
    if _is_numeric(labels):
        raise UnreadableFile(
            f"line {number} holds numbers where the header should be: add a first row that names the columns and "
            "their units, such as ‘test_time_second,voltage_volt,current_ampere’ or ‘Time / s,Voltage / V,Current / mA’"
        )
    heads: dict[int, Head] = {}
    for place, label in enumerate(labels):
        if label and label in labels[:place]:
            first = labels.index(label) + 1
            raise UnreadableFile(f"line {number}: columns {first} and {place + 1} are both ‘{label}’: rename one")
        try:
            head = read_head(label)
        except HeadError as error:
            raise UnreadableFile(f"line {number}, column {place + 1}: ‘{label}’ {error}") from error
        if head:
            heads[place] = head
    return Header(number, delimiter, labels, _settled(heads, labels, number), body_start)


def _settled(heads: Mapping[int, Head], labels: Sequence[str], line: int) -> dict[int, Head]:
    """Return the heads with each name once; ‘Discharge capacity’ of a table without time is that of a cycle."""
    is_time_series = set(TIME_SERIES) <= {head.canonical for head in heads.values()}
    settled: dict[int, Head] = {}
    taken: dict[str, int] = {}
    for place, head in heads.items():
        per_cycle = OF_A_CYCLE.get(head.canonical)
        if per_cycle and not is_time_series and not head.is_machine_name:
            head = replace(head, canonical=per_cycle)  # noqa: PLW2901 - the same column under its fitting name
        if head.canonical in taken:
            other = taken[head.canonical]
            raise UnreadableFile(
                f"line {line}: columns {other + 1} (‘{labels[other]}’) and {place + 1} (‘{labels[place]}’) are both "
                f"{head.canonical}; remove one, or give it another name"
            )
        taken[head.canonical] = place
        settled[place] = head
    return settled


def _technique(header: Header) -> str:
    """Return the technique the columns decide, or refuse by naming the columns that are missing."""
    have = {head.canonical for head in header.heads.values()}
    for needed, technique in TECHNIQUE_OF.items():
        if have.issuperset(needed):
            return technique
    sets = (TIME_SERIES, PER_CYCLE, SPECTRUM)
    named = [f"({', '.join(needed)})" for needed in sets]
    nearest = max(sets, key=lambda needed: len(have.intersection(needed)) / len(needed))
    missing = ", ".join(name for name in nearest if name not in have) if have else "no known column in the header"
    raise UnreadableFile(
        f"line {header.line}: missing {missing}; a table needs one of these sets of columns: "
        f"{' or '.join(named)}. The header has {', '.join(header.labels)}"
    )


def _numbers(body: str, header: Header) -> tuple[dict[int, Array], str]:
    """Return the known columns by place, and the decimal mark they were written with."""
    encoded = body.encode()
    for decimal in (".",) if header.delimiter == "," else (".", ","):
        found = _read_fast(encoded, header, decimal)
        if found is not None:
            return found, decimal
    return _read_carefully(body, header)


def _read_fast(body: bytes, header: Header, decimal: str) -> dict[int, Array] | None:
    """Return the columns, or None if anything is amiss, for `_read_carefully` to say what and where."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(place) for place in range(len(header.labels))]
    wanted = [str(place) for place in header.heads]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names),
            parse_options=arrow_csv.ParseOptions(delimiter=header.delimiter),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted, column_types=dict.fromkeys(wanted, pa.float64()), decimal_point=decimal
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = {place: table.column(str(place)).to_numpy() for place in header.heads}
    return columns if all(np.isfinite(column).all() for column in columns.values()) else None


def _read_carefully(body: str, header: Header) -> tuple[dict[int, Array], str]:
    """Return what `_read_fast` could not, row by row, or name the line and column that cannot be read."""
    rows = csv.reader(io.StringIO(body, newline=""), delimiter=header.delimiter)
    numbers: dict[int, list[float]] = {place: [] for place in header.heads}
    decimal = ""
    try:
        for row in rows:
            line = header.line + rows.line_num
            if not any(cell.strip() for cell in row) and len(row) <= 1:
                continue
            if len(row) != len(header.labels):
                raise UnreadableFile(_ragged(line, row, header))
            for place, column in numbers.items():
                decimal = decimal or next((mark for mark in row[place] if mark in ".,"), "")
                try:
                    column.append(_number(row[place].strip(), decimal))
                except CellError as error:
                    raise UnreadableFile(f"line {line}, {header.where(place)}: {error}") from error
    except csv.Error as error:
        raise UnreadableFile(f"line {header.line + rows.line_num}: {error}") from error
    return {place: np.array(column) for place, column in numbers.items()}, decimal


def _number(cell: str, decimal: str) -> float:
    mixed = decimal == "," and "." in cell
    plain = cell.replace(",", ".") if decimal == "," else cell
    if not mixed and NUMBER.fullmatch(plain) and math.isfinite(float(plain)):
        return float(plain)
    if not cell:
        raise CellError("the cell is empty; fill it, or remove the row")
    if cell.casefold().strip("+-") in {"nan", "inf", "infinity", "na", "n/a", "null", "none"}:
        raise CellError(f"‘{cell}’ is not a number that can be used; remove the row or give the number")
    marks = f"; other numbers are written with ‘{decimal}’" if {",", "."} & set(cell) - {decimal} and decimal else ""
    raise CellError(f"‘{cell[:40]}’ is not a number{marks}; write it like 0.0125 or 1.25e-2")


def _ragged(line: int, row: Sequence[str], header: Header) -> str:
    fields = "1 field" if len(row) == 1 else f"{len(row)} fields"
    text = f"line {line} has {fields} where the header (line {header.line}) has {len(header.labels)}"
    if header.delimiter == "," and len(row) > len(header.labels):
        return f"{text}: with decimal commas, part the columns by semicolons or tabs"
    return f"{text}: the columns are parted by {DELIMITERS[header.delimiter]}; complete or remove the line"


def _messages(header: Header, decimal: str, encoding: str) -> tuple[Message, ...]:
    texts = [
        f"‘{header.labels[place]}’ was read as {head.canonical}, times {head.factor:g}."
        for place, head in header.heads.items()
        if not head.is_machine_name and head.factor != 1
    ]
    left_out = [label for place, label in enumerate(header.labels) if label and place not in header.heads]
    if left_out:
        texts.append(f"Left out, being unknown: {', '.join(f'‘{label}’' for label in left_out)}.")
    if decimal == ",":
        texts.append("Numbers were read with decimal commas.")
    if encoding != "utf-8":
        texts.append("The text is not UTF-8; it was read as Latin-1.")
    return tuple(Message(text) for text in texts)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the plain text table."""
    return (
        Reader(
            name="declared-csv",
            version="1.0.0",
            title="Text table with declared columns (CSV)",
            recognises=recognises,
            read=read,
        ),
    )
