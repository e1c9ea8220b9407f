from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.workbook import Workbook, cell_text, is_workbook
from tests.coded import refuses
from tests.plugins.readers.samples import workbook


def test_sheets_and_their_rows(tmp_path: Path) -> None:
    path = tmp_path / "book"
    path.write_bytes(workbook({"first": [["a", 1], ["", 2.5]], "second": [["b"]]}))
    book = Workbook(path)
    assert book.names == ["first", "second"]
    assert book.rows("first") == [["a", 1], ["", 2.5]]
    assert book.first_rows("first", 1) == [["a", 1]]


def test_is_known_by_its_first_bytes() -> None:
    assert is_workbook(workbook({"first": [["a"]]})[:65_536])
    assert not is_workbook(b"PK\x03\x04" + b"\x00" * 26 + b"data.ndc")


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
