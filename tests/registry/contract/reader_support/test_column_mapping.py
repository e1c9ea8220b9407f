from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plugins.readers.declared_csv import check_mapping, read, read_mapped
from registry.hookspecs import UnreadableFile
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import write

SPECTRUM = {"columns": {"0": "frequency_hertz", "1": "Z' / Ohm", "2": "-Z'' / kOhm"}}
CYCLING = {
    "columns": {
        "test_time": "test_time_second",
        "current": "Current / mA",
        "voltage": "voltage_volt",
        "cycle": "cycle",
        "charge_capacity": "charge capacity / mAh",
        "discharge_Capacity": "discharge capacity / mAh",
    }
}
LOG = "# made by hand;;\nnumber of headers;3;\ncell;x;\ntest_time;current;voltage\n1;2;3,5\n4;5;3,6\n"
LOG_MAPPING = {"columns": {"test_time": "Time / min", "current": "Current / mA", "voltage": "Voltage / V"}}


def columns(directory: Path, content: str, mapping: Mapping[str, Any]) -> dict[str, list[float]]:
    (only,) = read_mapped(write(directory, content), mapping)
    return {name: column.tolist() for name, column in only.columns.items()}


@pytest.mark.parametrize(
    "content", ["1000,2,3\n1,4,5\n", "1000\t2\t3\n1\t4\t5\n", " 1000  2 3 \n 1 4  5\n", "1000;2;3;\n1;4;5;\n"]
)
def test_reads_a_table_without_headers_by_position(tmp_path: Path, content: str) -> None:
    assert columns(tmp_path, content, SPECTRUM) == {
        "frequency_hertz": [1000, 1],
        "real_impedance_ohm": [2, 4],
        "imaginary_impedance_ohm": [-3000, -5000],
    }


def test_skips_lines_above_the_numbers(tmp_path: Path) -> None:
    assert columns(tmp_path, "measured today\n\n# points\n1000,2,3\n", SPECTRUM)["frequency_hertz"] == [1000]


def test_finds_the_line_with_the_mapped_headers(tmp_path: Path) -> None:
    assert columns(tmp_path, LOG, LOG_MAPPING) == {
        "test_time_second": [60, 240],
        "current_ampere": [0.002, 0.005],
        "voltage_volt": [3.5, 3.6],
    }


def test_uses_the_given_line_delimiter_and_decimal_mark(tmp_path: Path) -> None:
    mapping = {**LOG_MAPPING, "header_line": 4, "delimiter": ";", "decimal": ","}
    assert columns(tmp_path, LOG, mapping)["voltage_volt"] == [3.5, 3.6]


@pytest.mark.parametrize(
    ("content", "mapping", "reason"),
    [
        (LOG, {}, "the column mapping has no ‘columns’"),
        (LOG, {"columns": {}}, "the column mapping has no ‘columns’"),
        (
            LOG,
            {**LOG_MAPPING, "sheet": 1},
            "an unknown key ‘sheet’: use columns, header_line, delimiter, decimal",
        ),
        (LOG, {"columns": {"voltage": "Voltage"}}, "‘Voltage’ (for ‘voltage’) has no unit"),
        (LOG, {"columns": {"voltage": "Colour / V"}}, "‘Colour / V’ (for ‘voltage’) is not a known column"),
        (LOG, {**LOG_MAPPING, "delimiter": "|"}, "the delimiter must be a comma, semicolon, tab or space, not ‘|’"),
        (LOG, {**LOG_MAPPING, "decimal": "'"}, "the decimal mark must be . or ,"),
        (LOG, {**LOG_MAPPING, "header_line": "four"}, "‘four’ is not a line number"),
        (LOG, {**LOG_MAPPING, "header_line": 99}, "the file has no line 99"),
        (LOG.replace("voltage", "U"), LOG_MAPPING, "missing ‘voltage’ (closest: line 4)"),
        (LOG, {"columns": {"voltage": "voltage_volt"}}, "missing test_time_second, current_ampere"),
        (LOG, {**LOG_MAPPING, "decimal": "."}, "line 5, column 3 (‘voltage’): ‘3,5’ is not a number"),
        (
            "a,b\nc,d\n",
            SPECTRUM,
            "no line has numbers in the columns of the mapping (the last is column 2, counted from 0)",
        ),
        ("1,2\n", SPECTRUM, "no line has numbers in the columns of the mapping"),
        ("x\n1,2,3\n", {**SPECTRUM, "header_line": 0}, "line 1 has no numbers in the columns of the mapping"),
        ("1,2,3\n4,5\n", SPECTRUM, "line 2 has 2 fields where the header (line 0) has 3"),
        ("", SPECTRUM, "the file is empty (0 bytes)"),
    ],
)
def test_error_names_the_problem_and_its_location(
    tmp_path: Path, content: str, mapping: Mapping[str, Any], reason: str
) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_mapped(write(tmp_path, content), mapping)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("mapping", "reason"),
    [
        ({"columns": {"U": 3.5}}, "the column mapping has no name for ‘U’: enter one, or leave the column out"),
        ({"columns": {"U": " "}}, "the column mapping has no name for ‘U’"),
        ({"columns": ["voltage_volt"]}, "the column mapping has no ‘columns’"),
        ({"columns": {"U": "Volts"}}, "‘Volts’ (for ‘U’) is not a known column"),
        ({"columns": {"U": "voltage_volt"}}, "the column mapping: missing test_time_second, current_ampere"),
        (
            {"columns": {"U": "voltage_volt", "E": "Voltage / mV"}},
            "the column mapping: columns 1 (‘U’) and 2 (‘E’) are both voltage_volt",
        ),
        ({**LOG_MAPPING, "header_line": True}, "‘True’ is not a line number"),
        ({**LOG_MAPPING, "delimiter": [","]}, "the delimiter must be a comma"),
        ({**LOG_MAPPING, "decimal": ["."]}, "the decimal mark must be . or ,"),
    ],
)
def test_invalid_mapping_is_refused_without_a_file(mapping: Mapping[str, Any], reason: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        check_mapping(mapping)
    assert reason in str(refusal.value)


def test_a_mapped_spectrum_has_only_positive_frequencies(tmp_path: Path) -> None:
    assert columns(tmp_path, "1000,2,3\n0,2,3\n", SPECTRUM)["frequency_hertz"] == [1000]
    with pytest.raises(UnreadableFile, match="row 2 of the table: the frequency is -1 Hz"):
        columns(tmp_path, "1000,2,3\n-1,2,3\n", SPECTRUM)


@pytest.mark.parametrize("mapping", [SPECTRUM, CYCLING, LOG_MAPPING])
def test_accepts_a_valid_mapping_without_a_file(mapping: Mapping[str, Any]) -> None:
    check_mapping(mapping)


BROKEN = {
    "custom_missing_column.csv": "missing ‘voltage’ (closest: line 20)",
    "custom_nan_inf.csv": "line 24, column 8 (‘voltage’): the cell is empty",
    "custom_truncated.csv": "line 80 has 5 fields where the header (line 20) has 10",
}


@pytest.mark.parametrize("folder", shared_data.folder())
@pytest.mark.parametrize("name", BROKEN)
def test_refuses_a_broken_file_even_with_a_mapping(folder: Path, name: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_mapped(folder / "cycling" / "cellpy" / "bad" / name, CYCLING)
    assert BROKEN[name] in str(refusal.value)


@pytest.mark.parametrize("folder", shared_data.folder())
def test_missing_cycles_are_flagged(folder: Path) -> None:
    (only,) = read_mapped(folder / "cycling" / "cellpy" / "bad" / "custom_missing_cycle.csv", CYCLING)
    assert "The cycle number jumps from 1 to 3" in " ".join(message.text for message in only.messages)


@pytest.mark.parametrize("folder", shared_data.folder())
def test_all_of_them_are_refused_without_a_mapping(folder: Path) -> None:
    for path in (folder / "cycling" / "cellpy" / "bad").iterdir():
        with pytest.raises(UnreadableFile, match="use a column mapping"):
            read(path)


@pytest.mark.parametrize("folder", shared_data.folder())
@pytest.mark.parametrize(
    ("name", "points", "first"),
    [
        ("impedance_py/exampleData.csv", 66, (0.0031623, 0.0494998977640506, -0.020438698544418925)),
        ("pydrttools/LIB_data.txt", 107, (999.040405, 0.112362966, 0.00318273902)),
        ("pydrttools/zarc_data.txt", 81, (1e6, 9.953881, -0.020948)),
    ],
)
def test_reads_spectra_without_headers_by_mapping(
    folder: Path, name: str, points: int, first: tuple[float, float, float]
) -> None:
    """The first line of each file, read by eye."""
    mapping = {"columns": {"0": "frequency_hertz", "1": "real_impedance_ohm", "2": "imaginary_impedance_ohm"}}
    (only,) = read_mapped(folder / "eis" / name, mapping)
    assert tuple(column[0] for column in only.columns.values()) == pytest.approx(first, rel=1e-12)
    assert only.columns["frequency_hertz"].size == points


def test_finds_headers_in_either_unicode_composition(tmp_path: Path) -> None:
    stored = {"columns": {"Größe Ω": "Time / s", "U": "Voltage / V", "I": "Current / A"}}
    table = "{};U;I\n1;2;3\n4;5;6\n"
    for head in ("Größe Ω", "Gro\u0308ße \u2126", "\u200bGröße Ω\ufeff"):
        assert columns(tmp_path, table.format(head), stored)["test_time_second"] == [1, 4]
    typed = {"columns": {"Gro\u0308ße \u2126": "Time / s", "U": "Voltage / V", "I": "Current / A"}}
    assert columns(tmp_path, table.format("Größe Ω"), typed)["test_time_second"] == [1, 4]
