from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.files import workbook as module
from registry.contract.reader_support.files.workbook import Workbook, cell_text, is_open_document, is_workbook
from tests.coded import refuses
from tests.plugins.readers.samples import workbook


def test_sheets_and_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "book"
    path.write_bytes(workbook({"first": [["a", 1], ["", 2.5]], "second": [["b"]]}))
    book = Workbook(path)
    assert book.names == ["first", "second"]
    assert book.rows("first") == [["a", 1], ["", 2.5]]
    assert book.first_rows("first", 1) == [["a", 1]]


def test_hidden_sheets_and_the_row_at_which_a_sheet_begins(tmp_path: Path) -> None:
    path = tmp_path / "book"
    with xlsxwriter.Workbook(path) as made:
        made.add_worksheet("shown").write(3, 2, 1.5)
        made.add_worksheet("hidden").hide()
        chart = made.add_chart({"type": "line"})
        chart.add_series({"values": "=shown!$C$4"})
        made.add_chartsheet("chart").set_chart(chart)
        made.add_worksheet("empty")
    book = Workbook(path)
    assert book.visible_and_hidden() == (["shown", "empty"], ["hidden"])
    assert book.table_rows("shown") == ([[1.5]], 4)
    assert book.table_rows("empty") == ([], 1)


def test_a_sheet_of_very_many_cells_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "book"
    path.write_bytes(workbook({"A": [["a", 1], ["b", 2]]}))
    monkeypatch.setattr(module, "MOST_CELLS", 3)
    with refuses("sheet-too-large", UnreadableFile, sheet="A", cells=4):
        Workbook(path).table_rows("A")


def test_is_known_by_its_first_bytes() -> None:
    assert is_workbook(workbook({"first": [["a"]]})[:65_536])
    assert not is_workbook(b"PK\x03\x04" + b"\x00" * 26 + b"data.ndc")
    assert is_open_document(b"PK\x03\x04" + b"\x00" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet")


@pytest.mark.parametrize("size", [100, 2000])
def test_a_damaged_workbook_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "book"
    path.write_bytes(workbook({"first": [["a", 1]]})[:size])
    with refuses("damaged-archive", UnreadableFile):
        Workbook(path)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (timedelta(hours=30, minutes=1, seconds=2.5), "30:01:02.500"),
        (time(1, 2, 3), "01:02:03"),
        (datetime(2024, 3, 31, 1, 0), "2024-03-31 01:00:00"),
        (date(2024, 3, 31), "2024-03-31"),
        (3.0, "3"),
        (3.25, "3.25"),
        (1e-7, "1e-07"),
        (" a ", "a"),
        ("", ""),
    ],
)
def test_a_cell_as_text(cell: object, text: str) -> None:
    assert cell_text(cell) == text
