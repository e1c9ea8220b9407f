"""Workbooks, by the library calamine: their sheets, and their cells as text."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.files.zip_archive import zip_problem

ZIP_START = b"PK\x03\x04"
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Start of .xls, as of other files of older programs."""
MOST_CELLS = 30_000_000
SECONDS_PER_HOUR, SECONDS_PER_MINUTE = 3600, 60
SheetRows = list[list[Any]]
T = TypeVar("T")


def is_workbook(head: bytes) -> bool:
    """Return True for the first bytes of an Excel workbook; what it holds shows when it is opened."""
    return head.startswith(ZIP_START) and (b"xl/" in head or (b"[Content_Types].xml" in head and b"word/" not in head))


def is_open_document(head: bytes) -> bool:
    """Return True for the first bytes of an OpenDocument spreadsheet (.ods)."""
    return head.startswith(ZIP_START) and b"opendocument.spreadsheet" in head[:256]


class Workbook:
    """A workbook that is open.

    Raises
    ------
    UnreadableFile
        `workbook-unreadable`, or that of `zip_problem`, if it is damaged or too large.
    """

    def __init__(self, path: Path) -> None:
        from python_calamine import CalamineWorkbook

        with path.open("rb") as file:
            is_old = file.read(len(OLE_START)) == OLE_START
        if not is_old and (problem := zip_problem(path)):
            raise UnreadableFile.of(problem)
        self._book = _read(lambda: CalamineWorkbook.from_path(str(path)))
        self.names: list[str] = list(self._book.sheet_names)

    def rows(self, name: str) -> SheetRows:
        """Return the cells of a sheet by row: numbers, texts, dates and times; empty ones are ''."""
        return _read(lambda: self._book.get_sheet_by_name(name).to_python())

    def visible_and_hidden(self) -> tuple[list[str], list[str]]:
        """Return the names of the sheets of cells that are shown, and of those that are not; charts are left out."""
        from python_calamine import SheetTypeEnum, SheetVisibleEnum

        sheets = [item for item in self._book.sheets_metadata if item.typ == SheetTypeEnum.WorkSheet]
        shown = [item.name for item in sheets if item.visible == SheetVisibleEnum.Visible]
        return shown, [item.name for item in sheets if item.name not in shown]

    def table_rows(self, name: str) -> tuple[SheetRows, int]:
        """Return the cells of a sheet as `rows`, and the number of the first row that is used, from 1.

        Raises
        ------
        UnreadableFile
            `sheet-too-large`, for more cells than a table of measurements has.
        """
        sheet = _read(lambda: self._book.get_sheet_by_name(name))
        if sheet.height * sheet.width > MOST_CELLS:
            raise UnreadableFile(
                "sheet-too-large",
                "sheet ‘{sheet}’ has {cells:,} cells: save its table as CSV (UTF-8) and upload that",
                sheet=name,
                cells=sheet.height * sheet.width,
            )
        return _read(sheet.to_python), (sheet.start[0] if sheet.start else 0) + 1

    def first_rows(self, name: str, count: int) -> SheetRows:
        """Return the first rows of a sheet."""
        return _read(lambda: self._book.get_sheet_by_name(name).to_python(nrows=count))


def _read(read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the library raises whatever a damaged file leads to, panics of its core included
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise UnreadableFile(
            "workbook-unreadable", "the workbook cannot be opened ({reason}): copy or export it again", reason=reason
        ) from error


def cell_text(cell: Any) -> str:
    """Return a cell as text tables have it: a duration as hours:minutes:seconds, a date and time as in ISO 8601."""
    if isinstance(cell, timedelta):
        hours, rest = divmod(cell.total_seconds(), SECONDS_PER_HOUR)
        minutes, seconds = divmod(rest, SECONDS_PER_MINUTE)
        return f"{hours:.0f}:{minutes:02.0f}:{seconds:06.3f}"
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
