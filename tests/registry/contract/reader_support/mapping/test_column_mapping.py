from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from plugins.readers.declared_csv import check_mapping, read, read_mapped
from registry.contract.reader_support.mapping.column_mapping import parse_mapping
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
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


CLOCK_ROWS = "0:00:00;0,1;3,5\n144:01:18;0,2;3,6\n"
CLOCK_TIMES = [0.0, 518478.0]


@pytest.mark.parametrize("name", ["Test time / clock", "test_time_second / clock", "time (hh:mm:ss)", "Time / h:min:s"])
def test_a_column_of_clock_times(tmp_path: Path, name: str) -> None:
    by_header = {"columns": {"t": name, "i": "Current / mA", "u": "Voltage / V"}}
    by_position = {"columns": {"0": name, "1": "Current / mA", "2": "Voltage / V"}, "delimiter": ";"}
    for content, mapping in (("t;i;u\n" + CLOCK_ROWS, by_header), ("log of a cell\n" + CLOCK_ROWS, by_position)):
        check_mapping(mapping)
        assert columns(tmp_path, content, mapping) == {
            "test_time_second": CLOCK_TIMES,
            "current_ampere": [1e-4, 2e-4],
            "voltage_volt": [3.5, 3.6],
        }


def test_days_before_the_clock(tmp_path: Path) -> None:
    mapping = {"columns": {"t": "Test time / clock", "i": "Current / A", "u": "Voltage / V"}}
    content = "t\ti\tu\n  0d 00:00:5\t1\t3.5\n  1d 02:03:04.5\t1\t3.6\n"
    assert columns(tmp_path, content, mapping)["test_time_second"] == [5, 93784.5]


def test_a_cell_that_is_no_clock_time_is_named(tmp_path: Path) -> None:
    mapping = {"columns": {"t": "Test time / clock", "i": "Current / A", "u": "Voltage / V"}}
    with refuses("invalid-clock-time", UnreadableFile, row=2, label="t", written="12"):
        read_mapped(write(tmp_path, "t,i,u\n0:00:00,1,3.5\n12,1,3.6\n"), mapping)


@pytest.mark.parametrize("name", ["Current / clock", "Unix time / clock", "Voltage / hh:mm:ss"])
def test_only_elapsed_times_are_clock_times(name: str) -> None:
    with refuses("invalid-column-mapping", UnreadableFile):
        check_mapping({"columns": {"a": name, "t": "Test time / s", "i": "Current / A", "u": "Voltage / V"}})


ANY_OF = {
    "columns": {
        "t": {"name": "Time / min", "any of": ["test_time", "Zeit"]},
        "I": {"name": "-Current / mA", "any of": ["current", "Strom"]},
        "U": {"name": "Voltage / V", "any of": ["voltage"]},
    }
}


@pytest.mark.parametrize("content", [LOG, LOG.replace("test_time", "Zeit").replace("current", "I")])
def test_a_column_may_have_any_of_several_headers(tmp_path: Path, content: str) -> None:
    check_mapping(ANY_OF)
    assert columns(tmp_path, content, ANY_OF) == {
        "test_time_second": [60, 240],
        "current_ampere": [-0.002, -0.005],
        "voltage_volt": [3.5, 3.6],
    }


def test_of_several_headers_the_first_in_the_mapping_is_read(tmp_path: Path) -> None:
    mapping = {"columns": {**ANY_OF["columns"], "I": {"name": "Current / A", "any of": ["b", "a"]}}}
    assert columns(tmp_path, "t;a;b;U\n1;2;3;4\n", mapping)["current_ampere"] == [3]


@pytest.mark.parametrize(
    "meaning",
    [{}, {"name": 1}, {"name": "Current / A", "any of": "I"}, {"name": "Current / A", "or": []}, ["Current / A"]],
)
def test_a_malformed_meaning_is_refused(meaning: Any) -> None:
    with refuses("invalid-column-mapping", UnreadableFile, key="I"):
        check_mapping({"columns": {**ANY_OF["columns"], "I": meaning}})


@pytest.mark.parametrize(
    ("name", "canonical", "factor"),
    [
        ("-Z' / Ohm", "real_impedance_ohm", -1.0),
        ("-Voltage / mV", "voltage_volt", -1e-3),
        ("-voltage_volt", "voltage_volt", -1.0),
        ("-Phase / °", "impedance_phase_degree", -1.0),
        ("-Discharge capacity / mAh", "discharging_capacity_ah", -1e-3),
    ],
)
def test_a_minus_turns_the_sign_of_any_quantity(name: str, canonical: str, factor: float) -> None:
    (head,) = parse_mapping({"columns": {"a": name}}).headers.values()
    assert (head.canonical, head.factor) == (canonical, factor)


@pytest.mark.parametrize("name", ["-cycle", "-Time / s", "-Frequency / Hz"])
def test_no_minus_turns_counts_times_and_frequencies(name: str) -> None:
    with refuses("invalid-column-mapping", UnreadableFile):
        parse_mapping({"columns": {"a": name}})


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


MAPPING = "invalid-column-mapping"


@pytest.mark.parametrize(
    ("content", "mapping", "code", "parameters"),
    [
        (LOG, {}, MAPPING, {}),
        (LOG, {"columns": {}}, MAPPING, {}),
        (
            LOG,
            {**LOG_MAPPING, "sheet": 1},
            MAPPING,
            {"unknown": "sheet", "keys": "columns, header_line, delimiter, decimal"},
        ),
        (LOG, {"columns": {"voltage": "Voltage"}}, MAPPING, {"key": "voltage", "error": {"code": "missing-unit"}}),
        (LOG, {"columns": {"voltage": "Colour / V"}}, MAPPING, {"name": "Colour / V", "key": "voltage"}),
        (LOG, {**LOG_MAPPING, "delimiter": "|"}, MAPPING, {"delimiter": "|"}),
        (LOG, {**LOG_MAPPING, "decimal": "'"}, MAPPING, {"decimal": "'"}),
        (LOG, {**LOG_MAPPING, "header_line": "four"}, MAPPING, {"header_line": "four"}),
        (LOG, {**LOG_MAPPING, "header_line": 99}, "header-line-missing", {"header_line": 99}),
        (LOG.replace("voltage", "U"), LOG_MAPPING, "no-column-names", {"missing": ["‘voltage’"], "line": 4}),
        (LOG, {"columns": {"voltage": "voltage_volt"}}, "missing-columns", {}),
        (
            LOG,
            {**LOG_MAPPING, "decimal": "."},
            "cell-not-a-number",
            {"line": 5, "error": {"code": "other-decimal-mark"}},
        ),
        (
            "a,b\nc,d\n",
            SPECTRUM,
            "no-rows",
            {"last_column": 2},
        ),
        ("1,2\n", SPECTRUM, "no-rows", {"last_column": 2}),
        ("x\n1,2,3\n", {**SPECTRUM, "header_line": 0}, "no-rows", {"line_number": 1, "line_text": "x"}),
        ("1,2,3\n4,5\n", SPECTRUM, "ragged-rows", {"line": 2, "fields": 2, "header_line": 0, "columns": 3}),
        ("", SPECTRUM, "empty-file", {}),
    ],
)
def test_error_names_the_problem_and_its_location(
    tmp_path: Path, content: str, mapping: Mapping[str, Any], code: str, parameters: dict[str, Any]
) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read_mapped(write(tmp_path, content), mapping)


@pytest.mark.parametrize(
    ("mapping", "code", "parameters"),
    [
        ({"columns": {"U": 3.5}}, MAPPING, {"key": "U"}),
        ({"columns": {"U": " "}}, MAPPING, {"key": "U"}),
        ({"columns": ["voltage_volt"]}, MAPPING, {}),
        ({"columns": {"U": "Volts"}}, MAPPING, {"name": "Volts", "key": "U"}),
        ({"columns": {"U": "voltage_volt"}}, "missing-columns", {"where": "the column mapping"}),
        (
            {"columns": {"U": "voltage_volt", "E": "Voltage / mV"}},
            "duplicate-column",
            {"other": 1, "index": 2, "canonical": "voltage_volt"},
        ),
        ({**LOG_MAPPING, "header_line": True}, MAPPING, {"header_line": True}),
        ({**LOG_MAPPING, "delimiter": [","]}, MAPPING, {"delimiter": [","]}),
        ({**LOG_MAPPING, "decimal": ["."]}, MAPPING, {"decimal": ["."]}),
    ],
)
def test_invalid_mapping_is_refused_without_a_file(
    mapping: Mapping[str, Any], code: str, parameters: dict[str, Any]
) -> None:
    with refuses(code, UnreadableFile, **parameters):
        check_mapping(mapping)


def test_a_mapped_spectrum_has_only_positive_frequencies(tmp_path: Path) -> None:
    assert columns(tmp_path, "1000,2,3\n0,2,3\n", SPECTRUM)["frequency_hertz"] == [1000]
    with refuses("frequency-not-positive", UnreadableFile, row=2, frequency=-1.0):
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
    (jump,) = (message for message in only.messages if message.code == "cycle-number-jumps")
    assert (jump.parameters["before"], jump.parameters["after"]) == (1, 3)


@pytest.mark.parametrize("folder", shared_data.folder())
def test_all_of_them_are_refused_without_a_mapping(folder: Path) -> None:
    for path in (folder / "cycling" / "cellpy" / "bad").iterdir():
        with refuses("invalid-column", UnreadableFile, line=20, header="test_time"):
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
