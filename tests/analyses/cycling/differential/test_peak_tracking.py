from dataclasses import replace

import numpy as np
import pytest

from analyses.cycling.differential.differential_capacity import differential_capacity
from analyses.cycling.differential.differential_peaks import find_peaks, measure
from analyses.cycling.differential.peak_tracking import peak_drift, track_peaks
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from tests.half_cycles import KnownCurve

KNOWN = KnownCurve()
CYCLES = 40
NOISE_V, WIDTH_V = 2e-4, 0.010


def drifting(shrinks: bool = False) -> HalfCycleRows:
    """Half-cycles whose peaks move by -0.5, 0 and 1 mV a cycle; the last fades away if it shrinks."""
    parts = []
    for cycle in range(CYCLES):
        moved = [(v + rate * cycle, s, a) for (v, s, a), rate in zip(KNOWN.peaks, (-5e-4, 0.0, 1e-3), strict=True)]
        if shrinks:
            moved[2] = (*moved[2][:2], 0.4 * max(1 - cycle / 30, 0.0))
        parts.append(replace(KNOWN, peaks=moved).rows(600, noise_v=NOISE_V, seed=cycle))
    sizes = np.cumsum([0] + [part.voltage_v.size for part in parts[:-1]])
    return HalfCycleRows(
        np.concatenate([part.voltage_v for part in parts]), np.concatenate([part.charge_mah for part in parts]), sizes
    )


def tracked(rows: HalfCycleRows, reference: int):
    curve = differential_capacity(rows.selected(np.array([reference])), WIDTH_V)
    tops = find_peaks(curve.mah_per_v[0], np.zeros(curve.voltage_v.size), 0.15)
    return track_peaks(rows, WIDTH_V, reference, measure(curve, 0, tops), NOISE_V)


@pytest.mark.parametrize("reference", [0, 17, CYCLES - 1])
def test_peaks_keep_their_numbers_and_their_drift(reference: int) -> None:
    peaks = tracked(drifting(), reference)
    assert peaks.position_v.shape == (CYCLES, 3)
    assert np.isfinite(peaks.position_v).all()
    drifts = [peak_drift(np.arange(CYCLES) + 1.0, peaks.position_v[:, peak]) for peak in range(3)]
    slopes = [drift.mv_per_cycle.magnitude for drift in drifts if drift]
    assert slopes == pytest.approx([-0.5, 0.0, 1.0], abs=0.06)
    assert [drift.cycles for drift in drifts if drift] == [CYCLES] * 3


def test_a_peak_that_fades_away_has_no_values_from_then_on() -> None:
    there = np.isfinite(tracked(drifting(shrinks=True), 0).position_v)
    assert there[:20].all()
    assert there[:, :2].all()
    assert not there[35:, 2].any()


def test_a_drift_needs_four_cycles() -> None:
    position = np.array([3.7, np.nan, 3.701, 3.702])
    assert peak_drift(np.arange(4.0), position) is None
