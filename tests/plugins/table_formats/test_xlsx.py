"""XLSX tables, read back with openpyxl."""

import io

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from plugins.table_formats import csv_text
from plugins.table_formats.xlsx import number_format, register_table_formats, render
from registry.hookspecs import Heading, PrintedTable, TableCell


def read(table: PrintedTable) -> Worksheet:
    book = load_workbook(io.BytesIO(render(table)))
    assert book.active is not None
    assert book.active.title == "Table"
    return book["Table"]


def notes(table: PrintedTable) -> list[object]:
    _, _, sheet = load_workbook(io.BytesIO(render(table))).worksheets
    return [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)]


def frame(table: PrintedTable) -> pd.DataFrame:
    return pd.read_excel(io.BytesIO(render(table)), engine="openpyxl")


def line(sheet: Worksheet, row: int) -> list[Cell]:
    return list(sheet[row])


def test_numbers_are_numbers_that_show_their_digits(table: PrintedTable) -> None:
    sheet = read(table)
    resistances = [sheet.cell(1 + row, 2) for row in range(1, 5)]
    assert [cell.value for cell in resistances] == [7870, -5, 80, 10]
    assert [cell.number_format for cell in resistances] == ["0.00E+0", "0", '">"0"ᵃ,ᵇ"', "0.00E+0"]
    assert {cell.data_type for cell in resistances} == {"n"}
    assert sheet.cell(3, 3).number_format == "0.000"


def test_a_computed_number_keeps_what_its_digits_hide(table: PrintedTable) -> None:
    sheet = read(table)
    cell = sheet.cell(4, 3)
    assert (cell.value, cell.number_format) == (168.4837, "0.0")


def test_the_printed_digits_win_where_rounding_would_differ() -> None:
    rows = ((TableCell("0.12", "0.12", 0.125),),)
    sheet = read(PrintedTable("half", "Half", "", (Heading("x", "X", numeric=True),), rows))
    assert sheet.cell(2, 1).value == 0.12


def test_a_footnote_mark_is_in_the_number_format(table: PrintedTable) -> None:
    sheet = read(table)
    cell = sheet.cell(2, 3)
    assert (cell.value, cell.number_format) == (0.00971, '0.00E+0"ᵃ"')


@pytest.mark.parametrize(
    ("digits", "expected"),
    [("10", "0"), ("6.890", "0.000"), ("-0.5", "0.0"), ("7.87e3", "0.00E+0"), ("12e3", "0.0E+0"), ("0", "0")],
)
def test_the_format_shows_exactly_the_digits(digits: str, expected: str) -> None:
    assert number_format(digits) == expected


def test_words_are_text_products_are_numbers_shown_by_their_sides_and_no_formula_runs(table: PrintedTable) -> None:
    sheet = read(table)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert b"<f>" not in render(table)
    first, *_, area, _ = line(sheet, 2)
    assert (first.value, area.value, area.number_format) == ('=cmd("calc")', 9, '"3×3"')


def test_a_missing_value_prints_its_reason_in_italics(table: PrintedTable) -> None:
    sheet = read(table)
    cell = sheet.cell(3, 5)
    assert (cell.value, cell.font.italic) == ("Coin cell", True)


def test_headers_are_bold_frozen_and_have_units(table: PrintedTable) -> None:
    sheet = read(table)
    assert [cell.value for cell in line(sheet, 1)][1] == "Resistance / Ω"
    assert all(cell.font.bold for cell in line(sheet, 1))
    assert sheet.freeze_panes == "B2"


def test_has_title_caption_notes_and_references(table: PrintedTable) -> None:
    below = notes(table)
    assert below[:2] == ["Odd & ends", "-1 % of *all* cells"]
    assert below[below.index("Notes") + 1] == "ᵃ Computed 6.59×10⁻³ mS cm⁻¹, 4.6 % less."
    assert str(below[below.index("References") + 1]).startswith("[1] Zhang, W. et al.")


def test_transposes(transposed_table: PrintedTable) -> None:
    sheet = read(transposed_table)
    assert [cell.value for cell in line(sheet, 1)] == ["Stack pressure / MPa", 2, 5]
    assert [cell.value for cell in line(sheet, 3)] == ["Electronic conductivity / mS cm⁻¹", 7.18, 7.41]


def test_an_empty_table_states_that_it_has_no_rows(empty_table: PrintedTable) -> None:
    assert str(notes(empty_table)[-1]).startswith("No measurement matches")


def test_footnotes_go_on_after_z_and_references_may_be_none(noted_table: PrintedTable) -> None:
    below = notes(noted_table)
    assert below[-1] == "ᵃᵉ Remark 30."
    assert "References" not in below


def test_refuses_text_that_excel_cannot_hold() -> None:
    rows = ((TableCell("x" * 40_000),),)
    with pytest.raises(ValueError, match=r"row 2, column 1: .*Excel"):
        render(PrintedTable("long", "Long", "", (Heading("label", "Label"),), rows))


def test_output_is_reproducible(table: PrintedTable) -> None:
    assert render(table) == render(table)


def test_pandas_reads_the_columns_of_the_csv_file(table: PrintedTable) -> None:
    """Numbers are equal to the digits printed; a spreadsheet has those that the digits hide, too."""
    printed, data = pd.read_csv(io.BytesIO(csv_text.render(table))), frame(table)
    assert list(data.columns) == list(printed.columns)
    for name in data.columns:
        if pd.api.types.is_numeric_dtype(data[name]):
            assert data[name].to_numpy() == pytest.approx(printed[name].to_numpy(), rel=1e-3, nan_ok=True), name
        else:
            assert data[name].fillna("").tolist() == [text.removeprefix("'") for text in printed[name].fillna("")], name
    assert data["Resistance, qualifier"].fillna("").tolist() == ["", "", ">", ""]


def test_the_data_of_a_transposed_table_has_a_row_for_each_measurement(transposed_table: PrintedTable) -> None:
    data = frame(transposed_table)
    assert data["Stack pressure / MPa"].tolist() == [2, 5]
    assert pd.api.types.is_numeric_dtype(data["Ionic conductivity / mS cm⁻¹"])


def test_registers_as_xlsx() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.extension) == ("xlsx", "xlsx")
