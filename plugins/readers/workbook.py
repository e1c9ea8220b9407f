"""Workbooks (.xlsx, .xlsm, .xlsb, .xls, .ods) whose sheets contain tables with names and units, as text tables do.

Each visible sheet with a known table is a dataset (or several: tables side by side or below each other, sweeps of a
spectrum), named after the sheet. The header may be some rows down, with a row of units below it; rows above it that
name a value are kept as facts. Numbers may be stored as text. Durations are clock times; dates and times give the start
of the test, and the time if the table has no other, without the hours by which the clock was set. Formulas have the
values stored with them. Hidden sheets are not read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analyses.coded_text import Listed, plain
from registry.contract.declared_columns import declared_columns
from registry.contract.reader_support.columns.column_headers import COLUMNS, KnownColumn
from registry.contract.reader_support.files.workbook import (
    OLE_START,
    SheetRows,
    Workbook,
    is_open_document,
    is_workbook,
)
from registry.contract.reader_support.mapping.column_mapping import MAPPING_HINT, ColumnMapping, parse_mapping
from registry.contract.reader_support.mapping.declared_table import (
    TIME,
    check_mapping,
    continue_past_midnight,
    header_messages,
    is_series_without_time,
    is_without_direction,
    optional_columns,
    read_headers,
    settled_headers,
    step_type_column,
    table_datasets,
    technique_of,
)
from registry.contract.reader_support.mapping.stamped_rows import read_stamped
from registry.contract.reader_support.mapping.suggested_mapping import suggest_for_rows
from registry.contract.reader_support.neware.neware_counters import sign_by_step_type
from registry.contract.reader_support.tables.sheet_table import (
    Array,
    SheetTable,
    facts_of,
    find_tables,
    is_value,
    label_text,
    stamp_column,
    table_at,
    table_columns,
    text_stamps,
)
from registry.contract.reader_support.time.clock_changes import without_clock_changes
from registry.contract.reader_support.time.time_columns import TimeColumn
from registry.hookspecs import Message, ParsedDataset, Reader, UnreadableFile, hookimpl

CONTRACT_VERSION = 2

MOST_ROWS_ABOVE = 1000


@dataclass(frozen=True)
class Sheet:
    """A visible sheet with its cells."""

    name: str
    rows: SheetRows
    first_row: int
    """Number of the first row, from 1, as the program that shows the sheet counts."""


def recognises(head: bytes, name: str) -> bool:
    """Return True for a workbook; those of instruments are recognised by their readers, which come first."""
    is_old = head.startswith(OLE_START) and (name.casefold().endswith(".xls") or "Workbook".encode("utf-16-le") in head)
    return is_old or is_workbook(head) or is_open_document(head)


def _read_sheets(path: Path) -> tuple[list[Sheet], list[str]]:
    """Return the visible sheets, and the names of the hidden ones."""
    workbook = Workbook(path)
    shown, hidden = workbook.visible_and_hidden()
    return [Sheet(name, *workbook.table_rows(name)) for name in shown], hidden


def read(path: Path) -> tuple[ParsedDataset, ...]:
    """Return the tables of the visible sheets; a refusal has the column mapping that is likely."""
    sheets, hidden = _read_sheets(path)
    datasets: list[ParsedDataset] = []
    refusals: dict[str, UnreadableFile] = {}
    unknown = []
    for sheet in sheets:
        tables = list(find_tables(sheet.rows))
        for table in tables:
            try:
                headers = read_headers(table.labels, sheet.first_row + table.header)
                datasets += _datasets(sheet, table, headers, several=len(tables) > 1)
            except UnreadableFile as error:
                refusals.setdefault(sheet.name, error)
        if not tables:
            unknown.append(sheet.name)
    if not datasets:
        raise _no_table(path, sheets, hidden, refusals)
    return _with_remarks(datasets, _sheet_messages(refusals, unknown, hidden))


def read_mapped(path: Path, mapping: Mapping[str, Any]) -> tuple[ParsedDataset, ...]:
    """Return the table of each visible sheet that has the columns of a mapping."""
    sheets, hidden = _read_sheets(path)
    mapped = parse_mapping(mapping)
    datasets: list[ParsedDataset] = []
    unknown = []
    for sheet in sheets:
        table = _mapped_table(sheet, mapped)
        if table is None:
            unknown.append(sheet.name)
            continue
        columns = {table.labels.index(_label_of(mapped, key, table)): head for key, head in mapped.headers.items()}
        try:
            headers = settled_headers(columns, table.labels, f"row {sheet.first_row + table.header}")
            datasets += _datasets(sheet, table, headers, several=False)
        except UnreadableFile as error:
            raise _in_sheet(sheet.name, error) from error
    if not datasets:
        raise UnreadableFile(
            "no-column-names",
            "no sheet has the columns of the mapping: the sheets are {sheets}",
            sheets=Listed(sheet.name for sheet in sheets),
        )
    return _with_remarks(datasets, _sheet_messages({}, unknown, hidden))


def _mapped_table(sheet: Sheet, mapped: ColumnMapping) -> SheetTable | None:
    """Return the table with the columns of a mapping, by their headers or positions; None if the sheet has none."""
    for index, row in enumerate(sheet.rows[:MOST_ROWS_ABOVE]):
        labels = tuple(map(str, range(len(row)))) if mapped.by_position else tuple(str(cell).strip() for cell in row)
        columns = [
            labels.index(header)
            for headers in mapped.alternatives.values()
            if (header := next((header for header in headers if header in labels), None)) is not None
        ]
        if len(columns) < len(mapped.headers):
            continue
        first = index if mapped.by_position else index + 1
        below = range(first, min(first + 2, len(sheet.rows)))
        begin = next((row for row in below if _has_values(sheet, row, columns)), None)
        if begin is not None:
            return table_at(sheet.rows, labels, begin, header=index)
    return None


def _has_values(sheet: Sheet, row: int, columns: Sequence[int]) -> bool:
    return all(is_value(sheet.rows[row][column]) for column in columns)


def _label_of(mapped: ColumnMapping, key: str, table: SheetTable) -> str:
    return next(header for header in mapped.alternatives[key] if header in table.labels)


def _datasets(
    sheet: Sheet, table: SheetTable, headers: Mapping[int, KnownColumn], *, several: bool
) -> tuple[ParsedDataset, ...]:
    lacks_time = is_series_without_time({head.canonical for head in headers.values()})
    stamped = _stamped(sheet, table, as_text=lacks_time)
    is_dated = stamped is not None and lacks_time
    known = {**headers, len(table.labels): KnownColumn(TIME, 1.0, "s")} if is_dated else headers
    technique = technique_of(known, table.labels, f"row {sheet.first_row + table.header}")
    columns, decimal = table_columns(sheet.rows, table, headers, optional_columns(headers), sheet.first_row)
    types = step_type_column(table.labels)
    signed = [] if types is None else _by_step_type(sheet, table, columns, types)
    used = [types] if types is not None and signed else []
    messages = [*header_messages(headers, table.labels, columns, used), *signed]
    if decimal:
        messages.append(Message("numbers-as-text", "Numbers stored as text are read with ‘{mark}’.", mark=decimal))
    messages += continue_past_midnight(columns, headers, table.labels)
    started = stamped[0].start if stamped else None
    if stamped and is_dated:
        columns = {TIME: stamped[0].numbers, **columns}
        messages.append(Message("time-from-stamps", "Time counted from the first date and time of the table."))
        messages += stamped[1]
    facts = {
        **facts_of(sheet.rows),
        **({"started": started.isoformat(sep=" ")} if started else {}),
        "sheet": sheet.name,
        "columns": " | ".join(table.labels),
    }
    parts = [sheet.name, table.title or (f"row {sheet.first_row + table.header}" if several else "")]
    datasets = table_datasets(technique, columns, facts, messages, label=", ".join(filter(None, parts)))
    return tuple(replace(dataset, start_time=started or dataset.start_time) for dataset in datasets)


def _stamped(sheet: Sheet, table: SheetTable, *, as_text: bool) -> tuple[TimeColumn, list[Message]] | None:
    """Return the times of the first column of dates with times, or `as_text` stored as text, without the hours by which
    the clock was set, and messages; None if there is none."""
    stamps = stamp_column(sheet.rows, table)
    if stamps:
        times = TimeColumn(np.array([(stamp - stamps[0]).total_seconds() for stamp in stamps]), "stamp", stamps[0])
        elapsed, messages = without_clock_changes(times)
        return times._replace(numbers=elapsed), messages
    written = text_stamps(sheet.rows, table) if as_text else None
    return read_stamped(*written) if written else None


def _by_step_type(sheet: Sheet, table: SheetTable, columns: dict[str, Array], types: int) -> list[Message]:
    """Turn the sign of currents without one in steps of discharge, which the column at a position tells."""
    if not is_without_direction(columns):
        return []
    return sign_by_step_type(columns, [str(cell) for cell in table.column(sheet.rows, types)], table.labels[types])


def _sheet_messages(
    refusals: Mapping[str, UnreadableFile], unknown: Sequence[str], hidden: Sequence[str]
) -> list[Message]:
    """Return which sheets were not read, and why."""
    messages = [
        Message("sheet-refused", "Sheet ‘{sheet}’ not read: {error}.", "warning", sheet=name, error=error)
        for name, error in refusals.items()
    ]
    if unknown:
        messages.append(
            Message(
                "sheets-left-out", "Not read, without a table of known columns: the sheets {sheets}.",
                sheets=Listed(unknown),
            )
        )  # fmt: skip
    if hidden:
        messages.append(Message("hidden-sheets", "Not read: the hidden sheets {sheets}.", sheets=Listed(hidden)))
    return messages


def _with_remarks(datasets: Sequence[ParsedDataset], messages: Sequence[Message]) -> tuple[ParsedDataset, ...]:
    """Return the datasets with the messages about the workbook, and a warning for one that repeats another."""
    remarked: list[ParsedDataset] = []
    for dataset in datasets:
        same = next((other for other in remarked if _is_same(dataset, other)), None)
        repeated = (
            [Message("dataset-repeated", "The same numbers as ‘{label}’.", "warning", label=same.label)] if same else []
        )
        remarked.append(replace(dataset, messages=(*dataset.messages, *messages, *repeated)))
    return tuple(remarked)


def _is_same(dataset: ParsedDataset, other: ParsedDataset) -> bool:
    return dataset.columns.keys() == other.columns.keys() and all(
        np.array_equal(column, other.columns[name]) for name, column in dataset.columns.items()
    )


def _no_table(
    path: Path, sheets: Sequence[Sheet], hidden: Sequence[str], refusals: Mapping[str, UnreadableFile]
) -> UnreadableFile:
    """Return why no sheet could be read, with the column mapping that is likely."""
    if refusals:
        name, error = next(iter(refusals.items()))
        refusal = _in_sheet(name, error)
    else:
        refusal = UnreadableFile(
            "no-table",
            "no table of known columns in the sheets {sheets}: write names and units above the numbers, such as "
            "‘Frequency / Hz’, {mapping_hint}",
            sheets=Listed([*(sheet.name for sheet in sheets), *(f"{name} (hidden)" for name in hidden)]),
            mapping_hint=MAPPING_HINT,
        )
    for sheet in sheets:
        suggestion = suggest_for_rows([[label_text(cell) for cell in row] for row in sheet.rows[:MOST_ROWS_ABOVE]])
        try:
            read_mapped(path, suggestion.get("suggested_mapping", {}))
        except UnreadableFile:
            continue
        refusal.parameters |= {name: plain(value) for name, value in suggestion.items()}
        break
    return refusal


def _in_sheet(name: str, error: UnreadableFile) -> UnreadableFile:
    return UnreadableFile("invalid-sheet", "sheet ‘{sheet}’, {error}", sheet=name, error=error)


@hookimpl
def register_readers() -> Sequence[Reader]:
    """Offer the plain tables of workbooks."""
    return (
        Reader(
            name="workbook",
            version="1.7.0",
            title="Workbook with declared columns (.xlsx, .xls, .ods)",
            recognises=recognises,
            read=read,
            priority=-5,
            read_mapped=read_mapped,
            check_mapping=check_mapping,
            mapped_columns={name: unit for name, (unit, _) in COLUMNS.items()} | declared_columns(),
        ),
    )
