"""Processes of made series of spectra, with known activation energies, exponents and ratios."""

from collections.abc import Sequence

import numpy as np
import pytest

from analyses.impedance.spectrum import Spectrum
from plugins import relaxation_time_series
from registry.contract.outcome import Outcome
from registry.hookspecs import Estimate, HeatMap, Inputs, Refused
from tests.relaxation_series import (
    ENERGIES_EV,
    EXPONENTS,
    interface_ratio,
    over_cycles,
    over_pressure,
    over_temperature,
)
from tests.spectra import columns_of

NOISE = 0.005


def analyse(over: str, at: Sequence[float], spectra: Sequence[Spectrum], **facts: Estimate) -> Outcome:
    (analysis,) = (analysis for analysis in relaxation_time_series.register_analyses() if analysis.over == over)
    parameters = {parameter.name: parameter.default for parameter in analysis.parameters}
    refcodes = [f"M-{number:05}" for number in range(1, len(spectra) + 1)]
    known: dict[str, object] = {"series.over": over, "series.members": tuple(refcodes), **facts}
    for refcode, number in zip(refcodes, at, strict=True):
        known[f"measurements.{refcode}.{over}"] = Estimate.exact(number)
        known[f"measurements.{refcode}.dataset.sha256"] = "ab"
    columns = {
        refcode: (lambda spectrum=spectrum: columns_of(spectrum))
        for refcode, spectrum in zip(refcodes, spectra, strict=True)
    }
    return analysis.run(Inputs(known, parameters=parameters, columns_of=columns))  # type: ignore[arg-type]


def estimates(outcome: Outcome, quantity: str) -> list[Estimate]:
    return [value.estimate for value in outcome.values if value.quantity == quantity]


def test_activation_energies_are_within_their_intervals() -> None:
    degc = (0.0, 15.0, 30.0, 45.0, 60.0)
    outcome = analyse("temperature_degc", degc, over_temperature(degc, NOISE, np.random.default_rng(5)))
    energies = estimates(outcome, "process_activation_energy_ev")
    for energy, truth in zip(energies, ENERGIES_EV, strict=True):
        low, high = energy.interval()
        assert low <= truth <= high
        assert energy.magnitude == pytest.approx(truth, abs=0.01)
    names = [curve.name for curve in outcome.curves]
    assert names == ["drt-overlay", "drt-waterfall", "drt-map", "process-resistances", "process-times"]
    assert isinstance(outcome.curves[2], HeatMap)


def test_pressure_exponents_are_within_their_intervals() -> None:
    mpa = (1.0, 3.0, 10.0, 30.0, 100.0)
    outcome = analyse("stack_pressure_mpa", mpa, over_pressure(mpa, NOISE, np.random.default_rng(6)))
    for exponent, truth in zip(estimates(outcome, "process_pressure_exponent"), EXPONENTS, strict=True):
        low, high = exponent.interval()
        assert low <= truth <= high
        assert exponent.magnitude == pytest.approx(truth, abs=0.02)


def test_cycles_20_and_100_are_compared_process_by_process() -> None:
    outcome = analyse(
        "cycle_number",
        (20, 100),
        over_cycles(NOISE, np.random.default_rng(7)),
        **{"setup.die_diameter_mm": Estimate.exact(10.0)},
    )
    ratios = estimates(outcome, "process_resistance_ratio")
    for ratio, truth in zip(ratios, (1, 1, 2), strict=True):
        low, high = ratio.interval()
        assert low <= truth <= high
    (contact,) = (value for value in outcome.values if value.key == "relative_contact_area@process:3")
    low, high = contact.estimate.interval()
    assert low <= interface_ratio() <= high
    assert contact.method_spread["C = τ/R"] == pytest.approx(0.5, rel=0.05)


def test_each_process_has_a_tentative_assignment() -> None:
    spectra = over_cycles(NOISE, np.random.default_rng(8))
    outcome = analyse("cycle_number", (20, 100), spectra, **{"setup.die_diameter_mm": Estimate.exact(10.0)})
    assigned = [message.parameters for message in outcome.messages if message.code == "tentative-assignment"]
    assert [parameters["assignment"] for parameters in assigned] == ["grain boundaries", "interface", "charge transfer"]


def test_a_single_spectrum_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        analyse("cycle_number", (20,), over_cycles(NOISE, np.random.default_rng(7))[:1])
    assert refusal.value.code == "too-few-spectra"
