"""Plain tables in workbooks; each sheet is made here."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from plugins.readers.workbook import read, read_mapped, recognises
from registry.hookspecs import ParsedDataset, UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers.samples import arbin_workbook, write

HEADS = ["Frequency / Hz", "Z' / Ω", "Z'' / Ω"]
ROWS = [[1e4, 10.5, -1.0], [1e3, 11.5, -2.0], [100.0, 12.5, -3.0], [10.0, 13.5, -4.0]]
OTHER = [[frequency, 2 * real, imaginary] for frequency, real, imaginary in ROWS]
SERIES = ["Voltage / V", "Current / mA"]
START = datetime(2024, 1, 2, 3, 4, 5)


class Formula(float):
    """A number that a formula gives."""


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> bytes:
    """Return a workbook with numbers, text, formulas, durations and dates."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        duration = book.add_format({"num_format": "[h]:mm:ss"})
        stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for row, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, timedelta):
                        sheet.write_number(row, column, cell.total_seconds() / 86_400, duration)
                    elif isinstance(cell, datetime):
                        sheet.write_datetime(row, column, cell, stamp)
                    elif isinstance(cell, Formula):
                        sheet.write_formula(row, column, "=A1", None, float(cell))
                    elif isinstance(cell, str):
                        sheet.write_string(row, column, cell)
                    else:
                        sheet.write(row, column, cell)
    return file.getvalue()


def datasets(
    directory: Path, sheets: Mapping[str, Sequence[Sequence[Any]]], **options: Any
) -> tuple[ParsedDataset, ...]:
    return read(write(directory, workbook(sheets, **options)))


def spectrum_of(dataset: ParsedDataset) -> list[list[float]]:
    names = ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")
    return [list(row) for row in zip(*(dataset.columns[name].tolist() for name in names), strict=True)]


def codes(dataset: ParsedDataset) -> set[str]:
    return {message.code for message in dataset.messages}


def test_each_sheet_with_a_known_table_is_a_dataset(tmp_path: Path) -> None:
    notes = [["sample", "A"], ["made by hand", ""]]
    first, second = datasets(tmp_path, {"25 °C": [HEADS, *ROWS], "notes": notes, "60 °C": [HEADS, *OTHER]})
    assert (first.label, first.technique, spectrum_of(first)) == ("25 °C", "eis", ROWS)
    assert (second.label, spectrum_of(second)) == ("60 °C", OTHER)
    assert message_of(first.messages, "sheets-left-out", sheets=["notes"])


def test_a_sheet_with_the_same_numbers_as_another_is_flagged(tmp_path: Path) -> None:
    first, second = datasets(tmp_path, {"A": [HEADS, *ROWS], "B": [HEADS, *ROWS]})
    assert "dataset-repeated" not in codes(first)
    assert message_of(second.messages, "dataset-repeated", label="A")


def test_hidden_sheets_are_named_and_not_read(tmp_path: Path) -> None:
    (only,) = datasets(tmp_path, {"A": [HEADS, *ROWS], "B": [HEADS, *OTHER]}, hidden=["B"])
    assert message_of(only.messages, "hidden-sheets", sheets=["B"])
    with refuses("no-table", UnreadableFile, sheets=["A", "B (hidden)"]):
        datasets(tmp_path, {"A": [["x"]], "B": [HEADS, *ROWS]}, hidden=["B"])


def test_a_header_some_rows_down_with_a_row_of_units_and_facts_above(tmp_path: Path) -> None:
    above = [["Pellet 3"], [], ["area", 0.785, "cm2"], ["thickness: 600 µm"], []]
    header = [["Frequency", "Z'", "-Z''", "remark"], ["Hz", "kOhm", "kOhm", ""]]
    rows = [[frequency, real / 1000, -imaginary / 1000, "ok"] for frequency, real, imaginary in ROWS]
    (only,) = datasets(tmp_path, {"A": [*above, *header, *rows]})
    assert spectrum_of(only) == [pytest.approx(row) for row in ROWS]
    assert (only.header["area"], only.header["thickness"]) == ("0.785 cm2", "600 µm")
    assert message_of(only.messages, "columns-left-out", columns=["‘remark’"])


@pytest.mark.parametrize("decimal", [".", ","])
def test_numbers_stored_as_text(tmp_path: Path, decimal: str) -> None:
    rows = [[str(number).replace(".", decimal) for number in row] for row in ROWS]
    (only,) = datasets(tmp_path, {"A": [HEADS, *rows]})
    assert spectrum_of(only) == ROWS
    assert message_of(only.messages, "numbers-as-text", mark=decimal)


def test_formulas_have_the_values_stored_with_them(tmp_path: Path) -> None:
    (only,) = datasets(tmp_path, {"A": [HEADS, *[[row[0], Formula(row[1]), row[2]] for row in ROWS]]})
    assert spectrum_of(only) == ROWS


def test_tables_side_by_side_and_below_each_other(tmp_path: Path) -> None:
    titles = ["25 °C", "", "", "", "60 °C"]
    beside = [[*left, "", *right] for left, right in zip(ROWS[:3], OTHER[:3], strict=True)]
    first, second = datasets(tmp_path, {"A": [titles, [*HEADS, "", *HEADS], *beside, [*ROWS[3]]]})
    assert (first.label, spectrum_of(first)) == ("A, 25 °C", ROWS)
    assert (second.label, spectrum_of(second)) == ("A, 60 °C", OTHER[:3])
    first, second = datasets(tmp_path, {"A": [HEADS, *ROWS, [], ["second"], HEADS, *OTHER]})
    assert (first.label, spectrum_of(first)) == ("A, row 1", ROWS)
    assert (second.label, spectrum_of(second)) == ("A, row 8", OTHER)


def test_sweeps_and_magnitude_with_phase_as_in_text_tables(tmp_path: Path) -> None:
    down, up = datasets(tmp_path, {"A": [["f / Hz", "|Z| / Ω", "Phase / °"], *ROWS, *ROWS[::-1]]})
    assert (down.columns["frequency_hertz"].size, up.columns["frequency_hertz"].size) == (4, 4)
    assert down.label.startswith("A, sweep 1")


def test_durations_and_dates(tmp_path: Path) -> None:
    values = [[3.0, 1.0], [3.5, 1.0], [4.0, -1.0]]
    hours = [timedelta(hours=20 * step) for step in range(3)]
    (only,) = datasets(
        tmp_path, {"A": [["Time", *SERIES], *([time, *row] for time, row in zip(hours, values, strict=True))]}
    )
    assert only.columns["test_time_second"].tolist() == [0, 72_000, 144_000]
    dated = [[START + time, *row] for time, row in zip(hours, values, strict=True)]
    (only,) = datasets(tmp_path, {"A": [["Date", *SERIES], *dated]})
    assert only.columns["test_time_second"].tolist() == [0, 72_000, 144_000]
    assert (only.start_time, only.technique) == (START, "")
    assert "time-from-stamps" in codes(only)
    as_text = [[(START + time).strftime("%m/%d/%Y %I:%M:%S %p"), *row] for time, row in zip(hours, values, strict=True)]
    (only,) = datasets(tmp_path, {"A": [["Date", *SERIES], *as_text]})
    assert only.columns["test_time_second"].tolist() == [0, 72_000, 144_000]
    (only,) = datasets(tmp_path, {"A": [["Date", "Time / s", *SERIES], *([row[0], 7, *row[1:]] for row in dated)]})
    assert (only.start_time, only.columns["test_time_second"].tolist()) == (START, [7, 7, 7])


@pytest.mark.parametrize(
    ("start", "hour", "code"),
    [
        (datetime(2026, 3, 29, 0, 30), 1, "clock-set-forward"),
        (datetime(2026, 10, 25, 0, 30), -1, "clock-set-back"),
    ],
)
def test_an_hour_by_which_the_clock_was_set_is_not_of_the_test(
    tmp_path: Path, start: datetime, hour: int, code: str
) -> None:
    """A row every 5 min; the clock is set after 90 min, between two rows of a discharge."""
    elapsed = [300.0 * row for row in range(40)]
    clock = [start + timedelta(seconds=second, hours=hour if row >= 18 else 0) for row, second in enumerate(elapsed)]
    (only,) = datasets(tmp_path, {"A": [["Date", *SERIES], *([stamp, 3.5, -1.0] for stamp in clock)]})
    assert only.columns["test_time_second"].tolist() == elapsed
    assert message_of(only.messages, code, row=19).level == "warning"
    assert only.start_time == start


def test_one_row_a_cycle(tmp_path: Path) -> None:
    rows = [[cycle, 150.0 - cycle, 99.5] for cycle in range(1, 6)]
    (only,) = datasets(tmp_path, {"A": [["Cycle", "Discharge capacity (mAh/g)", "CE (%)"], *rows]})
    assert only.technique == "cycling"
    assert only.columns["cycle_discharging_specific_capacity_ah_per_gram"][0] == pytest.approx(0.149)


def test_a_cell_that_is_no_number_is_named_and_other_sheets_are_read(tmp_path: Path) -> None:
    bad = [HEADS, *ROWS[:2], [100.0, "x", -3.0]]
    with refuses("invalid-sheet", UnreadableFile, sheet="A") as caught:
        datasets(tmp_path, {"A": bad})
    error = caught.value.parameters["error"]
    assert (error["code"], error["parameters"]["row"], error["parameters"]["column"]) == ("cell-not-a-number", 4, 2)
    (only,) = datasets(tmp_path, {"A": bad, "B": [HEADS, *ROWS]})
    assert message_of(only.messages, "sheet-refused", sheet="A")


@pytest.mark.parametrize(
    ("rows", "suggested"),
    [
        ([["Freq", "Zre", "Zim"], *ROWS], {"Freq": "Frequency / Hz", "Zre": "Z' / Ω", "Zim": "Z'' / Ω"}),
        (ROWS, {"0": "Frequency / Hz", "1": "Z' / Ω", "2": "Z'' / Ω"}),
    ],
)
def test_a_mapping_is_suggested_and_reads_the_sheets(tmp_path: Path, rows: Any, suggested: dict[str, str]) -> None:
    path = write(tmp_path, workbook({"A": rows, "notes": [["x", 1]]}))
    with pytest.raises(UnreadableFile) as refusal:
        read(path)
    mapping = refusal.value.parameters["suggested_mapping"]
    assert mapping["columns"] == suggested
    (only,) = read_mapped(path, mapping)
    assert (only.technique, spectrum_of(only)) == ("eis", ROWS)
    with refuses("no-column-names", UnreadableFile):
        read_mapped(path, {"columns": {"f": "Frequency / Hz", "a": "Z' / Ω", "b": "Z'' / Ω"}})


def test_an_impedance_times_an_area_is_refused_without_a_suggestion(tmp_path: Path) -> None:
    with refuses("invalid-sheet", UnreadableFile) as caught:
        datasets(tmp_path, {"A": [["f / Hz", "Z' / Ω cm²", "Z'' / Ω cm²"], *ROWS]})
    assert caught.value.parameters["error"]["parameters"]["error"]["code"] == "impedance-times-area"
    assert "suggested_mapping" not in caught.value.parameters


def ods() -> bytes:
    """Return an OpenDocument sheet of the spectrum."""
    cell = '<table:table-cell office:value-type="{kind}"{value}><text:p>{text}</text:p></table:table-cell>'
    lines = [
        "".join(
            cell.format(kind="string", value="", text=item)
            if isinstance(item, str)
            else cell.format(kind="float", value=f' office:value="{item}"', text=item)
            for item in row
        )
        for row in [HEADS, *ROWS]
    ]
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    rows = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines)
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="EIS">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return file.getvalue()


def test_an_opendocument_sheet(tmp_path: Path) -> None:
    assert recognises(ods()[:65_536], "eis")
    (only,) = read(write(tmp_path, ods()))
    assert (only.label, spectrum_of(only)) == ("EIS", ROWS)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (workbook({"A": [HEADS, *ROWS]})[:-200], "damaged-archive"),
        (workbook({"A": [HEADS, *ROWS]}).replace(b"workbook.xml", b"workbook.xmx"), "workbook-unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook-unreadable"),
        (workbook({"A": []}), "no-table"),
        (workbook({"A": [HEADS]}), "no-table"),
    ],
)
def test_refuses_what_has_no_table(tmp_path: Path, content: bytes, code: str) -> None:
    with refuses(code, UnreadableFile):
        read(write(tmp_path, content))


def test_an_archive_that_unpacks_to_far_more_is_not_opened(tmp_path: Path) -> None:
    path = write(tmp_path, workbook({"A": [HEADS, *ROWS]}))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/large.bin", bytes(80 << 20))
    with refuses("archive-too-large", UnreadableFile):
        read(path)


def test_many_rows_are_read_in_reasonable_time(tmp_path: Path) -> None:
    rows = [[second, 3.5, 0.1] for second in range(20_000)]
    (only,) = datasets(tmp_path, {"A": [["Time / s", *SERIES], *rows]})
    assert only.columns["test_time_second"].size == 20_000


def test_recognises_workbooks_of_any_program() -> None:
    assert recognises(workbook({"A": [[1]]})[:65_536], "x")
    assert recognises(arbin_workbook()[:65_536], "x")
    assert recognises(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.xls")
    assert not recognises(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "letter.doc")
    assert not recognises(b"Frequency / Hz,", "x.xlsx")


def test_a_row_exactly_at_midnight_is_one_of_dates_and_times(tmp_path: Path) -> None:
    """Excel stores it as a whole number of days, which reads as a date."""
    stamps = [datetime(2024, 1, 1, 23, 59, 50) + timedelta(seconds=10 * row) for row in range(3)]
    for rows in (stamps, stamps[1:]):
        (only,) = datasets(tmp_path, {"data": [["Date Time", *SERIES], *([stamp, 3.5, 1.0] for stamp in rows)]})
        assert only.columns["test_time_second"].tolist() == [10.0 * row for row in range(len(rows))]
        assert only.start_time == rows[0]


def test_a_current_without_sign_has_that_of_its_step_type(tmp_path: Path) -> None:
    (only,) = datasets(tmp_path, {"data": [["Time / s", *SERIES, "State"], [0, 3.5, 1, "C"], [9, 3.4, 2, "D"]]})
    assert only.columns["current_ampere"].tolist() == [1e-3, -2e-3]
    message_of(only.messages, "direction-from-step-type", column="State")


def test_a_row_of_units_may_repeat_those_of_the_header(tmp_path: Path) -> None:
    (only,) = datasets(tmp_path, {"data": [["Time / s", *SERIES], ["s", "V", "mA"], [0, 3.5, 1], [9, 3.4, 2]]})
    assert only.columns["current_ampere"].tolist() == [1e-3, 2e-3]


def test_numbers_as_text_may_have_the_typographic_minus(tmp_path: Path) -> None:
    (only,) = datasets(tmp_path, {"data": [["Time / s", *SERIES], [0, "3,5", "−1,5"], [9, "3,4", "−1,25"]]})
    assert only.columns["current_ampere"].tolist() == [-1.5e-3, -1.25e-3]
