from dataclasses import replace
from pathlib import Path

import pytest

from registry.contract.reader_support.files.number_table import Rows, read_numbers
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers.samples import write


def rows_of(directory: Path, body: str, *labels: str, delimiter: str = "\t", quoted: bool = False) -> Rows:
    """Return the rows below a first line ‘head’."""
    return Rows(write(directory, "head\n" + body), 5, 1, delimiter, labels, quoted=quoted)


@pytest.mark.parametrize(
    "body", ["1\t2\n3\t4\n", "1\t2\t\n3\t4\t\n", "1\t2\t\n3\t4\n", "1\t2\n3\t4\t\n", "\n1\t2\r\n\r\n3\t4"]
)
def test_reads_rows_with_and_without_a_delimiter_at_their_end(tmp_path: Path, body: str) -> None:
    numbers = read_numbers(rows_of(tmp_path, body, "a", "b"), (0, 1))
    assert {index: column.tolist() for index, column in numbers.columns.items()} == {0: [1, 3], 1: [2, 4]}


def test_reads_decimal_commas_and_reports_them(tmp_path: Path) -> None:
    numbers = read_numbers(rows_of(tmp_path, "1,5\t2\n3\t4\n", "a", "b"), (0,))
    assert (numbers.columns[0].tolist(), numbers.decimal) == ([1.5, 3], ",")


def test_reads_text_columns_next_to_numbers(tmp_path: Path) -> None:
    numbers = read_numbers(rows_of(tmp_path, "1\tC\n2\tD\n", "a", "b"), (0,), words=(1,))
    assert numbers.words[1].to_pylist() == ["C", "D"]


def test_reads_runs_of_spaces_as_one_delimiter(tmp_path: Path) -> None:
    numbers = read_numbers(rows_of(tmp_path, "  1  \t 2\n 3 4 \n", "a", "b", delimiter=" "), (0, 1))
    assert numbers.columns[1].tolist() == [2, 4]


def test_rows_may_end_before_the_file_does(tmp_path: Path) -> None:
    path = write(tmp_path, "1\t2\nend of table\n")
    assert read_numbers(Rows(path, 0, 0, "\t", ("a", "b"), end=4), (0,)).columns[0].tolist() == [1]


def test_names_an_optional_column_that_has_gaps(tmp_path: Path) -> None:
    numbers = read_numbers(rows_of(tmp_path, "1\t\n2\tx\n", "a", "b"), (0,), (1,))
    assert (list(numbers.columns), numbers.incomplete) == ([0], (1,))


def test_skips_blank_rows(tmp_path: Path) -> None:
    numbers = read_numbers(rows_of(tmp_path, "1;2\n;\n3;4\n;\n", "a", "b", delimiter=";"), (0,))
    assert numbers.columns[0].tolist() == [1, 3]


def test_no_rows_give_empty_columns(tmp_path: Path) -> None:
    assert read_numbers(rows_of(tmp_path, "", "a", "b"), (0,)).columns[0].size == 0


CELL = "cell-not-a-number"
COLUMN = "column 2 (‘b’)"


@pytest.mark.parametrize(
    ("body", "code", "parameters"),
    [
        ("1\t2\n3\n", "ragged-rows", {"line": 3, "fields": 1, "delimiter": "tab", "header_line": 1, "columns": 2}),
        ("1\t2\t3\n", "ragged-rows", {"line": 2, "fields": 3}),
        ("1\t2\n3\tx\n", CELL, {"line": 3, "column": COLUMN, "error": {"code": "not-a-number"}}),
        ("1\t2\n\n\n3\tNaN\n", CELL, {"line": 5, "column": COLUMN, "error": {"code": "not-finite"}}),
        ("1\t\n", CELL, {"line": 2, "column": COLUMN, "error": {"code": "empty-cell"}}),
        ("1\t1e999\n", CELL, {"line": 2, "error": {"code": "not-a-number", "parameters": {"cell": "1e999"}}}),
        ('1\t"2\n3\t4\n', CELL, {"line": 2, "error": {"code": "not-a-number", "parameters": {"cell": '"2'}}}),
    ],
)
def test_error_names_the_problem_and_its_location(tmp_path: Path, body: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read_numbers(rows_of(tmp_path, body, "a", "b"), (0, 1))


@pytest.mark.parametrize(
    ("body", "numbers", "mark"),
    [
        ("1,304.5\t2\n3.25\t4\n", [1304.5, 3.25], ","),
        ("-1,304\t3.5012\n1,000,250\t4\n", [-1304, 1000250], ","),
        ("1.304,5\t2\n3,25\t4\n", [1304.5, 3.25], "."),
        ("1,3\t2\n3,25\t4\n", [1.3, 3.25], ""),
    ],
)
def test_thousands_are_separated_where_it_is_certain(
    tmp_path: Path, body: str, numbers: list[float], mark: str
) -> None:
    rows = replace(rows_of(tmp_path, body, "a", "b"), has_thousands=True)
    table = read_numbers(rows, (0, 1))
    assert (table.columns[0].tolist(), table.thousands) == (numbers, mark)


@pytest.mark.parametrize("body", ["1,304\t3.501\n", "1,30.4\t3.5\n", "0,304\t3.5\n", "1.304\t3.5,1\n"])
def test_thousands_that_are_not_certain_are_refused(tmp_path: Path, body: str) -> None:
    with refuses("cell-not-a-number", UnreadableFile):
        read_numbers(replace(rows_of(tmp_path, body, "a", "b"), has_thousands=True), (0, 1))


def test_thousands_are_separated_only_where_the_program_does(tmp_path: Path) -> None:
    with refuses("cell-not-a-number", UnreadableFile):
        read_numbers(rows_of(tmp_path, "1,304.5\t2\n", "a", "b"), (0, 1))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_comments_between_the_rows_are_no_rows(tmp_path: Path, end: str) -> None:
    """A remark such as a change of range was a row with too few fields."""
    path = tmp_path / "table"
    lines = ["a;b", "1;2,5", "# range changed; to 1 mA", "2;−3,5", "#", "3;4"]
    path.write_bytes(end.join(lines).encode())
    rows = Rows(path, len("a;b" + end), 1, ";", ("a", "b"))
    assert read_numbers(rows, (0, 1)).columns[1].tolist() == [2.5, -3.5, 4.0]
    path.write_bytes(end.join([*lines, "5;x"]).encode())
    with refuses("cell-not-a-number", UnreadableFile, line=7):
        read_numbers(rows, (0, 1))
