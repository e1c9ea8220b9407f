"""CSV tables, read back with pandas and the csv module."""

import csv
import io
from dataclasses import replace

import pandas as pd

from plugins.table_formats.csv_text import register_table_formats, render
from registry.hookspecs import Heading, PrintedTable, TableCell


def read(table: PrintedTable) -> list[list[str]]:
    return list(csv.reader(io.StringIO(render(table).decode(), newline=""), strict=True))


def column(table: PrintedTable, title: str) -> list[str]:
    head, *rows = read(table)
    return [row[head.index(title)] for row in rows]


def test_head_and_rows_are_all_there_is(table: PrintedTable) -> None:
    lines = read(table)
    assert len(lines) == 1 + len(table.rows)
    assert {len(line) for line in lines} == {len(lines[0])}


def test_pandas_reads_numbers(table: PrintedTable) -> None:
    frame = pd.read_csv(io.BytesIO(render(table)))
    assert frame["Resistance / Ω"].tolist() == [7870.0, -5.0, 80.0, 10.0]
    assert frame["Electronic conductivity σ / mS cm⁻¹"].tolist()[:3] == [9.71e-3, 6.89, 168.5]
    assert frame["Stack pressure / MPa"].isna().tolist() == [False, True, False, False]
    assert frame["Area / cm²"].tolist() == [9, 9, 9, 9]


def test_digits_are_those_warranted(table: PrintedTable) -> None:
    assert column(table, "Resistance / Ω") == ["7870", "-5", "80", "10.0"]
    assert column(table, "Electronic conductivity σ / mS cm⁻¹") == ["0.00971", "6.890", "168.5", ""]


def test_what_belongs_to_a_number_stands_beside_it(table: PrintedTable) -> None:
    assert column(table, "Resistance, qualifier") == ["", "", ">", ""]
    assert column(table, "Resistance, uncertainty / Ω") == ["2.9", "", "", ""]
    assert column(table, "Electronic conductivity σ, lower bound / mS cm⁻¹") == ["", "", "162.8", ""]
    assert column(table, "Electronic conductivity σ, upper bound / mS cm⁻¹") == ["", "", "174.2", ""]
    assert column(table, "Electronic conductivity σ, origin")[0] == "computed"
    assert column(table, "Electronic conductivity σ, note") == [table.footnotes[0], "", "", "Coin cell"]
    assert column(table, "Area, note") == ["3×3"] * 4
    assert "Stack pressure, qualifier" not in read(table)[0]


def test_references_stand_in_columns_of_their_own(table: PrintedTable) -> None:
    cited = replace(table, cited=((1,), (), (2,), (1, 2)))
    assert column(cited, "DOI") == ["10.1000/xyz_1", "", "", "10.1000/xyz_1"]
    assert column(cited, "Citation")[2].startswith("Gé, Z. ")
    assert "; " in column(cited, "Citation")[3]


def test_no_text_cell_can_run_as_a_formula(table: PrintedTable) -> None:
    cells = [cell for line in read(table) for cell in line]
    assert '\'=cmd("calc")' in cells
    assert any("=Deduced " in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "-"))] == ["-5", "-0.5"]


def test_digits_that_are_no_number_are_a_note() -> None:
    headings = (Heading("area_cm2", "Area", "cm²", numeric=True),)
    table = PrintedTable("t", "T", "", headings, ((TableCell("x", "=1+1"),), (TableCell("-3×3", "-3x3", -9.0),)))
    assert column(table, "Area / cm²") == ["", "-9"]
    assert column(table, "Area, note") == ["x", "'-3×3"]


def test_lines_end_as_in_rfc_4180_without_byte_order_mark(table: PrintedTable) -> None:
    content = render(table)
    assert content.startswith(b"Sample,")
    assert content.count(b"\n") == content.count(b"\r\n")


def test_a_transposed_table_has_its_headings_across(transposed_table: PrintedTable) -> None:
    assert read(transposed_table)[0][:2] == ["Stack pressure / MPa", "Ionic conductivity / mS cm⁻¹"]
    assert column(transposed_table, "Ionic conductivity / mS cm⁻¹") == ["0.366", "0.370"]


def test_an_empty_table_has_a_head(empty_table: PrintedTable) -> None:
    assert len(read(empty_table)) == 1


def test_output_is_reproducible(table: PrintedTable) -> None:
    assert render(table) == render(table)


def test_registers_as_csv() -> None:
    (form,) = register_table_formats()
    assert (form.name, form.extension) == ("csv", "csv")


def test_rows_name_the_records_they_come_from(table: PrintedTable) -> None:
    """By these a table is joined with other exports."""
    assert "Refcodes" in read(table)[0]
    assert [list(table.refcodes_of(row)) for row in range(4)] == [text.split() for text in column(table, "Refcodes")]
