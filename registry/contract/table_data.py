"""A comparison table as data: one row a measurement, plain numbers in their columns, and qualifier, uncertainty,
bounds, origin and notes in columns of their own."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from registry.contract.printed_table import Heading, PrintedTable, TableCell
from registry.contract.table_text import (
    check_table,
    header_text,
    number_of,
    one_line,
    plain_decimal,
    reference_text,
)


class DataCell(NamedTuple):
    """A cell of data; `text` is the number in plain digits, without a power of ten, if it is one."""

    text: str = ""
    number: float | None = None
    """The number in full, None for text."""
    digits: str = ""
    """The digits a spreadsheet shows of the number, empty for all."""


class DataColumn(NamedTuple):
    """A column of data with its head."""

    title: str
    cells: Sequence[DataCell]


def data_columns(table: PrintedTable) -> list[DataColumn]:
    """Return the columns of a table, transposed or not: of each heading its texts or numbers, then their qualifier,
    uncertainty, bounds, origin and notes where any cell has some; at the end the references and refcodes of each
    row."""
    check_table(table)
    columns = [column for heading, cells in table.grid() for column in _columns_of(heading, cells, table.footnotes)]
    return [*columns, *_references(table), *_sources(table)]


def _columns_of(heading: Heading, cells: Sequence[TableCell], footnotes: Sequence[str]) -> Iterator[DataColumn]:
    def note(cell: TableCell) -> DataCell:
        texts = [footnotes[number - 1] for number in cell.notes]
        words = [_words(cell)] if heading.numeric and _words(cell) else []
        return DataCell(" ".join(one_line(text) for text in (*words, *texts)))

    yield DataColumn(header_text(heading), [_number(cell) if heading.numeric else _text(cell) for cell in cells])
    companions: dict[str, Callable[[TableCell], DataCell]] = {"note": note}
    if heading.numeric:
        companions = {
            "qualifier": _qualifier,
            "uncertainty": lambda cell: _plain(cell.uncertainty),
            "lower bound": lambda cell: _plain(cell.lower),
            "upper bound": lambda cell: _plain(cell.upper),
            "origin": lambda cell: DataCell(cell.origin),
            "note": note,
        }
    for name, part in companions.items():
        parts = [part(cell) for cell in cells]
        if any(part.text for part in parts):
            unit = heading.unit if name in ("uncertainty", "lower bound", "upper bound") else ""
            yield DataColumn(header_text(Heading(heading.key, f"{heading.title}, {name}", unit)), parts)


def _references(table: PrintedTable) -> Iterator[DataColumn]:
    if not table.references:
        return
    cited = [table.references_of(row) for row in range(len(table.rows))]
    yield DataColumn("Citation", [DataCell("; ".join(map(reference_text, references))) for references in cited])
    dois = (" ".join(reference.doi for reference in references if reference.doi) for references in cited)
    yield DataColumn("DOI", [DataCell(doi) for doi in dois])


def _sources(table: PrintedTable) -> Iterator[DataColumn]:
    """Yield the refcodes of each row, by which it is joined with other exports."""
    refcodes = [DataCell(" ".join(table.refcodes_of(row))) for row in range(len(table.rows))]
    if any(cell.text for cell in refcodes):
        yield DataColumn("Refcodes", refcodes)


def _text(cell: TableCell) -> DataCell:
    return DataCell(one_line(cell.text))


def _number(cell: TableCell) -> DataCell:
    """Return the digits as printed; in full those of words (RT), and of a number that rounding would take out of its
    bounds, such as C/3; of a product of lengths, the product."""
    number = number_of(cell)
    if number is None or len(number.factors) > 1:
        return DataCell() if cell.number is None else DataCell(f"{cell.number:.14g}", cell.number)
    digits = number.factors[0]
    if cell.number is None:
        return DataCell(plain_decimal(digits), float(digits), digits)
    is_outside = _is_outside(float(digits), cell) and not _is_outside(cell.number, cell)
    return DataCell(plain_decimal(cell.number if is_outside else digits), cell.number, digits)


def _is_outside(number: float, cell: TableCell) -> bool:
    margin = 1e-9 * abs(number)
    is_below = cell.lower is not None and number < cell.lower - margin
    return is_below or (cell.upper is not None and number > cell.upper + margin)


def _plain(number: float | None) -> DataCell:
    return DataCell() if number is None else DataCell(plain_decimal(number), number)


def _qualifier(cell: TableCell) -> DataCell:
    number = number_of(cell)
    return DataCell(number.qualifier if number else "")


def _words(cell: TableCell) -> str:
    """Return what is printed in place of a number, and a product of lengths as printed."""
    number = number_of(cell)
    if number is None:
        return "" if cell.text in ("", "–", "—") else one_line(cell.text)
    return "" if len(number.factors) == 1 else one_line(cell.text)
