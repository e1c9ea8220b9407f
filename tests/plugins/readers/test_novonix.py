from datetime import datetime
from pathlib import Path

import pytest

from plugins.readers.novonix import read, recognises
from registry.hookspecs import UnreadableFile
from tests.coded import message_of, refuses
from tests.plugins.readers import shared_data
from tests.plugins.readers.samples import NOVONIX, write


def test_reads_the_time_series_in_canonical_units(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NOVONIX))
    assert (only.technique, only.start_time) == ("cycling", datetime(2025, 7, 19, 15, 26, 20))
    expected = {
        "test_time_second": [0, 3600, 7200, 10800, 14400],
        "step_time_second": [0, 3600, 3600, 3600, 7200],
        "voltage_volt": [3.0, 3.5, 3.5, 3.2, 3.0],
        "current_ampere": [0, 0.002, 0.001, -0.001, -0.001],
        "cycle_count": [1] * 5,
        "step_index": [1, 1, 2, 3, 3],
        "temperature_t1_celsius": [24.5] * 5,
        "charging_capacity_ah": [0, 0.002, 0.003, 0.003, 0.003],
        "discharging_capacity_ah": [0, 0, 0, 0.001, 0.002],
        "charging_energy_wh": [0, 0.007, 0.0105, 0.0105, 0.0105],
        "discharging_energy_wh": [0, 0, 0, 0.0032, 0.0062],
    }
    assert set(only.columns) == set(expected)
    for name, column in expected.items():
        assert only.columns[name].tolist() == pytest.approx(column, abs=1e-12), name
    assert message_of(only.messages, "entered-parameters", entries=["Mass (g) 1.000", "Capacity (Ah) 5"])


@pytest.mark.parametrize(
    "counters",
    [
        ("0.003", "0.002", "0.001"),  # one counter of both directions
        ("0.001", "0.001", "0.002"),  # starts again in each step
        ("0.003", "0.001", "0.002"),  # starts again in each half-cycle
    ],
)
def test_capacity_is_counted_in_each_direction(counters: tuple[str, str, str], tmp_path: Path) -> None:
    first, second, third = counters
    text = NOVONIX.replace("3.5,0.003,", f"3.5,{first},")
    text = text.replace("3.2,0.002,", f"3.2,{second},").replace("3.0,0.001,", f"3.0,{third},")
    (only,) = read(write(tmp_path, text))
    assert only.columns["charging_capacity_ah"].tolist() == pytest.approx([0, 0.002, 0.003, 0.003, 0.003])
    assert only.columns["discharging_capacity_ah"].tolist() == pytest.approx([0, 0, 0, 0.001, 0.002])


def test_a_current_without_sign_has_that_of_its_step(tmp_path: Path) -> None:
    (only,) = read(write(tmp_path, NOVONIX.replace(",-0.001", ",0.001")))
    assert only.columns["current_ampere"].tolist() == [0, 0.002, 0.001, -0.001, -0.001]
    assert message_of(only.messages, "direction-from-step-type")


@pytest.mark.parametrize(
    ("content", "code", "parameters"),
    [
        (NOVONIX[: NOVONIX.index("[Data]")], "truncated-header", {}),
        (NOVONIX.replace("Potential (V)", "P"), "missing-columns", {"missing": ["voltage_volt (voltage)"]}),
        (NOVONIX.replace("Current (A)", "Current"), "invalid-column", {"header": "Current"}),
        (NOVONIX.replace(",3.2,", ",x,"), "cell-not-a-number", {"line": 19}),
        (NOVONIX[: NOVONIX.index("2025-07-19 15:26:20,")], "no-rows", {"line": 15}),
    ],
)
def test_errors_name_the_line(content: str, code: str, parameters: dict, tmp_path: Path) -> None:
    with refuses(code, UnreadableFile, **parameters):
        read(write(tmp_path, content))


def test_is_recognised_by_its_first_lines() -> None:
    assert recognises(NOVONIX.encode(), "data")
    assert not recognises(b"[Summary]\nOf another\n", "data")


@pytest.mark.parametrize("folder", shared_data.folder())
def test_a_charge_of_five_amperehours(folder: Path) -> None:
    """The last line of sample_data_novonix.csv, read by eye."""
    (only,) = read(folder / "cycling" / "pyprobe" / "sample_data_novonix.csv")
    assert only.columns["charging_capacity_ah"][-1] == pytest.approx(1.70652976, abs=1e-9)
    assert only.columns["charging_energy_wh"][-1] == pytest.approx(6.84854718, abs=1e-8)
    assert only.columns["test_time_second"][-1] == pytest.approx(3.4131889 * 3600)
    assert only.columns["voltage_volt"][-1] == 4.12864581
