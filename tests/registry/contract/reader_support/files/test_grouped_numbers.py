from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from registry.contract.reader_support.files.grouped_numbers import could_be_grouped, first_grouped, may_be_grouped
from registry.contract.reader_support.files.number_cells import CellError
from registry.contract.reader_support.files.number_table import Rows, read_numbers
from registry.contract.reader_support.tables.sheet_table import number_column
from registry.hookspecs import UnreadableFile
from tests.coded import refuses

FREQUENCY = np.geomspace(5e5, 20, 22)
"""Passes 1000 Hz between the 13th and the 14th point."""


@pytest.mark.parametrize("mark", [",", "."])
@pytest.mark.parametrize("numbers", [FREQUENCY, FREQUENCY[::-1], np.arange(0, 30_000, 100), -np.arange(900, 1100, 9)])
def test_numbers_that_pass_1000_are_grouped(mark: str, numbers: np.ndarray) -> None:
    texts = [f"{number:,.0f}".replace(",", mark) for number in numbers]
    assert may_be_grouped(np.array([float(text.replace(",", ".")) for text in texts]))
    first = first_grouped(texts, mark)
    assert first == next(index for index, number in enumerate(numbers) if round(abs(number)) >= 1000)


@pytest.mark.parametrize(
    "numbers",
    [
        [f"{number / 1000:.3f}" for number in FREQUENCY],
        ["3", "3.001", "3.002", "2.999", "3"],
        ["500.5", "1.234", "500", "2.500"],
        ["0.500", "500", "0.512"],
        ["1.000", "2.000"],
        ["1", "500", "2"],
        [],
    ],
)
def test_decimals_are_not_grouped(numbers: list[str]) -> None:
    assert first_grouped(numbers, ".") is None


@pytest.mark.parametrize(
    ("texts", "expected"),
    [(["764", " 1,062"], True), (["764", "500"], False), (["0,500", "1,062"], False), (["1,062", "764.5"], False)],
)
def test_which_columns_are_looked_at_cell_by_cell(texts: list[str], expected: bool) -> None:
    assert could_be_grouped(pa.chunked_array([texts]), ",") == expected


def test_a_table_with_marks_between_thousands_is_refused_with_line_and_column(tmp_path: Path) -> None:
    """‘1,062’ below ‘764’ was 1.062, a factor of 1000 too small, with no more than ‘Decimal commas’."""
    path = tmp_path / "table"
    path.write_text("f;Z\n100;764\n\n90;1,062\n80;1,359\n")
    with refuses("cell-not-a-number", UnreadableFile, line=4, error={"code": "separator-of-thousands"}):
        read_numbers(Rows(path, 4, 1, ";", ("f", "Z")), (0, 1))
    path.write_text("f;Z\n100;764,5\n90;1,062\n80;1,359\n")
    assert read_numbers(Rows(path, 4, 1, ";", ("f", "Z")), (0, 1)).columns[1].tolist() == [764.5, 1.062, 1.359]


def test_texts_in_a_sheet_with_marks_between_thousands_are_refused() -> None:
    with refuses("separator-of-thousands", CellError, cell="1,062", row=1):
        number_column(["764", "1,062", "1,359"], ",")
    assert number_column(["764,5", "1,062"], ",").tolist() == [764.5, 1.062]
