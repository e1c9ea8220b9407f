"""Text tables (comma, semicolon or tab) whose header row declares names and units.

The header is the first line, or, if that names no two known columns, the first line that does above a row of numbers.

The technique is decided where the columns decide it: one row per cycle is `cycling`, frequency and impedance are
`eis`, time and stack pressure `pressure`, an angle and counts `xrd`, and columns that only one technique of a plugin
declares, under exactly these names, that technique. Time, voltage and current fit several techniques;
the technique is then empty, meaning "as the measurement says". The text is read as UTF-8 (with or without byte order
mark), and as Latin-1 if it is not UTF-8, so that µ, ° and ² of older programs are read as meant; the numbers are ASCII
in either. Decimal commas are read where semicolons or tabs separate the columns. Signs are kept as they are, except
that a column -Z'' is turned into Z''. Times may be clock times (‘Test time / clock’, ‘Time (hh:mm:ss)’). Counters of
charge and energy that are reset within a time series are summed.

`read_mapped` reads a table without usable column headers by a column mapping; `check_mapping` checks such a mapping
without a file.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from registry.contract.declared_columns import declared_columns, declared_tables
from registry.contract.reader_support.clock_times import elapsed_seconds
from registry.contract.reader_support.column_headers import (
    COLUMNS,
    HeaderError,
    KnownColumn,
    names_known_column,
    parse_header,
)
from registry.contract.reader_support.column_mapping import MAPPING_HINT, open_mapped, parse_mapping
from registry.contract.reader_support.cycler_series import series_warnings, sum_counters
from registry.contract.reader_support.instrument_table import unread_columns
from registry.contract.reader_support.number_table import DELIMITERS, NUMBER, Rows, read_numbers
from registry.contract.reader_support.plain_text import Line, decoded, file_head, first_line, lines, text_problem
from registry.contract.reader_support.spectrum import spectrum_datasets
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

TIME_SERIES = ("test_time_second", "voltage_volt", "current_ampere")
PER_CYCLE = ("cycle_count", "cycle_discharging_capacity_ah")
SPECIFIC_PER_CYCLE = ("cycle_count", "cycle_discharging_specific_capacity_ah_per_gram")
AREAL_PER_CYCLE = ("cycle_count", "cycle_discharging_areal_capacity_ah_per_square_centimetre")
SPECIFIC_CURRENT = ("test_time_second", "voltage_volt", "specific_current_ampere_per_gram")
CURRENT_DENSITY = ("test_time_second", "voltage_volt", "current_density_ampere_per_square_centimetre")
SERIES = (TIME_SERIES, SPECIFIC_CURRENT, CURRENT_DENSITY)
"""Columns of a time series, whose current may be per mass or area."""
SPECTRUM = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
PRESSURE = ("test_time_second", "stack_pressure_megapascal")
DIFFRACTOGRAM = ("two_theta_degree", "intensity_count")
COUNT_RATE = ("two_theta_degree", "intensity_count_per_second")
IN_WORDS = {
    TIME_SERIES: "time, voltage and current",
    PER_CYCLE: "cycle number and discharge capacity",
    SPECTRUM: "frequency and the two parts of the impedance",
    PRESSURE: "time and stack pressure",
    DIFFRACTOGRAM: "diffraction angle and intensity",
}
TECHNIQUE_OF = {
    SPECTRUM: "eis",
    TIME_SERIES: "",
    PER_CYCLE: "cycling",
    SPECIFIC_PER_CYCLE: "cycling",
    AREAL_PER_CYCLE: "cycling",
    SPECIFIC_CURRENT: "cycling",
    CURRENT_DENSITY: "",
    PRESSURE: "pressure",
    DIFFRACTOGRAM: "xrd",
    COUNT_RATE: "xrd",
}
OF_A_CYCLE = {
    "discharging_capacity_ah": "cycle_discharging_capacity_ah",
    "charging_capacity_ah": "cycle_charging_capacity_ah",
}
PER_CYCLE_ONLY = frozenset(
    name for name in COLUMNS if name.startswith("cycle_") and name.endswith(("_per_gram", "_per_square_centimetre"))
)
"""Columns per mass or area of a table of one row per cycle; a time series has its current for them."""
LONGEST_HEADER = 300
FEWEST_KNOWN = 2
"""Known columns that a line must name to be a header, and numbers in the row below it."""
MOST_LINES_ABOVE = 200
OF_A_HEADER = ("\t", ";", ",")


@dataclass(frozen=True)
class Header:
    """The column header: the known columns by index from 0, and the position of the data rows."""

    rows: Rows
    headers: Mapping[int, KnownColumn]
    encoding: str = "utf-8"
    has_lines_above: bool = False


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose header names known columns, and for a .csv or .txt to say what it lacks."""
    suffix = Path(name).suffix.casefold()
    if text_problem(head):
        return suffix in {".csv", ".tsv"}
    line = first_line(head)
    return suffix in {".csv", ".tsv", ".txt"} or (line is not None and _known_names(line) >= FEWEST_KNOWN)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the one table of the file, in canonical names and units."""
    return _datasets(_read_header(path))


def read_mapped(path: Path, mapping: Mapping[str, Any]) -> tuple[ParsedDataset, ...]:
    """Return the one table of the file, with the columns, line and delimiter that a column mapping gives."""
    rows, headers = open_mapped(path, mapping)
    return _datasets(Header(rows, _settled(headers, rows.labels, f"line {rows.line}")))


def check_mapping(mapping: Mapping[str, Any]) -> None:
    """Raise `UnreadableFile` unless the mapping names known columns, each once, that make a table together."""
    headers, where = parse_mapping(mapping).headers, "the column mapping"
    settled = _settled(dict(enumerate(headers.values())), list(headers), where)
    _technique(settled, where, "it gives", ", ".join(head.canonical for head in settled.values()))


def _datasets(header: Header) -> tuple[ParsedDataset, ...]:
    rows = header.rows
    shown = ", ".join(label for label in rows.labels if label)[:LONGEST_HEADER]
    technique = _technique(header.headers, f"line {rows.line}", "the header has", shown)
    clocks = tuple(index for index, head in header.headers.items() if head.is_clock)
    numbers = read_numbers(rows, tuple(index for index in header.headers if index not in clocks), words=clocks)
    columns = {
        head.canonical: elapsed_seconds(numbers.words.pop(index), rows.labels[index])
        if head.is_clock
        else head.converted(numbers.columns.pop(index))
        for index, head in header.headers.items()
    }
    if not next(iter(columns.values())).size:
        raise UnreadableFile("no-rows", "no rows below the header (line {line})", line=rows.line)
    header_facts = {
        "columns": " | ".join(rows.labels),
        "delimiter": DELIMITERS[rows.delimiter],
        "encoding": header.encoding,
    }
    messages = _messages(header, numbers.decimal)
    if any(set(columns) >= set(names) for names in SERIES):
        messages += [*sum_counters(columns), *series_warnings(columns)]
    if technique == "eis":
        return spectrum_datasets(columns, header_facts, messages)
    return (ParsedDataset(technique, columns, header_facts, "", tuple(messages)),)


def _fields(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        rows = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
        return tuple(label.strip() for label in next(rows, []))
    except csv.Error:
        return ()


def _delimiter(line: str) -> str:
    """Return the delimiter that yields most known columns, and of those the one that yields most fields."""

    def merit(delimiter: str) -> tuple[int, int]:
        fields = _fields(line, delimiter)
        return sum(names_known_column(field) for field in fields), len(fields)

    return max(OF_A_HEADER, key=merit)


def _known_names(line: Line) -> int:
    """Return how many known columns a line names."""
    return sum(names_known_column(label) for label in _fields(line.text, _delimiter(line.text)))


def _header_line(content: bytes) -> Line | None:
    """Return the first line, or the one below it that has the column headers if the first has none."""
    first = first_line(content)
    if first is None or _is_numeric(first.text) or _known_names(first) >= FEWEST_KNOWN:
        return first
    written = [line for line in islice(lines(content), MOST_LINES_ABOVE) if line.text.strip()]
    headers = (
        line
        for line, below in pairwise(written)
        if line.number > first.number and _known_names(line) >= FEWEST_KNOWN and _has_numbers(line.text, below.text)
    )
    return next(headers, first)


def _has_numbers(header: str, row: str) -> bool:
    cells = _fields(row, _delimiter(header))
    return sum(bool(NUMBER.fullmatch(cell.replace(",", "."))) for cell in cells) >= FEWEST_KNOWN


def _is_numeric(line: str) -> bool:
    cells = line.replace(";", " ").split()
    cells = [cell for part in cells for cell in (part.split(",") if part.count(",") > 1 else [part]) if cell]
    return bool(cells) and all(NUMBER.fullmatch(cell.rstrip(",").replace(",", ".")) for cell in cells)


def _read_header(path: Path) -> Header:
    content = file_head(path)
    if problem := text_problem(content):
        raise UnreadableFile.of(problem)
    line = _header_line(content)
    if line is None:
        raise UnreadableFile("no-table", "no table: the file has only blank lines and comments")
    if _is_numeric(line.text):
        raise UnreadableFile(
            "no-column-names",
            "line {line_number} has numbers instead of a header: add a first row with names and units, such as "
            "‘Time / s,Voltage / V,Current / mA’, {mapping_hint}",
            line_number=line.number,
            mapping_hint=MAPPING_HINT,
        )
    delimiter = _delimiter(line.text)
    labels = _fields(line.text, delimiter)
    headers: dict[int, KnownColumn] = {}
    for index, label in enumerate(labels):
        if label and label in labels[:index]:
            first = labels.index(label) + 1
            raise UnreadableFile(
                "duplicate-column",
                "line {line_number}: columns {first} and {index} are both ‘{label}’: rename one of them",
                line_number=line.number,
                first=first,
                index=index + 1,
                label=label,
            )
        try:
            head = parse_header(label)
        except HeaderError as error:
            raise UnreadableFile(
                "invalid-column",
                "line {line}, column {column}: ‘{header}’ {error}, {mapping_hint}",
                line=line.number,
                column=index + 1,
                header=label,
                error=error,
                mapping_hint=MAPPING_HINT,
            ) from error
        if head:
            headers[index] = head
    rows = Rows(path, line.after, line.number, delimiter, labels, quoted=True)
    top = first_line(content)
    has_lines_above = top is not None and top.number < line.number
    return Header(rows, _settled(headers, labels, f"line {line.number}"), decoded(content)[1], has_lines_above)


def _settled(headers: Mapping[int, KnownColumn], labels: Sequence[str], where: str) -> dict[int, KnownColumn]:
    """Return the columns, each name once; ‘Discharge capacity’ of a table without time is that of a cycle."""
    have = {head.canonical for head in headers.values()}
    is_time_series = any(set(names) <= have for names in SERIES)
    settled: dict[int, KnownColumn] = {}
    taken: dict[str, int] = {}
    for index, head in headers.items():
        per_cycle = OF_A_CYCLE.get(head.canonical)
        if per_cycle and not is_time_series and not head.is_machine_name:
            head = replace(head, canonical=per_cycle)  # noqa: PLW2901 - the same column under its fitting name
        if is_time_series and head.canonical in PER_CYCLE_ONLY:
            continue
        if head.canonical in taken:
            other = taken[head.canonical]
            raise UnreadableFile(
                "duplicate-column",
                "{where}: columns {other} (‘{labels}’) and {index} (‘{other_label}’) are both {canonical}: remove or "
                "rename one of them",
                where=where,
                other=other + 1,
                labels=labels[other],
                index=index + 1,
                other_label=labels[index],
                canonical=head.canonical,
            )
        taken[head.canonical] = index
        settled[index] = head
    return settled


def _technique(headers: Mapping[int, KnownColumn], where: str, has: str, shown: str) -> str:
    """Return the technique the columns decide, or refuse by naming the columns that are missing."""
    have = {head.canonical for head in headers.values()}
    built_in = next((technique for needed, technique in TECHNIQUE_OF.items() if have.issuperset(needed)), None)
    declaring = {technique.slug for technique, names in declared_tables() if have.issuperset(names)}
    if built_in == "eis" or (built_in is not None and not declaring):
        return built_in
    if declaring:
        return declaring.pop() if built_in is None and len(declaring) == 1 else ""
    in_words = {**IN_WORDS, **{tuple(names): technique.name for technique, names in declared_tables()}}
    named = [f"{words} ({', '.join(needed)})" for needed, words in in_words.items()]
    nearest = max(in_words, key=lambda needed: len(have.intersection(needed)) / len(needed))
    missing = ", ".join(name for name in nearest if name not in have)
    lacks = f"missing {missing} ({has} {shown})" if have else f"no known column in the header ({shown})"
    raise UnreadableFile(
        "missing-columns",
        "{where}: {lacks}; a table needs {named}: rename the columns, {mapping_hint}",
        where=where,
        lacks=lacks,
        named=", or ".join(named),
        mapping_hint=MAPPING_HINT,
    )


def _messages(header: Header, decimal: str) -> list[Message]:
    labels = header.rows.labels
    messages = [
        Message(
            "unit-converted",
            "‘{header}’ read as {column}, multiplied by {factor:g}.",
            header=labels[index],
            column=head.canonical,
            factor=head.factor,
        )
        for index, head in header.headers.items()
        if not head.is_machine_name and head.factor != 1
    ]
    if header.has_lines_above:
        messages.append(
            Message(
                "lines-above-header", "Header in line {line}: the lines above it are not read.", line=header.rows.line
            )
        )
    messages += [
        Message("clock-times-read", "‘{header}’ read as hours:minutes:seconds.", header=labels[index])
        for index, head in header.headers.items()
        if head.is_clock
    ]
    messages += unread_columns(labels, list(header.headers))
    if decimal == ",":
        messages.append(Message("decimal-commas", "Decimal commas."))
    if header.encoding != "utf-8":
        messages.append(Message("read-as-latin-1", "Not UTF-8: read as Latin-1."))
    return messages


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the plain text table."""
    return (
        Reader(
            name="declared-csv",
            version="1.8.0",
            title="Text table with declared columns (CSV)",
            recognises=recognises,
            read=read,
            priority=-10,
            read_mapped=read_mapped,
            check_mapping=check_mapping,
            mapped_columns={name: unit for name, (unit, _) in COLUMNS.items()} | declared_columns(),
        ),
    )
