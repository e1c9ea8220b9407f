from pathlib import Path

import pytest

from plugins.readers.basytec import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import BASYTEC, write


def test_reads_the_time_series_and_counts_over_cycles(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, BASYTEC))
    assert only.technique == "cycling"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "test_time_second": [0, 3600, 7200, 10800],
        "step_time_second": [0, 3600, 3600, 3600],
        "voltage_volt": [3, 3.5, 3.2, 3.6],
        "current_ampere": [0, 0.002, -0.001, 0.002],
        "step_index": [3, 4, 5, 4],
        "cycle_count": [1, 1, 1, 2],
        "temperature_t1_celsius": [25.5] * 4,
        "charging_capacity_ah": [0, 0.002, 0.002, 0.002],
        "discharging_capacity_ah": [0, 0, 0.001, 0.001],
    }
    assert only.header["started"] == "19.06.2023 17:56:53"
    assert only.header["schedule"] == "plan.pln"


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (BASYTEC.replace("I[A]", "P[W]"), "missing-columns", {"missing": ["current_ampere (current)"]}),
        (
            BASYTEC.replace("~Time[h]", "~Time"),
            "invalid-column",
            {"line": 6, "column": 1, "header": "~Time", "error": {"code": "missing-unit", "parameters": {"unit": "s"}}},
        ),
        (
            BASYTEC.replace("\t3.2\t", "\tx\t"),
            "cell-not-a-number",
            {"line": 9, "column": "column 6 (‘U[V]’)", "error": {"code": "not-a-number", "parameters": {"cell": "x"}}},
        ),
        (BASYTEC[:-12], "ragged-rows", {"line": 10, "fields": 8, "header_line": 6, "columns": 11}),
        (BASYTEC[:80], "no-column-names", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_first_line() -> None:
    assert recognises(BASYTEC.encode(), "data")
    assert not recognises(b"~Time[s]\tU[V]\n", "data.txt")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_first_and_last_record_are_those_of_the_file(folder: Path) -> None:
    """Read by eye from sample_data_basytec.txt."""
    (only,) = read(folder / "cycling" / "pyprobe" / "sample_data_basytec.txt")
    ends = {name: (column.size, column[0], column[-1]) for name, column in only.columns.items()}
    assert ends["test_time_second"] == (74, 0, 70.2358036666668)
    assert ends["current_ampere"] == (74, 0, 0.449601734416934)
    assert ends["charging_capacity_ah"] == (74, 0, pytest.approx(0.001248916998009))
