from pathlib import Path

import pytest

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.files.nested_table import nested_header, write_records
from registry.contract.reader_support.files.number_table import Rows, read_numbers
from tests.coded import refuses

LINES = ("Cycle,Charge", ",Step,Kind", ",,Point,Voltage")
HEAD = "\n".join(LINES) + "\n"


def records(directory: Path, body: str) -> Rows:
    path = directory / "nested"
    path.write_text(HEAD + body)
    header = nested_header(LINES, ",")
    assert header is not None
    rows = Rows(path, len(HEAD), 3, ",", header.levels[-1], quoted=True)
    return write_records(rows, header, [(0, 0), (1, 1)], directory / "flat")


def test_each_level_has_one_empty_cell_more() -> None:
    header = nested_header((*LINES, "1,0.5"), ",")
    assert header is not None
    assert header.levels == (("Cycle", "Charge"), ("", "Step", "Kind"), ("", "", "Point", "Voltage"))
    assert [header.level_of(row) for row in (["1"], ["", "1"], ["", "", "1"], ["", "", "", "1"])] == [0, 1, 2, 2]


def test_a_flat_table_has_no_levels() -> None:
    assert nested_header(("Cycle,Voltage", "1,3.5"), ",") is None
    assert nested_header((), ",") is None


def test_records_inherit_cells_of_their_outer_rows(tmp_path: Path) -> None:
    flat = records(tmp_path, "1,0.5,7,CC\n,,1,3.0\n\n,8,Rest\n,,2,3.1,\n2,0.4\n,9,CC\n,,3,3.2\n")
    assert flat.labels == ("", "", "Point", "Voltage", "Cycle", "Step")
    numbers = read_numbers(flat, (2, 3, 4, 5)).columns
    assert [numbers[index].tolist() for index in (2, 3, 4, 5)] == [[1, 2, 3], [3.0, 3.1, 3.2], [1, 1, 2], [7, 8, 9]]


def test_lines_are_those_of_the_file(tmp_path: Path) -> None:
    flat = records(tmp_path, "1,0.5\n,7,CC\n,,1,3.0\n,,2,x\n")
    with refuses("cell-not-a-number", UnreadableFile, line=7, column="column 4 (‘Voltage’)"):
        read_numbers(flat, (3,))


@pytest.mark.parametrize(
    ("body", "code", "parameters"),
    [
        (",,1,3.0\n", "record-without-outer-row", {"line": 4, "outer_label": "Cycle"}),
        ("1,0.5\n,,1,3.0\n", "record-without-outer-row", {"line": 5, "outer_label": "Step"}),
        ("1,0.5,7\n", "ragged-rows", {"line": 4, "header_line": 1, "columns": 2}),
        ("1,0.5\n,7\n", "ragged-rows", {"line": 5, "header_line": 2, "columns": 3}),
        ("1,0.5\n,7,CC\n,,1\n", "ragged-rows", {"line": 6, "header_line": 3, "columns": 4}),
    ],
)
def test_malformed_rows_are_refused_with_their_line(tmp_path: Path, body: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        records(tmp_path, body)
