from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.btlab_steps import StepRows, btlab_steps
from plugins.readers import biologic_mpt
from tests.analyses.simulate.files import fingerprints

NAME = "cycling/pyprobe/Sample_data_biologic_02_MB_CA1.txt"
ROWS = StepRows(np.arange(1.0, 7.0), np.repeat([0.1, 0.2], 3), np.repeat([1e-3, 2e-3], 3), np.repeat([0, 1], 3))
CONTENT = btlab_steps(ROWS, (0.1, 0.2), 3.0, name="steps_simulated.mpr")


def test_the_file_has_the_header_and_columns_of_a_real_one() -> None:
    assert fingerprints.eclab(CONTENT) == fingerprints.stored(NAME)


@pytest.mark.parametrize("path", fingerprints.real_files(NAME))
def test_the_stored_fingerprint_is_that_of_the_real_file(path: Path) -> None:
    assert fingerprints.eclab(path.read_bytes()) == fingerprints.stored(NAME)


def test_the_reader_finds_the_rows_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    (dataset,) = biologic_mpt.read(path)
    assert dataset.columns["test_time_second"] == pytest.approx(ROWS.time_s)
    assert dataset.columns["voltage_volt"] == pytest.approx(ROWS.voltage_v)
    assert dataset.columns["current_ampere"] == pytest.approx(ROWS.current_a)
    assert dataset.columns["step_index"] == pytest.approx(ROWS.step)
    assert dataset.header["comments"] == "simulated, not measured"
