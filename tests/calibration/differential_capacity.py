"""Peaks of dQ/dV of simulated half-cycles with known curves, and their drift."""

from collections.abc import Callable
from functools import cache

import numpy as np

from analyses.component import Component
from analyses.cycling.differential.differential_capacity import differential_capacity, kernel_noise_mah_per_v
from analyses.cycling.differential.differential_peaks import Peaks, find_peaks, measure
from analyses.cycling.differential.peak_tracking import peak_drift
from analyses.cycling.differential.peak_uncertainty import peak_errors, slow_noise_v
from analyses.cycling.differential.voltage_smoothing import voltage_smoothing
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.differential_peak_values import RESOLVED
from tests.calibration import noise
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of
from tests.half_cycles import KnownCurve

ROWS = 600
SMALLEST_SHARE = 0.1
MIDDLE = 1
"""Peak whose intervals are studied."""
BOUNDED = "bounds of smoothing and spacing"
HIDDEN = "allows for a drift that the test cannot detect"
NAMES = {"Peak voltage": "position_v", "Peak area": "area_mah", "Peak width": "width_v"}


def simulated(random: np.random.Generator) -> KnownCurve:
    """Return a curve of three peaks, 110 to 180 mV apart, of 50 to 90 mV, areas within a factor of three."""
    middle = random.uniform(3.70, 3.72)
    places = (middle - random.uniform(0.13, 0.18), middle, middle + random.uniform(0.13, 0.18))
    peaks = [(voltage, random.uniform(0.020, 0.035), random.uniform(0.4, 1.2)) for voltage in places]
    return KnownCurve(peaks=peaks, background_mah_per_v=random.uniform(0.2, 1.0))


@cache
def truth_of(peaks: tuple[tuple[float, float, float], ...], background: float) -> Peaks:
    return KnownCurve(peaks=peaks, background_mah_per_v=background).known_peaks()


def of_peak(
    quantity: str,
    words: str,
    scatter: Callable[[np.random.Generator, int], Array],
    noise_v: float,
    *,
    step_v: float = 0.0,
    rows: int = ROWS,
    holds: bool = True,
) -> Study:
    """The middle of three peaks of a charge, with noise of the voltage, smoothed as chosen."""

    def trial(random: np.random.Generator) -> Answer:
        known = simulated(random)
        truth = float(getattr(truth_of(tuple(known.peaks), known.background_mah_per_v), NAMES[quantity])[MIDDLE])
        half = known.rows(rows, noise_v=noise_v * scatter(random, rows)[np.newaxis], step_v=step_v)
        return answer_of(truth, lambda: _estimate(half, known, quantity))

    return Study(quantity, words, trial, assumptions_hold=holds, covers_more=BOUNDED if holds else "")


def _estimate(half: HalfCycleRows, known: KnownCurve, quantity: str) -> Estimate | None:
    smoothing = voltage_smoothing(half)
    curve = differential_capacity(half, smoothing.width_v)
    spacing = float(half.total_mah[0]) / (half.voltage_v.size - 1)
    is_by_noise = smoothing.reason == "noise"
    noise_v = max(smoothing.noise_v, slow_noise_v(half, curve) if is_by_noise else 0.0)
    sigma = kernel_noise_mah_per_v(noise_v, spacing, np.nan_to_num(curve.mah_per_v[0]), smoothing.width_v)
    tops = find_peaks(curve.mah_per_v[0], sigma, SMALLEST_SHARE)
    if tops.size != len(known.peaks):
        return None
    peaks, errors = measure(curve, 0, tops), peak_errors(half, curve, tops)
    if quantity != "Peak voltage" and peaks.width_v[MIDDLE] < RESOLVED * smoothing.width_v:
        return None
    number, sigma_of, bound = (
        float(getattr(part, NAMES[quantity])[MIDDLE]) for part in (peaks, errors.noise, errors.resolution)
    )
    if np.isnan(sigma_of):
        return None
    return Estimate.of_components(number, Component("noise", sigma_of), lower=number - bound, upper=number + bound)


def of_drift(
    words: str, scatter: Callable[[np.random.Generator, int], Array], *, cycles: int, holds: bool = True
) -> Study:
    """A peak that moves by 1 mV in 100 cycles, with a scatter of 0.2 mV from cycle to cycle."""

    def trial(random: np.random.Generator) -> Answer:
        cycle = np.arange(1.0, cycles + 1)
        position = 3.7 - 1e-5 * cycle + 2e-4 * scatter(random, cycles)
        return answer_of(-0.01, lambda: drift.mv_per_cycle if (drift := peak_drift(cycle, position)) else None)

    return Study("Peak drift", f"{words}, {cycles} cycles", trial, assumptions_hold=holds, covers_more=HIDDEN)


STUDIES = (
    *(
        study
        for quantity in NAMES
        for study in (
            of_peak(quantity, "white noise of 0.2 mV, 600 rows", noise.white, 2e-4),
            of_peak(quantity, "white noise of 1 mV, 600 rows", noise.white, 1e-3),
            of_peak(quantity, "white noise of 0.2 mV, digits of 1 mV, 600 rows", noise.white, 2e-4, step_v=1e-3),
            of_peak(
                quantity,
                "noise of 0.2 mV that keeps 60 % from row to row, 600 rows",
                lambda random, size: noise.autoregressive(random, size, 0.6),
                2e-4,
                holds=False,
            ),
            of_peak(quantity, "white noise of 0.1 mV, 200 rows", noise.white, 1e-4, rows=200),
        )
    ),
    of_drift("independent scatter of 0.2 mV", noise.white, cycles=100),
    of_drift(
        "each deviation keeps 90 % of the one before",
        lambda random, size: noise.autoregressive(random, size, 0.9),
        cycles=100,
        holds=False,
    ),
)
