from pathlib import Path

import numpy as np
import pytest

from analyses.simulate.files.gamry_impedance import gamry_impedance
from plugins.readers import gamry_dta
from tests.analyses.simulate.files import fingerprints

NAME = "eis/impedance_py/exampleDataGamry.DTA"
FREQUENCY = np.geomspace(2e5, 0.02, 15)
IMPEDANCE = 30.0 - 2j * np.arange(15)
CONTENT = gamry_impedance(FREQUENCY, IMPEDANCE, dc_v=3.8)


def test_the_file_has_the_header_and_columns_of_a_real_one() -> None:
    assert fingerprints.gamry(CONTENT) == fingerprints.stored(NAME)


@pytest.mark.parametrize("path", fingerprints.real_files(NAME))
def test_the_stored_fingerprint_is_that_of_the_real_file(path: Path) -> None:
    assert fingerprints.gamry(path.read_bytes()) == fingerprints.stored(NAME)


def test_the_reader_finds_the_spectrum_again(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(CONTENT)
    (dataset,) = gamry_dta.read(path)
    assert dataset.columns["frequency_hertz"] == pytest.approx(FREQUENCY, rel=1e-6)
    assert dataset.columns["real_impedance_ohm"] == pytest.approx(IMPEDANCE.real)
    assert dataset.columns["imaginary_impedance_ohm"] == pytest.approx(IMPEDANCE.imag)


def test_the_notes_say_that_it_is_simulated() -> None:
    assert b"\tsimulated, not measured\n" in CONTENT
