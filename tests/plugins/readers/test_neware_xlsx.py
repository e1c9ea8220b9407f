from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from plugins.readers import neware_csv
from plugins.readers.neware_xlsx import read, recognises, register_readers
from registry.hookspecs import OtherFormatError, UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers.samples import ARBIN_HEADS, ARBIN_ROWS, NEWARE, NEWARE_CHINESE, workbook, write


def sheet_of(text: str, *, has_cells: bool = False) -> list[list[object]]:
    """Return the cells of a CSV export, numbers as numbers; with `has_cells`, times and dates are too."""
    rows: list[list[object]] = []
    for line in text.splitlines():
        rows.append([_cell(cell, has_cells=has_cells) for cell in line.split(",")])
    return rows


def _cell(text: str, *, has_cells: bool) -> object:
    if text.replace(".", "").lstrip("-").isdecimal():
        return float(text)
    if has_cells and text.count(":") == 2:
        if "-" in text and " " in text:
            return datetime.fromisoformat(text)
        days, _, clock = text.rpartition("-")
        hours, minutes, seconds = (int(part) for part in clock.split(":"))
        return timedelta(days=int(days or 0), hours=hours, minutes=minutes, seconds=seconds)
    return text


def book(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return a workbook whose dates and durations are cells of these kinds."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        stamp, duration = (workbook.add_format({"num_format": form}) for form in ("yyyy-mm-dd hh:mm:ss", "[h]:mm:ss"))
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, datetime):
                        sheet.write_datetime(number, column, cell, stamp)
                    elif isinstance(cell, timedelta):
                        sheet.write_datetime(number, column, cell, duration)
                    else:
                        sheet.write(number, column, cell)
    return file.getvalue()


CYCLES: list[list[object]] = [["Cycle Index", "Chg. Cap.(mAh)", "DChg. Cap.(mAh)"], [1, 2, 1]]


@pytest.mark.parametrize("has_cells", [False, True])
@pytest.mark.parametrize(("text", "name"), [(NEWARE, "record"), (NEWARE_CHINESE, "记录层"), (NEWARE, "Detail_1_1_1")])
def test_a_workbook_gives_what_the_csv_of_the_same_records_does(
    text: str, name: str, has_cells: bool, tmp_path: Path
) -> None:
    content = book({"unit": [["Unit"]], "cycle": CYCLES, name: sheet_of(text, has_cells=has_cells)})
    (only,) = read(write(tmp_path, content))
    (expected,) = neware_csv.read(write(tmp_path, text))
    assert {column: numbers.tolist() for column, numbers in only.columns.items()} == {
        column: numbers.tolist() for column, numbers in expected.columns.items()
    }
    assert (only.technique, only.start_time) == ("cycling", expected.start_time)
    assert message_of(only.messages, "sheets-left-out", names=["unit", "cycle"])


def test_records_on_several_sheets_are_joined(tmp_path: Path) -> None:
    head, *rows = sheet_of(NEWARE)
    (only,) = read(write(tmp_path, book({"record": [head, *rows[:2]], "record1": [head, *rows[2:]]})))
    assert only.columns["test_time_second"].tolist() == [0, 3600, 7200, 360001]


def test_a_header_some_rows_down_is_read(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, book({"record": [["Test 7"], [], *sheet_of(NEWARE)]})))
    assert only.columns["voltage_volt"].tolist() == [3.0, 3.5, 3.2, 3.6]


@pytest.mark.parametrize(
    "content", [workbook({"Channel_1_1": [ARBIN_HEADS, *ARBIN_ROWS]}), workbook({"Sheet1": [["a", "b"], [1, 2]]})]
)
def test_another_workbook_is_left_to_other_readers(content: bytes, tmp_path: Path) -> None:
    with refuses("no-record-sheet", OtherFormatError):
        read(write(tmp_path, content))


def test_errors_name_the_row(tmp_path: Path) -> None:
    damaged = sheet_of(NEWARE)
    damaged[2][6] = "x"
    with refuses("cell-not-a-number", UnreadableFile, line=3):
        read(write(tmp_path, book({"record": damaged})))


def test_comes_after_arbin() -> None:
    assert recognises(workbook({"record": [["a"]]}), "data")
    assert [reader.priority for reader in register_readers()] == [-1]
