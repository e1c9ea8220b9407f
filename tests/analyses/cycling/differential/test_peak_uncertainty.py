import numpy as np
import pytest

from analyses.cycling.differential.differential_capacity import differential_capacity
from analyses.cycling.differential.differential_peaks import Peaks, find_peaks, measure
from analyses.cycling.differential.peak_uncertainty import PeakErrors, peak_errors, reach_of, smooth_voltage
from tests.half_cycles import KnownCurve

KNOWN = KnownCurve()


def errors_of(count: int, noise_v: float, width_v: float, seed: int = 1) -> tuple[Peaks, PeakErrors]:
    rows = KNOWN.rows(count, noise_v=noise_v, seed=seed)
    curve = differential_capacity(rows, width_v)
    tops = find_peaks(curve.mah_per_v[0], np.zeros(curve.voltage_v.size), 0.2)
    return measure(curve, 0, tops), peak_errors(rows, curve, tops)


def test_the_noise_of_a_peak_is_its_scatter_between_repeats() -> None:
    many = [errors_of(1000, 3e-4, 0.008, seed) for seed in range(40)]
    scatter = np.std([peaks.position_v for peaks, _ in many], axis=0)
    stated = np.mean([errors.noise.position_v for _, errors in many], axis=0)
    assert stated == pytest.approx(scatter, rel=0.3)


def test_the_uncertainty_holds_what_smoothing_changes() -> None:
    """A peak of 35 mV under a smoothing of 20 mV, without noise."""
    peaks, errors = errors_of(2000, 0.0, 0.020)
    off = np.abs(peaks.width_v - KNOWN.known_peaks().width_v)
    assert (off <= errors.resolution.width_v).all()
    assert off[2] > 1e-4


def test_more_noise_makes_it_larger_and_the_same_rows_the_same() -> None:
    (_, little), (_, more), (_, again) = (errors_of(1000, noise, 0.008) for noise in (1e-4, 4e-4, 4e-4))
    assert (more.noise.position_v > 2 * little.noise.position_v).all()
    assert more.noise.area_mah.tolist() == again.noise.area_mah.tolist()


def test_a_peak_that_noise_takes_away_has_none() -> None:
    rows = KNOWN.rows(120, noise_v=6e-3)
    curve = differential_capacity(rows, 0.006)
    inner = curve.mah_per_v[0]
    tops = np.flatnonzero((inner[1:-1] > inner[:-2]) & (inner[1:-1] > inner[2:])) + 1
    assert np.isnan(peak_errors(rows, curve, tops).noise.position_v).any()


@pytest.mark.parametrize("falls", [False, True])
def test_the_smooth_voltage_is_that_of_the_curve(falls: bool) -> None:
    rows = KNOWN.rows(1000, noise_v=2e-4, falls=falls)
    exact = KNOWN.rows(1000, falls=falls)
    smooth = smooth_voltage(rows, differential_capacity(rows, 0.008))
    assert np.abs(smooth - exact.voltage_v).max() < 2e-3
    assert np.std(smooth - exact.voltage_v) < 4e-4


def test_a_peak_is_sought_less_than_half_way_to_the_next() -> None:
    assert reach_of(np.array([10.0, 20.0, 100.0]), np.array([8.0, 8.0, np.nan])).tolist() == [5.0, 5.0, 5.0]


def test_means_of_rows_stand_for_very_many_rows() -> None:
    (_, few), (_, many) = (errors_of(count, 3e-4 * np.sqrt(count / 15_000), 0.008) for count in (15_000, 60_000))
    assert many.noise.area_mah == pytest.approx(few.noise.area_mah, rel=0.3)
