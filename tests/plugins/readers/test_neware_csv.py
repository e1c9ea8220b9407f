from pathlib import Path

import numpy as np
import pytest

from plugins.readers.neware_csv import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import NEWARE, write


def test_reads_the_time_series_in_canonical_units(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NEWARE))
    assert only.technique == "cycling"
    expected = {
        "test_time_second": [0, 3600, 7200, 360001],
        "step_time_second": [0, 3600, 3600, 352801],
        "voltage_volt": [3.0, 3.5, 3.2, 3.6],
        "current_ampere": [0.002, 0.002, -0.001, 0.002],
        "cycle_count": [1, 1, 1, 2],
        "step_index": [1, 1, 2, 3],
        "charging_capacity_ah": [0, 0.002, 0.002, 0.004],
        "discharging_capacity_ah": [0, 0, 0.001, 0.001],
    }
    assert set(only.columns) == set(expected)
    for name, column in expected.items():
        assert only.columns[name] == pytest.approx(column), name
    assert only.header == {"instrument": "Neware", "started": "2022-05-18 16:27:52"}


def test_summed_counters_have_a_message(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NEWARE))
    assert message_of(only.messages[-1:], "counters-summed", restarted=1)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_reads_decimal_commas_of_other_exports(tmp_path: Path, delimiter: str) -> None:
    content = NEWARE.replace(",", delimiter).replace("3.5", "3,5").replace("3.0", "3,0")
    content = content.replace("3.2", "3,2").replace("3.6", "3,6")
    assert read(write(tmp_path, content))[0].columns["voltage_volt"].tolist() == [3.0, 3.5, 3.2, 3.6]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (NEWARE.replace("Cumulative Time", "Clock"), "missing-columns", {}),
        (
            NEWARE.replace("Current(mA)", "Current"),
            "invalid-column",
            {"line": 1, "column": 7, "header": "Current", "error": {"code": "missing-unit"}},
        ),
        (
            NEWARE.replace("Voltage(V)", "Voltage(mA)"),
            "invalid-column",
            {
                "header": "Voltage(mA)",
                "error": {"code": "unit-of-another-kind", "parameters": {"unit": "mA", "kind": "A"}},
            },
        ),
        (
            NEWARE.replace("02:00:00", "2 h"),
            "invalid-clock-time",
            {"row": 3, "label": "Cumulative Time", "written": "2 h"},
        ),
        (
            NEWARE.replace(",3.2,", ",,"),
            "cell-not-a-number",
            {"line": 4, "column": "column 8 (‘Voltage(V)’)", "error": {"code": "empty-cell"}},
        ),
        (NEWARE[:-40], "ragged-rows", {"line": 5, "fields": 6, "header_line": 1, "columns": 11}),
        (NEWARE[: NEWARE.index("1,1,1")], "no-rows", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_column_headers() -> None:
    assert recognises(NEWARE.encode(), "data")
    assert not recognises(b"Cycle Index,Step Index\n", "data.csv")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_half_cell_of_four_cycles(folder: Path) -> None:
    """Read by eye from neware_uio.csv: 9065 records to 144:02:18; the first discharge step ends at 0.00468031 Ah, the
    next two at 0.00028183 and 0.00012414, the first charge at 0.00424934."""
    (only,) = read(folder / "cycling" / "cellpy" / "neware_uio.csv")
    assert only.columns["test_time_second"].size == 9065
    assert only.columns["test_time_second"][-1] == (144 * 60 + 2) * 60 + 18
    first = only.columns["cycle_count"] == 1
    assert only.columns["discharging_capacity_ah"][first][-1] == pytest.approx(0.00468031 + 0.00028183 + 0.00012414)
    assert only.columns["charging_capacity_ah"][first].max() == pytest.approx(0.00424934, abs=1e-9)
    charge = np.trapezoid(only.columns["current_ampere"], only.columns["test_time_second"]) / 3600
    counted = only.columns["charging_capacity_ah"][-1] - only.columns["discharging_capacity_ah"][-1]
    assert charge == pytest.approx(counted, abs=0.01 * only.columns["charging_capacity_ah"][-1])
