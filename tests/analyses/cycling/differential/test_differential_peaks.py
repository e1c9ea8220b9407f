import numpy as np
import pytest

from analyses.cycling.differential.differential_capacity import DifferentialCapacity, differential_capacity
from analyses.cycling.differential.differential_peaks import find_peaks, measure, tops_near
from tests.half_cycles import SIGMA_TO_FWHM, KnownCurve

KNOWN = KnownCurve()


def test_peaks_have_position_area_and_width_of_a_known_curve() -> None:
    curve = differential_capacity(KNOWN.rows(3000), 0.006)
    tops = find_peaks(curve.mah_per_v[0], np.zeros(curve.voltage_v.size), 0.05)
    peaks, exact = measure(curve, 0, tops), KNOWN.known_peaks()
    assert peaks.position_v == pytest.approx([3.55, 3.72, 3.95], abs=1e-4)
    assert peaks.area_mah == pytest.approx(exact.area_mah, rel=0.005)
    assert peaks.width_v == pytest.approx(exact.width_v, rel=0.01)


def test_a_peak_alone_has_its_whole_area_and_its_own_width() -> None:
    alone = KnownCurve(peaks=((3.7, 0.03, 1.5),))
    curve = differential_capacity(alone.rows(3000), 0.006)
    peaks = measure(curve, 0, find_peaks(curve.mah_per_v[0], np.zeros(curve.voltage_v.size), 0.05))
    assert peaks.area_mah == pytest.approx([1.5], rel=0.01)
    assert peaks.width_v == pytest.approx([SIGMA_TO_FWHM * 0.03], rel=0.005)
    assert peaks.height_mah_per_v == pytest.approx([1.5 / (0.03 * np.sqrt(2 * np.pi))], rel=0.01)


def test_maxima_within_noise_or_below_the_smallest_are_no_peaks() -> None:
    grid = np.arange(200.0)
    curve = np.exp(-((grid - 50) ** 2) / 50) + 0.1 * np.exp(-((grid - 120) ** 2) / 50)
    nothing = np.zeros(200)
    assert find_peaks(curve, nothing, 0.05).tolist() == [50, 120]
    assert find_peaks(curve, nothing, 0.2).tolist() == [50]
    assert find_peaks(curve, nothing + 0.03, 0.05).tolist() == [50]
    assert find_peaks(np.full(10, np.nan), np.zeros(10), 0.05).size == 0


def test_the_top_near_is_the_highest_in_reach_and_counts_once() -> None:
    grid = np.arange(100.0)
    curve = np.exp(-((grid - 30) ** 2) / 20) + 2 * np.exp(-((grid - 60) ** 2) / 20)
    tops = tops_near(curve, np.array([28.0, 57.0, 90.0, np.nan]), np.array([5.0, 5.0, 5.0, 5.0]))
    assert tops.tolist() == [30, 60, -1, -1]
    assert tops_near(curve, np.array([55.0, 59.0]), np.array([8.0, 8.0])).tolist() == [-1, 60]


def test_a_missing_top_and_a_top_at_the_end_have_no_values() -> None:
    voltage = np.linspace(3.0, 3.1, 50)
    curve = DifferentialCapacity(voltage, np.linspace(1, 2, 50)[np.newaxis], 0.01)
    peaks = measure(curve, 0, np.array([-1, 49]))
    assert np.isnan(peaks.position_v).all()
