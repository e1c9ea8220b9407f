"""Text tables (comma, semicolon or tab) whose header row declares names and units.

The header is the first line, or, if that names no two known columns, the first line that does above a row of numbers;
a row of units may be between them, and Excel's `sep=;` before it. It may be a comment (`# f / Hz, …`). Lines above the
header that name a value, such as `# area: 0.785 cm2`, are kept as facts of the header.

The technique is decided where the columns decide it: one row per cycle is `cycling`, frequency and impedance are
`eis`, time and stack pressure `pressure`, an angle and counts `xrd`, and columns that only one technique of a plugin
declares, under exactly these names, that technique. Time, voltage and current fit several techniques;
the technique is then empty, meaning "as the measurement says". The text is read as UTF-8 (with or without byte order
mark), otherwise as GBK if its columns then have Chinese names, or else as Latin-1, so that µ, ° and ² of older programs
are read as meant; the numbers are ASCII in each. Decimal commas are read where semicolons or tabs separate the
columns. Clock times without days continue over midnight. Signs are kept as they are, except
that a minus before a name (-Z'') turns them. Magnitude and phase become the two parts of the impedance. Times may be
clock times (‘Test time / clock’, ‘Time (hh:mm:ss)’), or dates with times where there is no other time column. Counters
of charge and energy that are reset within a time series are summed, and each sweep of a spectrum is a dataset, as is
each of several tables side by side with repeated headers.

`read_mapped` reads a table without usable column headers by a column mapping; `check_mapping` checks such a mapping
without a file.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from analyses.coded_text import plain
from registry.contract.declared_columns import declared_columns
from registry.contract.reader_support.columns.column_headers import COLUMNS, names_known_column
from registry.contract.reader_support.files.number_cells import NUMBER
from registry.contract.reader_support.files.number_table import DELIMITERS, Rows
from registry.contract.reader_support.files.plain_text import Line, decoded, file_head, lines, text_problem
from registry.contract.reader_support.mapping.column_mapping import MAPPING_HINT, open_mapped
from registry.contract.reader_support.mapping.declared_table import (
    FEWEST_KNOWN,
    check_mapping,
    continue_past_midnight,
    header_messages,
    optional_columns,
    read_headers,
    settled_headers,
    table_datasets,
    technique_of,
)
from registry.contract.reader_support.mapping.stamped_rows import dates_next_to_time, with_stamps
from registry.contract.reader_support.mapping.suggested_mapping import suggest_for_text
from registry.contract.reader_support.mapping.text_table import TextTable, encoding_messages, text_datasets
from registry.contract.reader_support.tables.header_lines import facts_above, has_numbers, with_units
from registry.contract.reader_support.tables.sheet_table import find_tables, table_columns, with_clock
from registry.hookspecs import ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

MOST_LINES_ABOVE = 200
FEWEST_TABLES = 2
RAGGED = "ragged-rows"
OF_REPEATED_HEADERS = ("repeated-header", "cell-not-a-number", RAGGED)
"""Refusals of a table that is several, one below the other."""
COMMENT_MARKS = "#% "
OF_A_HEADER = ("\t", ";", ",")
STATED_DELIMITER = re.compile(r"\s*\"?sep=(?P<mark>.)\"?[\s;,]*", re.IGNORECASE)
"""Excel's first line, which states the delimiter."""


def recognises(head: bytes, name: str) -> bool:
    """Return True for a text whose header names known columns, and for a .csv or .txt to say what it lacks."""
    suffix = Path(name).suffix.casefold()
    if problem := text_problem(head):
        return suffix in {".csv", ".tsv"} or (suffix == ".txt" and problem.code == "utf-16-text")
    line = _first_line(head)
    return suffix in {".csv", ".tsv", ".txt"} or (line is not None and _known_names(line) >= FEWEST_KNOWN)


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the table of the file, in canonical names and units; a refusal has the column mapping that is likely."""
    try:
        return _side_by_side(path) or text_datasets(_read_header(path))
    except UnreadableFile as refusal:
        if refusal.code in OF_REPEATED_HEADERS and (datasets := _below_each_other(path)):
            return datasets
        # Of rows with more fields than the header names, no column is what it seems.
        refusal.parameters |= _suggestion(path) if refusal.code != RAGGED else {}
        raise


def _suggestion(path: Path) -> dict[str, Any]:
    """Return `suggested_mapping` and `suggested_because`, empty unless the file can be read with the mapping."""
    content = file_head(path)
    suggestion = {} if text_problem(content) else suggest_for_text(content)
    try:
        read_mapped(path, suggestion.get("suggested_mapping", {}))
    except UnreadableFile:
        return {}
    return {name: plain(value) for name, value in suggestion.items()}


def read_mapped(path: Path, mapping: Mapping[str, Any]) -> tuple[ParsedDataset, ...]:
    """Return the one table of the file, with the columns, line and delimiter that a column mapping gives."""
    rows, headers = open_mapped(path, mapping)
    settled = settled_headers(headers, rows.labels, f"line {rows.line}")
    return text_datasets(TextTable(rows, settled, line=rows.line))


def _side_by_side(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the tables next to each other whose headers repeat, each by the text above it; none if there is one."""
    content = file_head(path)
    line = None if text_problem(content) else _header_line(content)
    if line is None or _is_numeric(line.text):
        return ()
    delimiter = _stated_delimiter(content) or _delimiter(line.text)
    labels = [label for label in _fields(line.text, delimiter) if names_known_column(label)]
    return () if len(set(labels)) == len(labels) else _tables(path, line, delimiter)


def _below_each_other(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the tables below each other whose header is repeated; none if it is not."""
    content = file_head(path)
    line = _header_line(content)
    if (
        line is None
        or sum(other.text.strip() == line.text.strip() for other in lines(path.read_bytes())) < FEWEST_TABLES
    ):
        return ()
    return _tables(path, line, _stated_delimiter(content) or _delimiter(line.text))


def _tables(path: Path, line: Line, delimiter: str) -> tuple[ParsedDataset, ...]:
    """Return each table from a header line on; none if there are not several."""
    text, encoding = decoded(path.read_bytes())
    written = text.splitlines()[max(line.number - 2, 0) :]
    # A blank line ends a table: a header that is repeated gets one above it.
    cells: list[tuple[str, ...]] = []
    added: list[int] = []
    for number, row in enumerate(written, max(line.number - 1, 1)):
        if number > line.number and row.strip() == line.text.strip():
            added.append(len(cells))
            cells.append(())
        cells.append(_fields(row, delimiter) if row.strip() else ())
    width = max(map(len, cells))
    rows = [[*row, *[""] * (width - len(row))] for row in cells]
    tables = list(find_tables(rows))
    if len(tables) < FEWEST_TABLES:
        return ()
    facts = {"delimiter": DELIMITERS[delimiter], "encoding": encoding}
    datasets: list[ParsedDataset] = []
    for number, table in enumerate(tables, start=1):
        headers = read_headers(table.labels, line.number)
        technique = technique_of(headers, table.labels, f"line {line.number}")
        first_row = max(line.number - 1, 1) - sum(index < table.begin for index in added)
        columns, _ = table_columns(rows, table, headers, optional_columns(headers), first_row)
        datasets += table_datasets(
            technique,
            columns,
            {**facts, "columns": " | ".join(table.labels)},
            [
                *header_messages(headers, table.labels, columns),
                *continue_past_midnight(columns, headers, table.labels),
                *encoding_messages(encoding),
            ],
            label=table.title or f"table {number}",
        )
    return tuple(datasets)


def _fields(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        rows = csv.reader([line], delimiter=delimiter, skipinitialspace=True)
        return tuple(label.strip() for label in next(rows, []))
    except csv.Error:
        return ()


def _first_line(content: bytes) -> Line | None:
    """Return the first line that is neither blank, nor a # comment, nor Excel's `sep=;`."""
    return next((line for line in lines(content) if _is_written(line) and not line.text.lstrip().startswith("#")), None)


def _is_written(line: Line) -> bool:
    return bool(line.text.strip()) and not STATED_DELIMITER.fullmatch(line.text)


def _stated_delimiter(content: bytes) -> str:
    """Return the delimiter that the first line states, empty if none."""
    first = next(lines(content), None)
    match = STATED_DELIMITER.fullmatch(first.text) if first else None
    return match["mark"] if match and match["mark"] in OF_A_HEADER else ""


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
    first = _first_line(content)
    if first is None:
        return None
    if _is_numeric(first.text):
        return _comment_above(content, first) or first
    first = replace(first, text=first.text.lstrip(COMMENT_MARKS))
    if _known_names(first) >= FEWEST_KNOWN:
        return first
    written = [line for line in islice(lines(content), MOST_LINES_ABOVE) if _is_written(line)]
    for index, line in enumerate(written[:-1]):
        delimiter = _delimiter(line.text)
        rows = [_fields(below.text, delimiter) for below in written[index + 1 : index + 3]]
        labels = with_units(_fields(line.text, delimiter), rows[0])
        is_above = has_numbers(rows[0]) or (labels is not None and has_numbers(rows[-1]))
        known = sum(names_known_column(label) for label in labels or _fields(line.text, delimiter))
        if line.number > first.number and known >= FEWEST_KNOWN and is_above:
            return line
    return first


def _next_line(content: bytes, line: Line) -> Line | None:
    """Return the next line that is not blank."""
    return next((other for other in lines(content) if other.number > line.number and other.text.strip()), None)


def _comment_above(content: bytes, first: Line) -> Line | None:
    """Return the last comment above the numbers without its mark if it names known columns."""
    above = [line for line in lines(content[: first.start]) if line.text.lstrip().startswith("#")]
    if not above:
        return None
    line = replace(above[-1], text=above[-1].text.lstrip().lstrip(COMMENT_MARKS))
    return line if _known_names(line) >= FEWEST_KNOWN else None


def _is_numeric(line: str) -> bool:
    cells = line.replace(";", " ").split()
    cells = [cell for part in cells for cell in (part.split(",") if part.count(",") > 1 else [part]) if cell]
    return bool(cells) and all(NUMBER.fullmatch(cell.rstrip(",").replace(",", ".")) for cell in cells)


def _read_header(path: Path) -> TextTable:
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
    delimiter = _stated_delimiter(content) or _delimiter(line.text)
    labels, last = _fields(line.text, delimiter), line
    below = _next_line(content, line)
    units = with_units(labels, _fields(below.text, delimiter)) if below else None
    if below and units:
        labels, last = units, below
        after = _next_line(content, below)
        if after and not any(NUMBER.fullmatch(cell.replace(",", ".")) for cell in _fields(after.text, delimiter)):
            # A row of comments, as programs for figures write it below names and units.
            last = after
    rows = Rows(path, last.after, last.number, delimiter, labels, quoted=True, has_thousands=True)
    first = _next_line(content, last)
    cells = _fields(first.text, delimiter) if first else ()
    names = [with_clock(label, cell) for label, cell in zip_longest(labels, cells[: len(labels)], fillvalue="")]
    encoding = decoded(content)[1]
    above = [other.text for other in lines(content[: line.start], encoding) if _is_written(other)]
    headers = with_stamps(read_headers(names, line.number), cells)
    return TextTable(
        rows,
        headers,
        encoding,
        line.number,
        has_lines_above=any(not text.lstrip().startswith("#") for text in above),
        facts=facts_above(above),
        dates=dates_next_to_time(headers, cells[: len(labels)]),
    )


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the plain text table."""
    return (
        Reader(
            name="declared-csv",
            version="1.20.0",
            title="Text table with declared columns (CSV)",
            recognises=recognises,
            read=read,
            priority=-10,
            read_mapped=read_mapped,
            check_mapping=check_mapping,
            mapped_columns={name: unit for name, (unit, _) in COLUMNS.items()} | declared_columns(),
        ),
    )
