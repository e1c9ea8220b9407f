import numpy as np
import pytest

from analyses.cycling.differential.differential_voltage import differential_voltage
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from tests.coded import refuses
from tests.half_cycles import KnownCurve

KNOWN = KnownCurve(peaks=((3.6, 0.06, 0.5), (3.9, 0.08, 0.5)), background_mah_per_v=2.0)


@pytest.mark.parametrize("falls", [False, True])
def test_is_the_reciprocal_of_the_differential_capacity(falls: bool) -> None:
    curve = differential_voltage(KNOWN.rows(3000, falls=falls), 0.01)
    passed = KNOWN.total_mah - curve.charge_mah if falls else curve.charge_mah
    exact = 1 / KNOWN.mah_per_v(KNOWN.voltage(passed))
    inside = (curve.charge_mah > 0.1) & (curve.charge_mah < KNOWN.total_mah - 0.1)
    assert curve.v_per_mah[inside] == pytest.approx(exact[inside], rel=0.01)
    assert curve.width_mah == pytest.approx(0.01 * KNOWN.total_mah)


def test_the_smoothing_spans_two_rows_at_least() -> None:
    assert differential_voltage(KNOWN.rows(41), 0.01).width_mah == pytest.approx(KNOWN.total_mah / 20)


def test_noise_that_goes_to_and_fro_averages_out() -> None:
    charge = np.linspace(0, 2, 2001)
    noisy = 3 + 0.5 * charge + 1e-3 * np.random.default_rng(1).normal(size=charge.size)
    curve = differential_voltage(HalfCycleRows(noisy, charge, np.array([0])), 0.05)
    assert curve.v_per_mah == pytest.approx(np.full(curve.v_per_mah.size, 0.5), abs=0.02)


def test_refuses_few_rows() -> None:
    with refuses("too-few-rows-for-differential-voltage", rows=9, fewest=10):
        differential_voltage(KNOWN.rows(9), 0.02)
