"""The datasets of a text table whose header names columns and units: numbers, times, signs and messages."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.files.number_table import DELIMITERS, Array, Numbers, Rows, read_numbers
from registry.contract.reader_support.files.written_steps import coarse_steps
from registry.contract.reader_support.mapping.declared_table import (
    TIME,
    continue_past_midnight,
    header_messages,
    is_without_direction,
    optional_columns,
    step_type_column,
    table_datasets,
    technique_of,
)
from registry.contract.reader_support.mapping.stamped_rows import read_stamped
from registry.contract.reader_support.neware.neware_counters import sign_by_step_type
from registry.contract.reader_support.neware.neware_headers import decoded_cell
from registry.contract.reader_support.time.clock_times import elapsed_seconds
from registry.contract.reader_support.time.start_stamps import start_of


@dataclass(frozen=True)
class TextTable:
    """A table in a text: the known columns by index from 0, and the position of the data rows."""

    rows: Rows
    headers: Mapping[int, KnownColumn]
    encoding: str = "utf-8"
    line: int = 0
    """Line of the column names, from 1."""
    has_lines_above: bool = False
    facts: Mapping[str, str] = field(default_factory=dict)
    """Names with values in the lines above."""
    dates: int | None = None
    """Column of dates with times next to the time of the test."""


def text_datasets(table: TextTable) -> tuple[ParsedDataset, ...]:
    """Return the datasets of the table: a spectrum for each sweep, otherwise one."""
    rows, headers = table.rows, table.headers
    technique = technique_of(headers, rows.labels, f"line {table.line}")
    times = tuple(index for index, head in headers.items() if head.is_clock or head.is_stamp)
    optional = optional_columns(headers)
    required = tuple(index for index in headers if index not in times and index not in optional)
    dates = () if table.dates is None else (table.dates,)
    numbers = read_numbers(rows, required, tuple(optional), words=(*times, *dates))
    columns = {
        head.canonical: elapsed_seconds(numbers.words.pop(index), rows.labels[index])
        if head.is_clock
        else head.converted(numbers.columns.pop(index))
        for index, head in headers.items()
        if head.is_clock or index in numbers.columns
    }
    started, of_stamps = _add_stamps(columns, numbers, table)
    if not next(iter(columns.values())).size:
        raise UnreadableFile("no-rows", "no rows below the header (line {line})", line=rows.line)
    facts = {
        **table.facts,
        "columns": " | ".join(rows.labels),
        "delimiter": DELIMITERS[rows.delimiter],
        "encoding": table.encoding,
        **coarse_steps(rows, headers, columns, numbers.decimal),
    }
    types = step_type_column(rows.labels)
    signed = [] if types is None else _by_step_type(rows, columns, types)
    used = [*([types] if types is not None and signed else []), *dates]
    messages = [*_messages(table, numbers, tuple(columns), used), *signed]
    messages += [*continue_past_midnight(columns, headers, rows.labels), *of_stamps]
    if table.dates is not None and TIME in columns:
        started, of_start = start_of(numbers.words[table.dates], rows.labels[table.dates], columns[TIME])
        messages += of_start
    datasets = table_datasets(technique, columns, facts, messages)
    return tuple(replace(dataset, start_time=started or dataset.start_time) for dataset in datasets)


def _add_stamps(columns: dict[str, Array], numbers: Numbers, table: TextTable) -> tuple[datetime | None, list[Message]]:
    """Add the time of dates with times to the columns, and return the first date, if there is such a column."""
    for index, head in table.headers.items():
        if head.is_stamp:
            times, messages = read_stamped(numbers.words.pop(index), table.rows.labels[index])
            columns[head.canonical] = times.numbers
            return times.start, messages
    return None, []


def _by_step_type(rows: Rows, columns: dict[str, Array], types: int) -> list[Message]:
    """Turn the sign of currents without one in steps of discharge, which the column at a position tells."""
    if not is_without_direction(columns):
        return []
    kinds = read_numbers(rows, (), words=(types,)).words[types].to_pylist()
    return sign_by_step_type(columns, [decoded_cell(kind) for kind in kinds], rows.labels[types])


def _messages(table: TextTable, numbers: Numbers, read: Collection[str], used: Sequence[int]) -> list[Message]:
    messages = header_messages(table.headers, table.rows.labels, read, used)
    if table.has_lines_above:
        messages.insert(
            0,
            Message(
                "lines-above-header",
                "Header in line {line}: of the lines above it, only names with a value are kept.",
                line=table.line,
            ),
        )
    if numbers.decimal == ",":
        messages.append(Message("decimal-commas", "Decimal commas."))
    if numbers.thousands:
        messages.append(
            Message("thousands-separated", "‘{mark}’ read as the thousands separator.", mark=numbers.thousands)
        )
    return messages + encoding_messages(table.encoding)


def encoding_messages(encoding: str) -> list[Message]:
    """Return a message if the text is not UTF-8."""
    if encoding == "gbk":
        return [Message("read-as-gbk", "Not UTF-8: read as GBK.")]
    return [Message("read-as-latin-1", "Not UTF-8: read as Latin-1.")] if encoding == "latin-1" else []
