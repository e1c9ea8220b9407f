"""Processes of series of spectra keep their numbers, with resistances within their intervals."""

import numpy as np
import pytest

from analyses.impedance.relaxation_times.drt import distribution
from analyses.impedance.relaxation_times.process_series import SeriesProcess, fit_series
from analyses.impedance.spectrum import Spectrum
from tests.relaxation_series import PROCESSES, interface_ratio, over_cycles, over_pressure, over_temperature
from tests.spectra import make_spectrum

NOISE = 0.005


def processes_of(at: np.ndarray, spectra: list[Spectrum], noise: float = NOISE) -> tuple[SeriesProcess, ...]:
    return fit_series(at, spectra, [distribution(spectrum, noise) for spectrum in spectra], [noise] * len(spectra))


def test_each_process_keeps_its_number_over_temperature() -> None:
    degc = np.array([0.0, 15.0, 30.0, 45.0, 60.0])
    processes = processes_of(-1000 / (degc + 273.15), over_temperature(degc, NOISE, np.random.default_rng(1)))
    assert len(processes) == 3
    for process, (_, farad, exponent) in zip(processes, PROCESSES, strict=True):
        capacitance = process.time_constant_s / process.resistance_ohm
        assert capacitance == pytest.approx(farad, rel=0.15)
        assert process.exponent == pytest.approx(exponent, abs=0.04)
        assert process.probability > 0.9
        assert (np.diff(process.resistance_ohm) < 0).all()


def test_processes_that_cross_keep_their_numbers() -> None:
    """The slower at 1 MPa is the faster at 100 MPa, and in the middle there is one maximum."""
    mpa = np.geomspace(1, 100, 7)
    spectra = [
        make_spectrum(
            "R0-p(R1,CPE1)-p(R2,CPE2)",
            (5.0, 60.0, (1e-4) ** 0.95 / 60, 0.95, 60.0, (1e-2 * p**-2.0) ** 0.95 / 60, 0.95),
            0.003,
            [index, 4],
            np.geomspace(1e6, 0.1, 71),
        )
        for index, p in enumerate(mpa)
    ]
    still, moving = sorted(
        processes_of(np.log(mpa), spectra, 0.003), key=lambda process: float(np.ptp(np.log(process.time_constant_s)))
    )
    assert still.time_constant_s == pytest.approx(1e-4, rel=0.5)
    slope = np.polyfit(np.log(mpa), np.log(moving.time_constant_s), 1)[0]
    assert slope == pytest.approx(-2, abs=0.1)


def test_two_spectra_are_compared_process_by_process() -> None:
    processes = processes_of(np.array([20.0, 100.0]), over_cycles(NOISE, np.random.default_rng(2)))
    ratios = [process.resistance_ohm[1] / process.resistance_ohm[0] for process in processes]
    assert ratios == pytest.approx([1, 1, 2], rel=0.05)
    areas = [process.peak(1).interface_capacitance_f / process.peak(0).interface_capacitance_f for process in processes]
    assert areas[2] == pytest.approx(interface_ratio(), rel=0.1)


def test_uncertainties_are_those_of_repeated_series() -> None:
    mpa = np.array([1.0, 5.0, 25.0])
    truth = np.array([120 * p**-0.8 for p in mpa])
    scores = []
    for seed in range(12):
        processes = processes_of(np.log(mpa), over_pressure(mpa, NOISE, np.random.default_rng([seed, 9])))
        error = np.log(processes[-1].resistance_ohm / truth)
        scores.append(error / np.sqrt(processes[-1].covariance[:, 0, 0]))
    assert 0.6 < np.sqrt(np.mean(np.square(scores))) < 1.5


def test_a_spectrum_of_a_resistor_has_no_process() -> None:
    spectra = [make_spectrum("R0", (50.0,), NOISE, [seed, 3]) for seed in (1, 2)]
    assert processes_of(np.array([1.0, 2.0]), spectra) == ()
