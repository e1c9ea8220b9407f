"""CSV tables, read back with the csv module."""

import csv
import io

import pytest

from plugins.table_formats.csv_text import guarded, register_table_formats, render
from registry.hookspecs import Heading, PrintedTable, TableCell


def read(table: PrintedTable) -> list[list[str]]:
    return list(csv.reader(io.StringIO(render(table).decode(), newline=""), strict=True))


def test_the_first_line_is_the_header_with_units(table: PrintedTable) -> None:
    assert read(table)[0][:3] == ["Sample", "Resistance / Ω", "Electronic conductivity σ / mS cm⁻¹"]


def test_numbers_are_plain_ascii_with_the_digits_warranted(table: PrintedTable) -> None:
    rows = read(table)[1:5]
    assert [row[1] for row in rows] == ["7.87e3", "-5", ">80", "1.00e1"]
    assert [row[2] for row in rows] == ["9.71e-3", "6.890", "168.5", "Coin cell"]
    assert {row[3] for row in rows} == {"3x3"}
    assert float(rows[0][1]) == 7870.0


def test_no_text_cell_can_run_as_a_formula(table: PrintedTable) -> None:
    cells = [cell for line in read(table) for cell in line]
    assert '\'=cmd("calc")' in cells
    assert "'-1 % of *all* cells" in cells
    assert any(cell.startswith("'=Deduced ") for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))] == ["-5", "-0.5"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", "\n=", " =", "\uff1d"])
def test_guards_every_start_of_a_formula(start: str) -> None:
    assert guarded(f"{start}1+1").startswith("'")


def test_digits_that_are_no_number_are_guarded_as_text() -> None:
    headings = (Heading("area_cm2", "Area", "cm²", numeric=True),)
    rows = ((TableCell("x", "=1+1"),), (TableCell("-3×3", "-3x3"),))
    assert [line[0] for line in read(PrintedTable("t", "T", "", headings, rows))[1:3]] == ["x", "'-3x3"]


def test_notes_and_references_follow_after_a_blank_line(table: PrintedTable) -> None:
    lines = read(table)
    below = lines[lines.index([]) + 1 :]
    assert below[0] == ["Title", "Odd & ends"]
    assert below[2] == ["Notes"]
    assert below[3][0] == "a"
    assert below[3][2] == (
        'row 1 (=cmd("calc")): Electronic conductivity σ; row 3 (a|b\\c *d* _e_ & 50 % #1 ~x^2 {y} $z$): Resistance'
    )
    assert below[5] == ["References"]
    assert below[6][::2] == ["1", "10.1000/xyz_1"]
    assert len(below) == 8


def test_lines_end_as_in_rfc_4180_without_byte_order_mark(table: PrintedTable) -> None:
    content = render(table)
    assert content.startswith(b"Sample,")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_transposes(transposed_table: PrintedTable) -> None:
    lines = read(transposed_table)
    assert lines[:3] == [
        ["Stack pressure / MPa", "2", "5"],
        ["Ionic conductivity / mS cm⁻¹", "0.366", "0.370"],
        ["Electronic conductivity / mS cm⁻¹", "7.18", "7.41"],
    ]
    assert ["a", "Stale.", "column 2 (5): Electronic conductivity"] in lines


def test_an_empty_table_states_that_it_has_no_rows(empty_table: PrintedTable) -> None:
    lines = read(empty_table)
    assert lines[1] == []
    assert lines[-1][0].startswith("No measurement matches")


def test_footnotes_go_on_after_z_and_references_may_be_none(noted_table: PrintedTable) -> None:
    lines = read(noted_table)
    assert lines[-1] == ["ae", "Remark 30.", "row 30 (cell 30): Cycles"]
    assert ["References"] not in lines


def test_output_is_reproducible(table: PrintedTable) -> None:
    assert render(table) == render(table)


def test_registers_as_csv() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.extension) == ("csv", "csv")
