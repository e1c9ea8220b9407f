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
