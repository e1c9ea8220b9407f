"""Cases from practice that text tables must get right; the files are in tests/data/cases."""

from pathlib import Path

import numpy as np
import pytest

from plugins.readers.declared_csv import read

CASES = Path(__file__).parents[2] / "data" / "cases"


def case(pattern: str) -> Path:
    (path,) = CASES.glob(pattern)
    return path


def test_a_sweep_down_and_up_is_two_spectra() -> None:
    down, up = read(case("07-*/n10_updown.csv"))
    assert [dataset.columns["frequency_hertz"].size for dataset in (down, up)] == [71, 70]
    assert np.all(np.diff(down.columns["frequency_hertz"]) < 0)
    assert np.all(np.diff(up.columns["frequency_hertz"]) > 0)
    assert down.columns["frequency_hertz"][-1] == pytest.approx(0.1)
    assert down.label != up.label


def test_magnitude_and_phase_give_the_two_parts() -> None:
    (only,) = read(case("15-*/n6_bode.csv"))
    frequency, magnitude, degrees = np.loadtxt(case("15-*/n6_bode.csv"), delimiter=",", skiprows=1).T
    assert only.technique == "eis"
    assert only.columns["frequency_hertz"].tolist() == frequency.tolist()
    impedance = only.columns["real_impedance_ohm"] + 1j * only.columns["imaginary_impedance_ohm"]
    assert impedance == pytest.approx(magnitude * np.exp(1j * np.radians(degrees)))
    assert (impedance.imag < 0).all()
