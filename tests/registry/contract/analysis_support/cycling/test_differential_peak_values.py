"""Values of peaks, or why they are missing."""

import numpy as np
import pytest

from registry.contract.analysis_support.cycling.differential_peak_values import (
    MOST_PEAKS,
    OUTPUTS,
    RESOLVED,
    peak_messages,
    peak_quantities,
    peak_results,
    read_peaks,
)
from registry.contract.analysis_support.cycling.recorded_scale import MASS, read_scale
from registry.hookspecs import Inputs, NotComputed, Result
from tests.plugins.test_cycling_summary import CATHODE
from tests.plugins.test_differential_capacity import columns_of
from tests.registry.contract.analysis_support.cycling.test_differential_test import read


def test_every_output_has_a_quantity_that_ends_in_its_unit() -> None:
    assert tuple(quantity.slug for quantity in peak_quantities()) == OUTPUTS


def test_peaks_of_the_reference_cycle_are_followed_through_the_comparable_ones() -> None:
    test = read(columns_of(cycles=6))
    peaks = read_peaks(test, test.directions[0], 0.05)
    assert peaks.tracked.position_v.shape == (6, 3)
    assert peaks.tracked.position_v[0] == pytest.approx(peaks.peaks.position_v, abs=1e-9)
    assert peaks.cycle.tolist() == [1, 2, 3, 4, 5, 6]
    assert all(drift is not None and drift.cycles == 6 for drift in peaks.drifts)
    assert peak_messages(test, peaks) == ()


def test_each_peak_has_each_quantity_or_a_reason() -> None:
    test = read(columns_of(cycles=5), smoothing_width_mv=30.0)
    mass = read_scale(Inputs(dict(CATHODE)), MASS)
    peaks = read_peaks(test, test.directions[1], 0.05)
    items = list(peak_results(test, peaks, mass))
    keys = [(item.quantity, item.at["peak"]) for item in items]
    outputs = [slug for slug in OUTPUTS if slug.startswith("discharge")]
    assert sorted(keys) == sorted((slug, peak) for slug in outputs for peak in (1, 2, 3))
    narrow = peaks.peaks.width_v < RESOLVED * 0.030
    lacking = {item.at["peak"] for item in items if isinstance(item, NotComputed)}
    assert lacking == set((np.flatnonzero(narrow) + 1).tolist())
    assert all(item.note for item in items if isinstance(item, Result))


def test_at_most_a_dozen_peaks_are_given_the_highest() -> None:
    columns = columns_of(cycles=2, points=6000, noise_v=0.0)
    columns["voltage_volt"] = columns["voltage_volt"] + 1e-3 * np.sin(columns["voltage_volt"] * 400)
    test = read(columns, smoothing_width_mv=3.0)
    peaks = read_peaks(test, test.directions[0], 0.001)
    assert peaks.peaks.position_v.size == MOST_PEAKS
    assert (np.diff(peaks.peaks.position_v) > 0).all()
