"""Uncertainties and the sign of what differs stand at the number in every format that people read."""

import io

import pytest
from openpyxl import load_workbook

from plugins.table_formats import csv_text, html, latex, markdown, xlsx
from registry.hookspecs import Heading, PrintedTable, TableCell

SIGMA = Heading("electronic_conductivity_s_cm", "σ", "S cm⁻¹", numeric=True)
PLAIN = TableCell("0.350(14)", "0.350", 0.35, 0.014, uncertainty_digits="14", differs=True)
SMALL = TableCell("6.586(17)×10⁻⁵", "6.586e-5", 6.586e-5, 1.7e-7, notes=(1,), uncertainty_digits="17")
TABLE = PrintedTable("t", "T", "", (SIGMA,), ((PLAIN,), (SMALL,)), ("Noted.",))


@pytest.mark.parametrize(
    ("render", "parts"),
    [
        (latex.render, [r"\num{0.350(14)}\,\ensuremath{\neq}", r"\num{6.586(17)e-5}\,\textsuperscript{a}"]),
        (markdown.render, ["0.350(14) ≠", "6.586(17)×10⁻⁵\u2009ᵃ"]),
        (html.render, [">0.350(14) ≠</td>", ">6.586(17)×10⁻⁵\u2009<sup>"]),
        (csv_text.render, ["0.350,0.014,", "0.00006586,0.00000017,"]),
    ],
)
def test_a_text_has_them(render: object, parts: list[str]) -> None:
    text = render(TABLE).decode()  # type: ignore[operator]
    for part in parts:
        assert part in text


def test_a_number_of_a_spreadsheet_shows_them() -> None:
    sheet = load_workbook(io.BytesIO(xlsx.render(TABLE)))["Table"]
    assert [sheet.cell(row, 1).value for row in (2, 3)] == [0.35, 6.586e-5]
    assert [sheet.cell(row, 1).number_format for row in (2, 3)] == ['0.000"(14) ≠"', '0.000E+0" ± 1.7e-07ᵃ"']
