from pathlib import Path

import pytest

from plugins.readers.arbin_csv import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import ARBIN, ARBIN_PLAIN, write


def test_reads_the_time_series_and_counts_over_restarts(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, ARBIN))
    assert only.technique == "cycling"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "test_time_second": [0, 3600, 7200, 10800],
        "voltage_volt": [3, 3.5, 3.2, 3.6],
        "current_ampere": [0.002, 0.002, -0.001, 0.002],
        "step_time_second": [0, 3600, 3600, 3600],
        "step_index": [1, 1, 2, 1],
        "cycle_count": [1, 1, 1, 2],
        "charging_capacity_ah": pytest.approx([0, 0.002, 0.002, 0.002]),
        "discharging_capacity_ah": [0, 0, 0.001, 0.001],
    }


@pytest.mark.parametrize(
    "content", [ARBIN.replace(",", ";"), ARBIN.replace(",", ";").replace(".", ","), ARBIN.replace(",", "\t")]
)
def test_reads_what_excel_saved_again(tmp_path: Path, content: str) -> None:
    """With semicolons, no column was known, and the advice was to export all columns."""
    (saved,), (exported,) = read(write(tmp_path, content)), read(write(tmp_path, ARBIN))
    assert {name: column.tolist() for name, column in saved.columns.items()} == {
        name: column.tolist() for name, column in exported.columns.items()
    }
    assert saved.start_time == exported.start_time


def test_an_empty_column_is_left_out_and_named(tmp_path: Path) -> None:
    messages = read(write(tmp_path, ARBIN))[0].messages
    assert message_of(messages, "incomplete-columns-dropped", columns=["‘Internal_Resistance(Ohm)’"])


def test_headers_without_units_use_those_of_arbin(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, ARBIN_PLAIN))
    assert only.columns["unix_time_second"].tolist() == [1494645243.5, 1494645253.5]
    assert only.columns["temperature_t1_celsius"].tolist() == [30.1, 30.2]
    assert only.messages[0].code == "units-assumed"


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (ARBIN.replace("Current(A)", "Power(W)"), "missing-columns", {"missing": ["current_ampere (Current)"]}),
        (
            ARBIN.replace("Current(A)", "Current"),
            "invalid-column",
            {"line": 1, "column": 7, "header": "Current", "error": {"code": "missing-unit"}},
        ),
        (
            ARBIN.replace(",3.2,", ",nan,"),
            "cell-not-a-number",
            {
                "line": 4,
                "column": "column 8 (‘Voltage(V)’)",
                "error": {"code": "not-finite", "parameters": {"cell": "nan"}},
            },
        ),
        (ARBIN[:-4], "ragged-rows", {"line": 5, "fields": 9, "header_line": 1, "columns": 11}),
        (ARBIN[: ARBIN.index("1,0,")], "no-rows", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_column_headers() -> None:
    assert recognises(ARBIN.encode(), "data")
    assert recognises(b"Date Time,Test Time (s),Cycle Index,Step Index,Voltage (V)\n", "data")
    assert not recognises(b"Test Time / s,Voltage / V,Current / A\n", "data.csv")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_rest_of_248_records(folder: Path) -> None:
    """First and last record of FastCharge_000025_CH8.csv, read by eye."""
    (only,) = read(folder / "cycling" / "beep" / "FastCharge_000025_CH8.csv")
    ends = {name: (column.size, column[0], column[-1]) for name, column in only.columns.items()}
    assert ends["test_time_second"] == (248, 10.0024, 1800.0104)
    assert ends["voltage_volt"] == (248, 3.3011441, 3.3009677)
    assert ends["temperature_t1_celsius"] == (248, 30.109268, 28.995434)
