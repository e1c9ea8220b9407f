"""Comparison tables as CSV (RFC 4180, UTF-8): a head and rows, nothing else, as pandas and spreadsheets read them.

A column of numbers contains numbers alone; qualifiers, uncertainties, bounds and notes stand in columns of their own
next to it, if there are any. References stand in the last columns.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from registry.contract.table_text import (
    check_table,
    guarded,
    header_text,
    number_of,
    one_line,
    plain_decimal,
    reference_text,
)
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2

Write = Callable[[TableCell], str]
Column = tuple[str, Sequence[str]]


def _number(cell: TableCell) -> str:
    """Return the digits as printed, without a power of ten; of a product of lengths, the product."""
    number = number_of(cell)
    if number is None:
        return ""
    if len(number.factors) == 1:
        return plain_decimal(number.factors[0])
    return "" if cell.number is None else f"{cell.number:.14g}"


def _qualifier(cell: TableCell) -> str:
    number = number_of(cell)
    return number.qualifier if number else ""


def _number_or_empty(number: float | None) -> str:
    return "" if number is None else plain_decimal(number)


def _words(cell: TableCell) -> str:
    """Return what is printed in place of a number, and a product of lengths as printed."""
    number = number_of(cell)
    if number is None:
        return "" if cell.text in ("", "–", "—") else one_line(cell.text)
    return "" if len(number.factors) == 1 else one_line(cell.text)


def _columns_of(heading: Heading, cells: Sequence[TableCell], footnotes: Sequence[str]) -> Iterator[Column]:
    """Yield the columns of one heading: its texts or numbers, and next to them what any cell has."""

    def note(cell: TableCell) -> str:
        texts = [footnotes[number - 1] for number in cell.notes]
        words = [_words(cell)] if heading.numeric and _words(cell) else []
        return guarded(" ".join(one_line(text) for text in (*words, *texts)))

    write: Write = _number if heading.numeric else lambda cell: guarded(cell.text)
    yield header_text(heading), [write(cell) for cell in cells]
    beside: dict[str, Write] = {"note": note}
    if heading.numeric:
        beside = {
            "qualifier": _qualifier,
            "uncertainty": lambda cell: _number_or_empty(cell.uncertainty),
            "lower bound": lambda cell: _number_or_empty(cell.lower),
            "upper bound": lambda cell: _number_or_empty(cell.upper),
            "origin": lambda cell: cell.origin,
            "note": note,
        }
    for name, part in beside.items():
        texts = [part(cell) for cell in cells]
        if any(texts):
            unit = heading.unit if name in ("uncertainty", "lower bound", "upper bound") else ""
            title = header_text(Heading(heading.key, f"{heading.title}, {name}", unit))
            yield title, texts


def _references(table: PrintedTable) -> Iterator[Column]:
    if not table.references:
        return
    cited = [table.references_of(row) for row in range(len(table.rows))]
    yield "Citation", [guarded("; ".join(map(reference_text, references))) for references in cited]
    yield "DOI", [guarded(" ".join(reference.doi for reference in references if reference.doi)) for references in cited]


def _sources(table: PrintedTable) -> Iterator[Column]:
    """Yield the refcodes of each row, by which it is joined with other exports."""
    refcodes = [" ".join(table.refcodes_of(row)) for row in range(len(table.rows))]
    if any(refcodes):
        yield "Refcodes", refcodes


def render(table: PrintedTable) -> bytes:
    """Write a table as CSV: a row a measurement, in a transposed table too."""
    check_table(table)
    columns = [column for heading, cells in table.grid() for column in _columns_of(heading, cells, table.footnotes)]
    columns += [*_references(table), *_sources(table)]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(guarded(title) for title, _ in columns)
    writer.writerows(zip(*(texts for _, texts in columns), strict=True))
    return buffer.getvalue().encode()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `csv`."""
    return [TableFormat(name="csv", media_type="text/csv; charset=utf-8", extension="csv", render=render)]
