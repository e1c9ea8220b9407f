"""Peaks of spectra with a known number of processes."""

import numpy as np
import pytest

from analyses.impedance.relaxation_times.drt import distribution
from analyses.impedance.relaxation_times.drt_peaks import Peak, find_peaks
from tests.calibration.relaxation_times import matched, simulated
from tests.spectra import make_spectrum
from tests.trials import FEW, trials

FREQUENCY = np.geomspace(1e6, 1e-2, 81)
THREE = ((50.0, 1e-5, 0.9), (20.0, 1e-3, 0.85), (80.0, 1e-1, 0.8))


def peaks_of(*arcs: tuple[float, float, float], noise: float, seed: int = 1) -> tuple[Peak, ...]:
    text = "-".join(["R0", *(f"p(R{number},CPE{number})" for number in range(1, len(arcs) + 1))])
    values = [10.0, *(number for r, tau, n in arcs for number in (r, tau**n / r, n))]
    spectrum = make_spectrum(text, values, noise, seed, FREQUENCY)
    return find_peaks(spectrum, distribution(spectrum, noise))


@pytest.mark.parametrize("noise", [0.001, 0.005])
def test_three_processes_are_found_with_their_values(noise: float) -> None:
    likely = [peak for peak in peaks_of(*THREE, noise=noise) if peak.probability > 0.8]
    assert len(likely) == 3
    for peak, (resistance, tau, _) in zip(likely, THREE, strict=True):
        assert peak.resistance_ohm == pytest.approx(resistance, rel=30 * noise)
        assert peak.time_constant_s == pytest.approx(tau, rel=50 * noise)
        assert peak.capacitance_f == pytest.approx(peak.time_constant_s / peak.resistance_ohm)
        assert peak.is_in_window


def test_a_maximum_that_noise_makes_is_not_probable() -> None:
    peaks = [peak for seed in range(5) for peak in peaks_of(THREE[1], noise=0.02, seed=seed)]
    likely = [peak for peak in peaks if peak.probability > 0.5]
    assert len(likely) == 5
    assert len(peaks) > len(likely)


def test_a_process_slower_than_the_slowest_frequency_is_marked() -> None:
    peaks = peaks_of((50.0, 1e-3, 0.9), (200.0, 60.0, 0.95), noise=0.001)
    slow = [peak for peak in peaks if peak.time_constant_s > 20 and peak.probability > 0.5]
    assert slow
    assert not any(peak.is_in_window for peak in slow)


@trials(1000)
def test_four_of_five_probable_peaks_are_processes(trials: int) -> None:
    """One to four arcs anywhere in the window, 0.1 to 3 % noise, with and without a blocking tail."""
    right = []
    for number in range(trials):
        case = simulated(np.random.default_rng([number, 7]))
        peaks = find_peaks(case.spectrum, distribution(case.spectrum, case.noise))
        right += [is_true for peak, is_true in matched(peaks, case) if peak.probability >= 0.8]
    assert sum(right) >= (0.8 if trials > FEW else 0.6) * len(right)
    assert len(right) >= trials
