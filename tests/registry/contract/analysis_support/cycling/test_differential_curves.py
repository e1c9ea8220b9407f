"""Curves of dQ/dV, dV/dQ and of the peaks."""

import numpy as np
import pytest

from registry.contract.analysis_support.cycling.differential_curves import (
    curve_quantities,
    differential_curves,
    tracking_curves,
    voltage_curves,
)
from registry.contract.analysis_support.cycling.differential_peak_values import read_peaks
from tests.plugins.test_differential_capacity import KNOWN, columns_of
from tests.registry.contract.analysis_support.cycling.test_differential_test import read

MASS_G = 0.08


def test_discharge_is_negative_and_peaks_are_marked() -> None:
    test = read(columns_of(cycles=3))
    peaks = [read_peaks(test, part, 0.05) for part in test.directions]
    curve, per_gram = differential_curves(test, (0, 2), peaks, MASS_G)
    assert [series.markers for series in curve.series] == [False] * 4 + [True] * 2
    assert max(curve.series[2].y) < 0.1 < max(curve.series[0].y)
    assert np.trapezoid(curve.series[0].y, curve.series[0].x) == pytest.approx(KNOWN.total_mah, rel=0.02)
    assert per_gram.series[0].y == pytest.approx([y / MASS_G for y in curve.series[0].y])


def test_without_a_mass_nothing_is_per_gram() -> None:
    test = read(columns_of(cycles=2))
    assert [curve.name for curve in differential_curves(test, (0,), [], None)] == ["differential-capacity"]
    assert [curve.name for curve in voltage_curves(test, (0,), 0.02, None)] == ["differential-voltage"]


def test_the_differential_voltage_is_positive_and_its_integral_the_range() -> None:
    test = read(columns_of(cycles=2))
    curve, per_gram = voltage_curves(test, (0,), 0.02, MASS_G)
    for series, scaled in zip(curve.series, per_gram.series, strict=True):
        assert np.trapezoid(series.y, series.x) == pytest.approx(0.9, rel=0.03)
        assert np.trapezoid(scaled.y, scaled.x) == pytest.approx(0.9, rel=0.03)


def test_peaks_against_cycle_have_a_series_each() -> None:
    test = read(columns_of(cycles=4))
    curves = tracking_curves([read_peaks(test, part, 0.05) for part in test.directions])
    assert [curve.name for curve in curves] == ["peak-voltage", "peak-area", "peak-width"]
    assert all(len(curve.series) == 6 for curve in curves)
    assert curves[0].series[0].x == (1, 2, 3, 4)


def test_every_axis_has_a_quantity() -> None:
    assert len({quantity.slug for quantity in curve_quantities()}) == 4
