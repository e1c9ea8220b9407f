"""Comparison tables as CSV (RFC 4180, UTF-8): the head in the first line, notes and references after a blank line."""

import csv
import io
from collections.abc import Iterator

from registry.contract.table_text import (
    NO_ROWS,
    cell_text,
    footnote_letters,
    lay_out,
    number_of,
    one_line,
    reference_text,
)
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2

# Spreadsheets take a text cell that begins so for a formula; the last four are the full-width forms.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guarded(text: str) -> str:
    """Return text that no spreadsheet runs as a formula: an apostrophe goes before what looks like one."""
    text = one_line(text)
    return "'" + text if text.startswith(_FORMULA_STARTS) else text


def _cell(cell: Heading | TableCell) -> str:
    number = number_of(cell)
    if number is None:
        return guarded(cell_text(cell))
    return number.ascii if len(number.factors) == 1 else guarded(number.ascii)


def _places(table: PrintedTable, note: int) -> str:
    """Return where a footnote belongs. A mark in the cell of a number would stop it from being a number."""
    line = "column" if table.transposed else "row"
    return "; ".join(
        f"{line} {position} ({cell_text(row[0])}): {one_line(heading.title)}"
        for position, row in enumerate(table.rows, start=1)
        for heading, cell in zip(table.headings, row, strict=True)
        if note in cell.notes
    )


def _about(table: PrintedTable) -> Iterator[list[str]]:
    yield ["Title", guarded(table.title)]
    if table.caption:
        yield ["Caption", guarded(table.caption)]
    if not table.rows:
        yield [NO_ROWS]
    if table.footnotes:
        yield ["Notes"]
    for number, footnote in enumerate(table.footnotes, start=1):
        yield [footnote_letters(number), guarded(footnote), guarded(_places(table, number))]
    if table.references:
        yield ["References"]
    for reference in table.references:
        yield [str(reference.number), guarded(reference_text(reference)), guarded(reference.doi)]


def render(table: PrintedTable) -> bytes:
    """Write a table as CSV."""
    layout = lay_out(table)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    for line in (layout.head, *layout.body):
        writer.writerow([_cell(cell) for cell in line])
    buffer.write("\r\n")
    writer.writerows(_about(table))
    return buffer.getvalue().encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `csv`."""
    return [TableFormat(name="csv", media_type="text/csv; charset=utf-8", extension="csv", render=render)]
