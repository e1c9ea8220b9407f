from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.eclab_impedance import eclab_impedance
from plugins.readers import biologic_mpt
from tests.analyses.simulate.files import fingerprints

NAME = "eis/PEIS_LPSCl_IonBlocking_-25C.txt"
FREQUENCY = np.geomspace(7e6, 1.0, 15)
IMPEDANCE = 30.0 - 2j * np.arange(15)
CONTENT = eclab_impedance(FREQUENCY, IMPEDANCE, name="spectrum_simulated.mpr")


def test_the_file_has_the_header_and_columns_of_a_real_one() -> None:
    assert fingerprints.eclab(CONTENT) == fingerprints.stored(NAME)


@pytest.mark.parametrize("path", fingerprints.real_files(NAME))
def test_the_stored_fingerprint_is_that_of_the_real_file(path: Path) -> None:
    assert fingerprints.eclab(path.read_bytes()) == fingerprints.stored(NAME)


def test_the_reader_finds_the_spectrum_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    (dataset,) = biologic_mpt.read(path)
    assert dataset.columns["frequency_hertz"] == pytest.approx(FREQUENCY, rel=1e-7)
    assert dataset.columns["real_impedance_ohm"] == pytest.approx(IMPEDANCE.real)
    assert dataset.columns["imaginary_impedance_ohm"] == pytest.approx(IMPEDANCE.imag)
    assert dataset.header["comments"] == "simulated, not measured"
