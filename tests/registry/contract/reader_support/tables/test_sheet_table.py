from datetime import datetime, time, timedelta

import pytest

from registry.contract.reader_support.files.number_cells import CellError
from registry.contract.reader_support.mapping.declared_table import read_headers
from registry.contract.reader_support.tables.sheet_table import (
    clock_column,
    decimal_mark,
    facts_of,
    find_tables,
    is_value,
    label_text,
    number_column,
    stamp_column,
    table_at,
    table_columns,
)
from registry.hookspecs import UnreadableFile
from tests.coded import refuses

HEADS = ["Frequency / Hz", "Z' / Ω"]
ROWS = [[100.0, 1.0], [10.0, 2.0]]


def test_finds_a_table_that_ends_at_a_blank_row() -> None:
    cells = [["title", ""], ["area", "1 cm2"], HEADS, *ROWS, ["", ""], [1.0, 2.0]]
    (table,) = find_tables(cells)
    assert (table.header, table.begin, table.end, table.labels) == (2, 3, 5, tuple(HEADS))
    assert table.column(cells, 1) == [1.0, 2.0]
    assert facts_of(cells)["area"] == "1 cm2"


def test_a_table_goes_on_below_blank_rows() -> None:
    """Rows below a blank one were left out without a word; a mean below them is no row of the table."""
    cells = [HEADS, *ROWS, ["", ""], ["", None], [1.0, 3.0], [0.1, 4.0], ["", ""], ["Mean", 2.5], ["", ""], [0.5, 2.5]]
    (table,) = find_tables(cells)
    assert table.column(cells, 0) == [100.0, 10.0, 1.0, 0.1]
    assert table.column(cells, 1) == [1.0, 2.0, 3.0, 4.0]


def test_a_cell_that_is_not_a_number_is_named_by_its_row_below_blank_rows() -> None:
    cells = [HEADS, *ROWS, ["", ""], [1.0, 3.0], [0.1, 4.0], [0.01, "x"]]
    (table,) = find_tables(cells)
    with refuses("cell-not-a-number", UnreadableFile, row=7):
        table_columns(cells, table, read_headers(table.labels, 1), set(), 1)


def test_a_repeated_header_begins_another_table_without_a_blank_row() -> None:
    cells = [HEADS, *ROWS, HEADS, *ROWS, [1.0, 3.0]]
    assert [len(table.column(cells, 0)) for table in find_tables(cells)] == [2, 3]


@pytest.mark.parametrize(
    "cells", [[], [HEADS], [HEADS, ["", ""]], [["a", "b"], *ROWS], ROWS, [["x"]] * 5000, [*ROWS * 3000]]
)
def test_no_table_without_known_names_above_numbers(cells: list[list[object]]) -> None:
    assert list(find_tables(cells)) == []


def test_repeated_names_begin_another_table() -> None:
    cells = [["25 °C", "", "60 °C", ""], [*HEADS, *HEADS], [*ROWS[0], *ROWS[0]], [*ROWS[1], "", ""]]
    first, second = find_tables(cells)
    assert [(table.first_column, table.end, table.title) for table in (first, second)] == [
        (0, 4, "25 °C"),
        (2, 3, "60 °C"),
    ]


def test_numbers_stored_as_text_and_what_is_none() -> None:
    assert number_column(["1,5", 2, 3.5], ",").tolist() == [1.5, 2, 3.5]
    for cell in ("x", "", True, datetime(2024, 1, 1), float("nan")):
        with pytest.raises(CellError) as error:
            number_column([1.0, cell], ".")
        assert error.value.parameters["row"] == 1
    assert decimal_mark([["1,5", 2.0]]) == ","
    assert decimal_mark([["1,500.5"]]) == "."


def test_durations_of_any_form() -> None:
    cells = [timedelta(hours=30), time(1, 2, 3), "2-01:00:00", 0.5]
    assert clock_column(cells, "t").tolist() == [108_000, 3723, 176_400, 43_200]


def test_dates_of_a_column() -> None:
    stamps = [datetime(2024, 1, 1), datetime(2024, 1, 2)]
    cells = [["Date", "U"], [stamps[0], 1.0], [stamps[1], 2.0]]
    assert stamp_column(cells, table_at(cells, ("Date", "U"), 1, header=0)) == stamps
    assert stamp_column(cells, table_at(cells, ("Date", "U"), 0, header=0)) is None


@pytest.mark.parametrize(("cell", "answer"), [(1, True), ("1,5", True), ("0:10:00", True), (True, False), ("x", False)])
def test_what_is_a_value(cell: object, answer: bool) -> None:
    assert is_value(cell) == answer
    assert label_text(600.0) == "600"
