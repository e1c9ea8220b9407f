from pathlib import Path

import numpy as np
import pytest

from plugins.readers.maccor import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import MACCOR, MACCOR_HASHED, write


def test_current_and_charge_get_their_direction_from_the_state(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, MACCOR))
    assert only.technique == "cycling"
    assert {name: column.tolist() for name, column in only.columns.items()} == {
        "test_time_second": [0, 3600, 7200, 10800],
        "voltage_volt": [3, 3.5, 3.2, 3.6],
        "current_ampere": [0, 0.002, -0.001, 0.002],
        "cycle_count": [1, 1, 1, 2],
        "step_index": [1, 4, 5, 4],
        "charging_capacity_ah": pytest.approx([0, 0.002, 0.002, 0.004]),
        "discharging_capacity_ah": pytest.approx([0, 0, 0.001, 0.001]),
        "charging_energy_wh": pytest.approx([0, 0.006, 0.006, 0.012]),
        "discharging_energy_wh": pytest.approx([0, 0, 0.003, 0.003]),
    }
    assert only.header["comments"] == "capacity test"
    assert only.header["schedule"] == "CT.000"


def test_the_unit_of_the_time_is_settled_by_the_stamps(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, MACCOR))
    assert message_of(only.messages[:1], "time-unit-decided", unit="min")


def test_reads_the_other_dialect(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, MACCOR_HASHED))
    assert only.columns["test_time_second"].tolist() == [0, 3600]
    assert only.columns["current_ampere"].tolist() == [0, -0.001]
    assert only.columns["discharging_capacity_ah"].tolist() == [0, 0.001]


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (MACCOR.replace("6:40:24 PM", "6:41:50 AM"), "time-unit-unknown", {}),
        (MACCOR.replace("\tMd\t", "\tXx\t"), "missing-columns", {}),
        (
            MACCOR.replace("\tC\t1\t5/11/2021 4", "\tR\t1\t5/11/2021 4"),
            "current-in-unknown-state",
            {"row": 2, "columns": 0.002},
        ),
        (MACCOR.replace("\tVoltage [V]", "\tX"), "missing-columns", {"missing": ["voltage_volt (Voltage)"]}),
        (
            MACCOR.replace("3.2\tD", "\tD"),
            "cell-not-a-number",
            {"line": 12, "column": "column 10 (‘Voltage [V]’)", "error": {"code": "empty-cell"}},
        ),
        (MACCOR[:-30], "ragged-rows", {"line": 13, "fields": 9, "header_line": 8, "columns": 13}),
        (MACCOR[:90], "no-column-names", {}),
    ],
)
def test_errors_name_the_line_and_the_problem(tmp_path: Path, content: str, code: str, parameters: dict) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


@pytest.mark.parametrize("content", [MACCOR, MACCOR_HASHED])
def test_is_recognised_by_its_column_headers(content: str) -> None:
    assert recognises(content.encode(), "data")
    assert not recognises(b"Record\tCycle\n", "data.txt")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_two_cycles_of_a_cell(folder: Path) -> None:
    """Read by eye from maccor_002.txt: charges end at 0.00244213 and 0.00227658 Ah, discharges at 0.00225098 and
    0.00225395 Ah; the last of 7446 records is 3809.841833 min after the first."""
    (only,) = read(folder / "cycling" / "cellpy" / "maccor_002.txt")
    assert only.columns["test_time_second"].size == 7446
    assert only.columns["test_time_second"][-1] == pytest.approx(3809.841833 * 60)
    assert only.columns["charging_capacity_ah"][-1] == pytest.approx(0.00244213 + 0.00227658)
    assert only.columns["discharging_capacity_ah"][-1] == pytest.approx(0.00225098 + 0.00225395)
    charge = np.trapezoid(only.columns["current_ampere"], only.columns["test_time_second"]) / 3600
    assert charge == pytest.approx(0.00244213 + 0.00227658 - 0.00225098 - 0.00225395, abs=2e-6)
