from dataclasses import replace

import numpy as np

from analyses.transport.activation_energy import activation_energy
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.transport.arrhenius_report import arrhenius_messages
from registry.contract.analysis_support.transport.temperature_series import Point, numbers_of
from registry.hookspecs import Inputs
from tests.coded import message_of

DEGC = (-20.0, -5.0, 10.0, 25.0, 40.0, 55.0)


def series_of(factors: dict[float, float]) -> list[Point]:
    """0.35 eV with a little scatter, and a factor at some temperatures."""
    scatter = np.random.default_rng(5).normal(scale=0.005, size=len(DEGC))
    points = []
    for number, (degc, shift) in enumerate(zip(DEGC, scatter, strict=True), start=1):
        kelvin = degc + 273.15
        sigma = np.exp(-0.35 / (8.617333262e-5 * kelvin) + shift) / kelvin * factors.get(degc, 1.0)
        points.append(Point(f"M-{number}", Estimate.exact(degc), Estimate.exact(sigma), False, "10 MPa", Inputs({})))
    return points


def messages_of(series: list[Point]):
    return arrhenius_messages("Total", series, activation_energy(*numbers_of(series)), 0.5)


def test_states_the_source_and_that_the_line_is_straight() -> None:
    source, straight = messages_of(series_of({}))
    assert source.parameters["spectra"] == "M-1, M-2, M-3, M-4, M-5, M-6"
    assert 0.6 < source.parameters["percent_per_kelvin"] < 0.8
    assert 0.024 < source.parameters["lower_ev"] < 0.026
    assert straight.code == "arrhenius-straight"


def test_names_an_outlier_with_the_energy_without_it() -> None:
    warning = message_of(messages_of(series_of({10.0: 1.3})), "arrhenius-outlier", spectra=["M-3"])
    assert 0.34 < warning.parameters["without_ev"] < 0.36


def test_states_that_three_temperatures_cannot_be_tested() -> None:
    assert message_of(messages_of(series_of({})[:3]), "curvature-not-tested")


def test_an_energy_that_ion_conduction_does_not_have_is_named() -> None:
    """Conductivities in the reverse order of the temperatures, and temperatures in K entered as °C (1.29 eV)."""
    series = series_of({})
    reverse = [
        replace(point, conductivity_s_cm=other.conductivity_s_cm)
        for point, other in zip(series, series[::-1], strict=True)
    ]
    assert message_of(messages_of(reverse), "implausible-activation-energy").parameters["energy_ev"] < -0.2
    kelvin = [
        replace(point, temperature_degc=Estimate.exact(point.temperature_degc.magnitude + 273.15)) for point in series
    ]
    assert message_of(messages_of(kelvin), "implausible-activation-energy").parameters["energy_ev"] > 1.0
    assert "implausible-activation-energy" not in [message.code for message in messages_of(series)]
