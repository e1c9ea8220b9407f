"""Activation energy and pressure exponent of a process."""

import numpy as np
import pytest

from analyses.impedance.relaxation_times.process_series import SeriesProcess
from analyses.insufficient_data import InsufficientData
from registry.contract.analysis_support.impedance.process_laws import energy_of, exponent_of
from registry.hookspecs import Estimate

BOLTZMANN_EV_K = 8.617333262e-5


def exact(numbers: np.ndarray) -> list[Estimate]:
    return [Estimate.exact(number) for number in numbers.tolist()]


def process(resistance_ohm: np.ndarray) -> SeriesProcess:
    count = resistance_ohm.size
    covariance = np.tile(np.diag([1e-6, 1e-6, 1e-6, 1e-6]), (count, 1, 1))
    exponent, inside = np.full(count, 0.9), (True,) * count
    return SeriesProcess(
        resistance_ohm, resistance_ohm * 1e-6, exponent, covariance, np.ones(count), 1.0, inside, inside
    )


def test_energy_of_an_exact_series() -> None:
    degc = np.array([0.0, 20.0, 40.0, 60.0])
    kelvin = degc + 273.15
    law = energy_of(process(kelvin * np.exp(0.4 / (BOLTZMANN_EV_K * kelvin) - 15)), exact(degc), 0.0)
    assert law.value.magnitude == pytest.approx(0.4, rel=1e-6)


def test_the_thermometer_moves_an_energy() -> None:
    degc = np.array([0.0, 20.0, 40.0, 60.0])
    kelvin = degc + 273.15
    series = process(kelvin * np.exp(0.4 / (BOLTZMANN_EV_K * kelvin) - 15))
    assert energy_of(series, exact(degc), 1.0).value.standard_uncertainty == pytest.approx(0.4 * 2 / 303, rel=0.2)


def test_two_lines_have_no_single_energy() -> None:
    degc = np.linspace(-20, 80, 11)
    x = 1 / (BOLTZMANN_EV_K * (degc + 273.15))
    bend = 1 / (BOLTZMANN_EV_K * 303.15)
    log = np.where(x > bend, 0.6 * (x - bend), 0.2 * (x - bend)) + 0.003 * np.cos(3 * np.arange(11))
    with pytest.raises(InsufficientData) as problem:
        energy_of(process((degc + 273.15) * np.exp(log)), exact(degc), 0.0)
    assert problem.value.code == "two-temperature-ranges"


def test_exponent_of_an_exact_series() -> None:
    mpa = np.array([1.0, 10.0, 100.0])
    law = exponent_of(process(100 * mpa**-0.5), exact(mpa))
    assert law.value.magnitude == pytest.approx(0.5)
    assert law.fitted_ohm == pytest.approx(100 * mpa**-0.5)


def test_rounded_pressures_widen_the_interval() -> None:
    mpa = np.array([1.0, 10.0, 100.0])
    rounded = [Estimate(p, 0.95 * p, 1.05 * p) for p in mpa.tolist()]
    value = exponent_of(process(100 * mpa**-0.5), rounded).value
    assert value.lower < 0.495
    assert value.upper > 0.505
