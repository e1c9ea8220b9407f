"""Comparison tables as an Excel workbook: a sheet of data for pandas and formulas, the table as printed, and notes.

The columns of the sheet `Data` are those of the CSV file, with its head in row 1. Numbers are numbers that show the
digits they are known to.
"""

import io
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from registry.contract.table_data import DataCell, data_columns
from registry.contract.table_text import (
    NO_ROWS,
    Number,
    cell_text,
    differs_mark,
    footnote_letters,
    footnote_marks,
    lay_out,
    number_of,
    one_line,
    reference_line,
    superscript,
    thin_space,
)
from registry.hookspecs import Heading, PrintedTable, TableCell, TableFormat, hookimpl

CONTRACT_VERSION = 2

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# A fixed date, so that one table always gives the same bytes; the earliest a zip archive can hold.
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
_WIDEST = 42.0
_NOTES_WIDTH = 110.0
_TEXT_STAYS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def number_format(digits: str, qualifier: str = "", mark: str = "") -> str:
    """Return the Excel format that shows a number with exactly these digits, its qualifier and what follows it."""
    mantissa, has_exponent, _ = digits.lower().partition("e")
    shape = Decimal(digits).as_tuple()
    decimals = len(shape.digits) - 1 if has_exponent else len(mantissa.partition(".")[2])
    body = "0" + ("." + "0" * decimals if decimals else "") + ("E+0" if has_exponent else "")
    quoted = [f'"{text}"' if text else "" for text in (qualifier, mark)]
    return quoted[0] + body + quoted[1]


def _magnitude(number: float | None, digits: str) -> float:
    """Return the number in full if a spreadsheet would round it to the printed digits, else the printed digits."""
    printed = Decimal(digits)
    if number is not None:
        index = Decimal(1).scaleb(int(printed.as_tuple().exponent))
        if Decimal(repr(number)).quantize(index, ROUND_HALF_UP) == printed:
            return _without_dust(number)
    return float(printed)


def _without_dust(number: float) -> float:
    """Return a number without the last digits of a sum of floats (8.030000000000001), which a spreadsheet shows."""
    return float(f"{number:.14g}")


def _uncertainty(number: Number) -> str:
    """Return the standard uncertainty as a spreadsheet shows it after a number: `(17)`, or ` ± 1.7e-7` after a power
    of ten."""
    if not number.uncertainty:
        return ""
    if "e" not in number.factors[0].lower():
        return f"({number.uncertainty})"
    exponent = int(Decimal(number.factors[0]).as_tuple().exponent)
    return f" ± {float(Decimal(number.uncertainty).scaleb(exponent)):g}"


class _Sheet:
    """Writes lines from the top of one worksheet down, making each cell format once."""

    def __init__(self, workbook: "Workbook", name: str) -> None:
        self.workbook = workbook
        self.worksheet: Worksheet = workbook.add_worksheet(name)
        self.row = 0
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **properties: Any) -> "Format":
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(properties)
        return self._formats[key]

    def text(self, column: int, text: str, **properties: Any) -> None:
        # XlsxWriter drops what does not fit and only says so by its return value.
        if text and self.worksheet.write_string(self.row, column, text, self.format(**properties)) != 0:
            raise ValueError(
                f"row {self.row + 1}, column {column + 1}: the text is too long for an Excel cell; shorten it"
            )

    def number(self, column: int, number: float, **properties: Any) -> None:
        if self.worksheet.write_number(self.row, column, number, self.format(**properties)) != 0:
            raise ValueError(
                f"row {self.row + 1}, column {column + 1}: beyond the limits of an Excel sheet; filter the table"
            )

    def line(self, text: str = "", **properties: Any) -> None:
        self.text(0, text, **properties)
        self.row += 1


def _write_cell(sheet: _Sheet, column: int, cell: Heading | TableCell, *, numeric: bool, head: bool) -> None:
    look: dict[str, Any] = {"align": "right" if numeric else "left"}
    if head:
        look |= {"bottom": 1, "text_wrap": True, "valign": "bottom"}
    if head or isinstance(cell, Heading):
        look["bold"] = True
    number: Number | None = number_of(cell)
    mark = superscript(footnote_marks(cell))
    differs = differs_mark(cell)
    if isinstance(cell, TableCell) and number is not None and len(number.factors) == 1:
        digits = number.factors[0]
        look["num_format"] = number_format(digits, number.qualifier, _uncertainty(number) + differs + mark)
        sheet.number(column, _magnitude(cell.number, digits), **look)
        return
    if isinstance(cell, TableCell) and number is not None and cell.number is not None:
        # The sides of a product are shown, and their product is what formulas take.
        look["num_format"] = f'"{cell_text(cell)}{differs}{mark}"'
        sheet.number(column, cell.number, **look)
        return
    if isinstance(cell, TableCell) and cell.missing:
        look |= {"italic": True, "font_color": "#595959"}
    text = cell_text(cell)
    sheet.text(column, text + differs + (thin_space(text) + mark if mark else ""), **look)


def _write_data(sheet: _Sheet, table: PrintedTable) -> None:
    for position, column in enumerate(data_columns(table)):
        sheet.row = 0
        sheet.text(position, column.title, bold=True)
        for cell in column.cells:
            sheet.row += 1
            _write_data_cell(sheet, position, cell)
        longest = max(len(column.title), *(len(cell.text) for cell in column.cells), 0)
        sheet.worksheet.set_column(position, position, min(longest + 2.0, _WIDEST))
    sheet.worksheet.freeze_panes(1, 1)


def _write_data_cell(sheet: _Sheet, column: int, cell: DataCell) -> None:
    if cell.number is None:
        sheet.text(column, cell.text)
    elif cell.digits:
        look = {"num_format": number_format(cell.digits)}
        sheet.number(column, _magnitude(cell.number, cell.digits), **look)
    else:
        sheet.number(column, _without_dust(cell.number))


def _write_table(sheet: _Sheet, table: PrintedTable) -> None:
    layout = lay_out(table)
    for index, line in enumerate((layout.head, *layout.body)):
        for column, cell in enumerate(line):
            _write_cell(sheet, column, cell, numeric=layout.numeric[column], head=index == 0)
        sheet.row += 1
        if index == 0:
            sheet.worksheet.freeze_panes(sheet.row, 1)
    for column in range(len(layout.head)):
        longest = max(len(cell_text(line[column])) for line in (layout.head, *layout.body))
        sheet.worksheet.set_column(column, column, min(longest + 3.0, _WIDEST))


def _write_notes(sheet: _Sheet, table: PrintedTable) -> None:
    sheet.worksheet.set_column(0, 0, _NOTES_WIDTH)
    sheet.line(one_line(table.title), bold=True, font_size=13, text_wrap=True)
    if table.caption:
        sheet.line(one_line(table.caption), text_wrap=True)
    if not table.rows:
        sheet.line(NO_ROWS)
    for number, footnote in enumerate(table.footnotes, start=1):
        if number == 1:
            sheet.line()
            sheet.line("Notes", bold=True)
        sheet.line(f"{superscript(footnote_letters(number))} {one_line(footnote)}", text_wrap=True)
    for index, reference in enumerate(table.references):
        if index == 0:
            sheet.line()
            sheet.line("References", bold=True)
        sheet.line(f"[{reference.number}] {reference_line(reference)}", text_wrap=True)


def render(table: PrintedTable) -> bytes:
    """Write a table as an XLSX workbook with the sheets `Data`, `Table` and `Notes`; it opens at the table."""
    # Imported when a table is written: no process pays for it at start.
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, **_TEXT_STAYS_TEXT}) as workbook:
        workbook.set_properties({"title": one_line(table.title), "created": _CREATED.replace(tzinfo=None)})
        _write_data(_Sheet(workbook, "Data"), table)
        printed = _Sheet(workbook, "Table")
        _write_table(printed, table)
        printed.worksheet.activate()
        _write_notes(_Sheet(workbook, "Notes"), table)
    return buffer.getvalue()


@hookimpl
def register_table_formats() -> list[TableFormat]:
    """Add the format `xlsx`."""
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return [TableFormat(name="xlsx", media_type=media_type, extension="xlsx", render=render)]
