import time
from pathlib import Path

import numpy as np
import pytest

from plugins.readers.declared_csv import read, read_mapped, recognises, register_readers
from registry.hookspecs import ParsedDataset, UnreadableFile
from tests.coded import message_of, refuses

RUN = "test_time_second,voltage_volt,current_ampere\n"


def write(directory: Path, content: str | bytes, name: str = "run.csv") -> Path:
    path = directory / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def dataset(directory: Path, content: str | bytes) -> ParsedDataset:
    (only,) = read(write(directory, content))
    return only


def columns_of(only: ParsedDataset) -> dict[str, list[float]]:
    return {name: column.tolist() for name, column in only.columns.items()}


def texts_of(only: ParsedDataset) -> str:
    return " ".join(message.text for message in only.messages)


def test_reads_canonical_names_as_they_are(tmp_path: Path) -> None:
    only = dataset(tmp_path, RUN + "0,0.1,1e-3\n1,0.1,-2E-3\n")
    assert columns_of(only) == {
        "test_time_second": [0, 1],
        "voltage_volt": [0.1, 0.1],
        "current_ampere": [0.001, -0.002],
    }
    assert only.messages == ()


def test_leaves_the_technique_of_a_time_series_to_the_measurement(tmp_path: Path) -> None:
    assert dataset(tmp_path, RUN + "0,0.1,1\n").technique == ""


def test_reads_one_row_per_cycle_as_cycling(tmp_path: Path) -> None:
    only = dataset(tmp_path, "cycle, discharge capacity (mAh), charge capacity (mAh)\n1, 2.1, 2.2\n2, 2.0, 2.1\n")
    assert only.technique == "cycling"
    assert columns_of(only) == {
        "cycle_count": [1, 2],
        "cycle_discharging_capacity_ah": pytest.approx([0.0021, 0.002]),
        "cycle_charging_capacity_ah": pytest.approx([0.0022, 0.0021]),
    }


def test_reads_a_spectrum_as_impedance_and_turns_its_sign(tmp_path: Path) -> None:
    only = dataset(tmp_path, "Frequency / kHz\tRe(Z) / Ohm\t-Im(Z) / Ohm\n1\t20\t5\n")
    assert only.technique == "eis"
    assert columns_of(only) == {
        "frequency_hertz": [1000],
        "real_impedance_ohm": [20],
        "imaginary_impedance_ohm": [-5],
    }


def test_rows_of_frequency_zero_are_left_out_with_their_number(tmp_path: Path) -> None:
    only = dataset(tmp_path, "Frequency / Hz,Z' / Ohm,Z'' / Ohm\n0,9,9\n1000,20,-5\n0,9,9\n")
    assert only.columns["frequency_hertz"].tolist() == [1000]
    assert only.columns["real_impedance_ohm"].tolist() == [20]
    assert message_of(only.messages[-1:], "rows-at-frequency-zero", rows=2)


@pytest.mark.parametrize(
    ("rows", "code", "parameters"),
    [
        ("1000,20,-5\n-100,20,-5\n", "frequency-not-positive", {"row": 2, "frequency": -100.0}),
        ("0,1,1\n", "no-impedance", {}),
    ],
)
def test_a_frequency_that_cannot_be_is_refused(tmp_path: Path, rows: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        dataset(tmp_path, f"Frequency / Hz,Z' / Ohm,Z'' / Ohm\n{rows}")


def test_capacity_in_a_time_series_is_cumulative(tmp_path: Path) -> None:
    only = dataset(tmp_path, "Time / s,Voltage / V,Current / A,Cycle,Discharge capacity / Ah\n0,3,1,1,0\n")
    assert "discharging_capacity_ah" in only.columns
    assert only.technique == ""


def test_converts_units_with_a_message(tmp_path: Path) -> None:
    only = dataset(tmp_path, "Time / min,Voltage (mV),Current [µA]\n2,1500,3\n")
    assert columns_of(only) == {
        "test_time_second": [120],
        "voltage_volt": [1.5],
        "current_ampere": [pytest.approx(3e-6)],
    }
    assert message_of(only.messages, "unit-converted", header="Voltage (mV)", column="voltage_volt", factor=0.001)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_reads_decimal_commas_where_commas_do_not_part_columns(tmp_path: Path, delimiter: str) -> None:
    content = RUN.replace(",", delimiter) + delimiter.join(("0", "0,5", "1,5e-3")) + "\n"
    only = dataset(tmp_path, content)
    assert columns_of(only) == {"test_time_second": [0], "voltage_volt": [0.5], "current_ampere": [0.0015]}
    assert "Decimal commas" in texts_of(only)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_reads_a_micro_sign_in_each_encoding(tmp_path: Path, encoding: str) -> None:
    only = dataset(tmp_path, "Time / s,Voltage / V,Current / µA\n0,1,2\n".encode(encoding))
    assert columns_of(only)["current_ampere"] == [pytest.approx(2e-6)]


def test_names_the_columns_it_leaves_out(tmp_path: Path) -> None:
    only = dataset(tmp_path, "test_time_second,voltage_volt,current_ampere,Remark\n0,1,2,odd; but fine\n")
    (message,) = (message for message in only.messages if message.code == "columns-left-out")
    assert message.parameters == {"columns": ["‘Remark’"]}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_reads_every_kind_of_line_end_and_skips_blank_lines(tmp_path: Path, end: str) -> None:
    content = end.join(("# by hand", "", RUN.strip(), "0,1,2", "", "1,2,3", "", ""))
    assert columns_of(dataset(tmp_path, content))["current_ampere"] == [2, 3]


def test_reads_numbers_the_fast_way_does_not_take(tmp_path: Path) -> None:
    assert columns_of(dataset(tmp_path, RUN + "+0, .5 ,1.\n"))["voltage_volt"] == [0.5]


def test_reads_quoted_cells(tmp_path: Path) -> None:
    content = '"Time / s","Voltage / V","Current / A","Note"\n"0","1","2","a, b"\n'
    assert columns_of(dataset(tmp_path, content))["current_ampere"] == [2]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        ("", "empty-file", {}),
        (b"PK\x03\x04\x14\x00\x06", "excel-workbook", {}),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "excel-workbook", {}),
        (b"\x00\x01\x02\xff", "not-a-text-file", {"position": 1}),
        ("\n\n", "no-table", {}),
        ("0,1,2\n1,2,3\n", "no-column-names", {"line_number": 1}),
        (RUN, "no-rows", {"line": 1}),
        ("test_time_second,voltage_volt\n0,1\n", "missing-columns", {"where": "line 1"}),
        ("cycle_count,cycle_charging_capacity_ah\n1,2\n", "missing-columns", {}),
        (
            "foo,bar\n1,2\n",
            "missing-columns",
            {},
        ),
        (
            "Time / s,Voltage,Current / A\n0,1,2\n",
            "invalid-column",
            {
                "line": 1,
                "column": 2,
                "header": "Voltage",
                "error": {"code": "missing-unit", "parameters": {"header": "Voltage", "unit": "V"}},
            },
        ),
        (
            "Time / s,Voltage / mA,Current / A\n0,1,2\n",
            "invalid-column",
            {
                "line": 1,
                "column": 2,
                "header": "Voltage / mA",
                "error": {"code": "unit-of-another-kind", "parameters": {"unit": "mA", "kind": "A"}},
            },
        ),
        (
            RUN + "0,1,2\n1,nan,2\n",
            "cell-not-a-number",
            {
                "line": 3,
                "column": "column 2 (‘voltage_volt’)",
                "error": {"code": "not-finite", "parameters": {"cell": "nan"}},
            },
        ),
        (
            RUN + "0,1,2\n1,2,-inf\n",
            "cell-not-a-number",
            {
                "line": 3,
                "column": "column 3 (‘current_ampere’)",
                "error": {"code": "not-finite", "parameters": {"cell": "-inf"}},
            },
        ),
        (
            RUN + "0,1,2\n1,,2\n",
            "cell-not-a-number",
            {"line": 3, "column": "column 2 (‘voltage_volt’)", "error": {"code": "empty-cell"}},
        ),
        (
            RUN + "0,1,2\n1, ,2\n",
            "cell-not-a-number",
            {"line": 3, "column": "column 2 (‘voltage_volt’)", "error": {"code": "empty-cell"}},
        ),
        (
            RUN + "0,1,1e999\n",
            "cell-not-a-number",
            {"error": {"code": "not-a-number", "parameters": {"cell": "1e999"}}},
        ),
        (
            RUN + "00:00:01,1,2\n",
            "cell-not-a-number",
            {
                "line": 2,
                "column": "column 1 (‘test_time_second’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "00:00:01"}},
            },
        ),
        (RUN + "0,1,2\n1,2\n", "ragged-rows", {"line": 3, "fields": 2, "header_line": 1, "columns": 3}),
        (RUN + "0,0,5,1\n", "ragged-rows", {"line": 2, "fields": 4, "header_line": 1, "columns": 3}),
        (
            RUN.replace(",", ";") + "0;0,5;1.5\n",
            "cell-not-a-number",
            {"error": {"code": "other-decimal-mark", "parameters": {"cell": "1.5", "decimal": ","}}},
        ),
        (
            RUN.replace(",", ";") + "0;1.5;0,5\n",
            "cell-not-a-number",
            {"error": {"code": "other-decimal-mark", "parameters": {"cell": "0,5", "decimal": "."}}},
        ),
        (
            "test_time_second,voltage_volt,voltage_volt\n0,1,2\n",
            "duplicate-column",
            {"first": 2, "index": 3, "label": "voltage_volt"},
        ),
        (
            "Time / s,Test time / s,voltage_volt,current_ampere\n0,0,1,2\n",
            "duplicate-column",
            {
                "other": 1,
                "labels": "Time / s",
                "index": 2,
                "other_label": "Test time / s",
                "canonical": "test_time_second",
            },
        ),
        (
            "# note\n\n" + RUN + "0,1,2\n0,1,x\n",
            "cell-not-a-number",
            {
                "line": 5,
                "column": "column 3 (‘current_ampere’)",
                "error": {"code": "not-a-number", "parameters": {"cell": "x"}},
            },
        ),
    ],
)
def test_errors_name_the_line_and_the_problem(
    tmp_path: Path, content: str | bytes, code: str, parameters: dict
) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_names_the_sets_of_columns_a_table_may_have(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(write(tmp_path, "voltage_volt,foo\n1,2\n"))
    for needed in (
        "(test_time_second, voltage_volt, current_ampere)",
        "(cycle_count, cycle_discharging_capacity_ah)",
        "(frequency_hertz, real_impedance_ohm, imaginary_impedance_ohm)",
    ):
        assert needed in str(refusal.value)


@pytest.mark.parametrize(
    ("head", "name", "expected"),
    [
        (RUN.encode(), "data.txt", True),
        (b"Time / s,Voltage,Current\n", "data.txt", True),
        (b"voltage_volt,foo\n", "data.csv", True),
        (b"voltage_volt,foo\n", "data.txt", True),
        (b"voltage_volt,foo\n", "data.dat", False),
        (b"foo,bar\n", "data.csv", True),
        (b"1,2,3\n", "data.csv", True),
        (b"", "data.csv", True),
        (b"PK\x03\x04", "data.csv", True),
        (b"PK\x03\x04", "data.xlsx", False),
        (b"\x89PNG\r\n\x1a\n", "image.png", False),
        ("Time / s;Voltage / V;Current / µA\n0;1".encode("latin-1"), "DATA.TXT", True),
    ],
)
def test_recognises_its_files_by_their_content(head: bytes, name: str, expected: bool) -> None:
    assert recognises(head, name) is expected


def test_a_million_rows_take_seconds(tmp_path: Path) -> None:
    rows = np.char.add(np.arange(1_000_000).astype(str), ",0.123456,1.5e-6\n")
    path = write(tmp_path, RUN + "".join(rows.tolist()))
    begin = time.perf_counter()
    (only,) = read(path)
    assert only.columns["test_time_second"].shape == (1_000_000,)
    assert time.perf_counter() - begin < 20


def test_is_offered_as_declared_csv() -> None:
    (reader,) = register_readers()
    assert (reader.name, reader.read, reader.read_mapped) == ("declared-csv", read, read_mapped)


def test_comes_after_every_format_that_knows_its_own_files() -> None:
    (reader,) = register_readers()
    assert reader.priority < 0


@pytest.mark.parametrize(
    ("headers", "missing"),
    [
        ("test_time_second,voltage_volt", "current_ampere"),
        ("cycle_count,cycle_charging_capacity_ah", "cycle_discharging_capacity_ah"),
        ("foo,bar", "(foo, bar)"),
    ],
)
def test_names_the_missing_columns(tmp_path: Path, headers: str, missing: str) -> None:
    with refuses("missing-columns", UnreadableFile) as refusal:
        read(write(tmp_path, f"{headers}\n1,2\n"))
    assert missing in refusal.value.parameters["lacks"]
