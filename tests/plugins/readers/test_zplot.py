from pathlib import Path

import numpy as np
import pytest

from plugins.readers.zplot import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import AUTOLAB, ZPLOT, ZPLOT_PLAIN, write


def test_reads_a_file_with_comments(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, ZPLOT))
    assert only.technique == "eis"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [50000, 1],
        "real_impedance_ohm": [29, 75],
        "imaginary_impedance_ohm": [0.65, -0.15],
        "test_time_second": [2.59, 40.85],
    }
    assert only.header["started"] == "10-12-2018 12:32:21"
    assert only.header["technique"] == "Sweep Frequency"
    assert only.start_time is None
    assert [message.text[:27] for message in only.messages] == ["Start time ‘10-12-2018 12:3"]


def test_reads_a_file_without_comments_with_a_message_on_missing_points(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, ZPLOT_PLAIN))
    assert only.columns["imaginary_impedance_ohm"].tolist() == [-85, -190]
    assert message_of(only.messages, "incomplete-file", rows=2, points=3).level == "warning"
    assert message_of(only.messages, "start-time-without-zone")


def test_reads_what_autolab_writes_without_its_empty_times(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, AUTOLAB))
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "frequency_hertz": [10000, 0.1],
        "real_impedance_ohm": [0.0137, 0.0345],
        "imaginary_impedance_ohm": [0.0071, -0.0039],
    }


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (ZPLOT[: ZPLOT.index("  Freq(Hz)")], "no-column-names", {}),
        (ZPLOT[: ZPLOT.index("5.0E+04")], "no-rows", {"line": 9}),
        (
            ZPLOT.replace("7.5E+01", "bad"),
            "cell-not-a-number",
            {
                "line": 11,
                "column": "column 5 (‘Z'(Ohm)’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "bad"}},
            },
        ),
        (
            ZPLOT.replace("\tZ''(b)", "\tY"),
            "missing-columns",
            {"missing": ["imaginary_impedance_ohm (imaginary part of the impedance)"]},
        ),
        (ZPLOT[:-20], "ragged-rows", {"line": 11, "fields": 5, "header_line": 9, "columns": 9}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


@pytest.mark.parametrize("content", [ZPLOT, ZPLOT_PLAIN, AUTOLAB])
def test_is_recognised_by_its_first_line(content: str) -> None:
    assert recognises(content.encode(), "data")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_shortened_copy_agrees_with_its_original(folder: Path) -> None:
    """exampleDataZPlot.z is the beginning of Circuit2_EIS_1.z (same start, 10-12-2018 11:04:34), 21 of 56 points."""
    (short,), (whole,) = (
        read(folder / "eis" / "impedance_py" / name) for name in ("exampleDataZPlot.z", "Circuit2_EIS_1.z")
    )
    assert (short.columns["frequency_hertz"].size, whole.columns["frequency_hertz"].size) == (21, 56)
    for name, column in short.columns.items():
        np.testing.assert_array_equal(column, whole.columns[name][:21])


@pytest.mark.parametrize("folder", shared_data.folder())
@pytest.mark.parametrize(
    ("name", "points", "first", "last"),
    [
        ("exampleDataZPlot_noComments.z", 31, (3e5, 642.62, -85.821), (300, 1305.3, -195.01)),
        ("exampleDataAutolab.txt", 41, (1e4, 0.013785863964281, 0.007191946305823),
         (0.1, 0.0345697771923854, -0.00390292888845954)),
        ("Circuit1_EIS_1.z", 48, (5e4, 29.036, 0.63662), (1, 75.803, -0.16244)),
    ],
)  # fmt: skip
def test_first_and_last_point_are_those_of_the_file(
    folder: Path, name: str, points: int, first: tuple[float, ...], last: tuple[float, ...]
) -> None:
    """Read by eye from the files."""
    (only,) = read(folder / "eis" / "impedance_py" / name)
    table = np.column_stack([only.columns[name] for name in list(only.columns)[:3]])
    assert (len(table), tuple(table[0]), tuple(table[-1])) == (points, first, last)


def test_reads_decimal_commas_between_tabs(tmp_path: Path) -> None:
    head, end, rows = ZPLOT.partition("End Comments\n")
    (only,) = read(write(tmp_path, head + end + rows.replace(".", ",")))
    (plain,) = read(write(tmp_path, ZPLOT))
    for name, column in plain.columns.items():
        assert only.columns[name].tolist() == column.tolist()
    assert "decimal-commas" in {message.code for message in only.messages}
