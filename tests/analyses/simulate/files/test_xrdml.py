from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.xrdml import xrdml
from plugins.readers import xrdml as reader
from tests.analyses.simulate.files import fingerprints

NAME = "xrd/Scan_C1.xrdml"
ANGLE = np.linspace(10.0, 60.0, 11)
COUNTS = np.arange(100, 111)
CONTENT = xrdml(ANGLE, COUNTS, sample="powder (simulated)")


def test_the_file_has_the_elements_of_a_real_one() -> None:
    assert fingerprints.xrdml(CONTENT) == fingerprints.stored(NAME)


@pytest.mark.parametrize("path", fingerprints.real_files(NAME))
def test_the_stored_fingerprint_is_that_of_the_real_file(path: Path) -> None:
    assert fingerprints.xrdml(path.read_bytes()) == fingerprints.stored(NAME)


def test_the_reader_finds_the_pattern_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    (dataset,) = reader.read(path)
    assert dataset.columns["two_theta_degree"] == pytest.approx(ANGLE)
    assert dataset.columns["intensity_count"].tolist() == COUNTS.tolist()
    assert dataset.header["instrument"] == "simulated"
    assert dataset.header["sample"] == "powder (simulated)"
