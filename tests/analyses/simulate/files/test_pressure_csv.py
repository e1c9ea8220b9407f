from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.pressure_csv import pressure_csv
from plugins.readers import declared_csv

TIME, PRESSURE = np.array([0.0, 60.0, 120.0]), np.array([10.0, 9.98, 9.97])


def test_the_reader_finds_the_log_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(pressure_csv(TIME, PRESSURE))
    (dataset,) = declared_csv.read(path)
    assert dataset.columns["test_time_second"] == pytest.approx(TIME)
    assert dataset.columns["stack_pressure_megapascal"] == pytest.approx(PRESSURE)
    assert dataset.header["comment"] == "simulated"
