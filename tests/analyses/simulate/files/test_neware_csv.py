from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.neware_csv import CyclerRows, neware_csv
from plugins.readers import neware_csv as reader
from tests.analyses.simulate.files import fingerprints

NAME = "cycling/cellpy/neware_uio.csv"
ROWS = CyclerRows(
    time_s=np.array([0.0, 3600.0, 3601.0, 7201.0, 7202.0, 400_000.0]),
    voltage_v=np.array([3.0, 4.0, 3.9, 2.9, 3.0, 4.0]),
    current_a=np.array([1e-3, 1e-3, -1e-3, -1e-3, 1e-3, 1e-3]),
    charge_ah=np.array([0.0, 1e-3, 0.0, 1e-3, 0.0, 0.109]),
    cycle=np.array([1, 1, 1, 1, 2, 2]),
    step=np.array([1, 1, 2, 2, 1, 1]),
)
CONTENT = neware_csv(ROWS, started=datetime(2025, 3, 3, 9, 0, 0), active_mass_g=0.01)


def test_the_file_has_the_columns_of_a_real_one() -> None:
    assert fingerprints.table(CONTENT) == fingerprints.stored(NAME)


@pytest.mark.parametrize("path", fingerprints.real_files(NAME))
def test_the_stored_fingerprint_is_that_of_the_real_file(path: Path) -> None:
    assert fingerprints.table(path.read_bytes()) == fingerprints.stored(NAME)


def test_the_reader_finds_the_rows_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    (dataset,) = reader.read(path)
    assert dataset.columns["test_time_second"] == pytest.approx(ROWS.time_s)
    assert dataset.columns["voltage_volt"] == pytest.approx(ROWS.voltage_v)
    assert dataset.columns["current_ampere"] == pytest.approx(ROWS.current_a)
    assert dataset.columns["cycle_count"].tolist() == [1, 1, 1, 1, 2, 2]


def test_energy_is_the_integral_of_the_power_over_the_step() -> None:
    rows = [line.split(",") for line in CONTENT.decode().splitlines()[1:]]
    assert [float(row[14]) for row in rows[:4]] == pytest.approx([0.0, 3.5e-3, 0.0, 3.4e-3])
    assert [row[3] for row in rows[:4]] == ["CC Chg", "CC Chg", "CC DChg", "CC DChg"]


def test_hours_go_on_beyond_a_day() -> None:
    assert CONTENT.decode().splitlines()[-1].split(",")[5] == "111:06:40"
