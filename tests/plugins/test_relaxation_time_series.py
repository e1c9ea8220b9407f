"""Processes of made series of spectra, with known activation energies, exponents and ratios."""

from collections.abc import Sequence

import numpy as np
import pytest

from analyses.impedance.spectrum import Spectrum
from plugins import relaxation_time_series
from registry.contract.outcome import Outcome
from registry.hookspecs import Estimate, HeatMap, Inputs, Refused
from tests.coded import message_of
from tests.relaxation_series import (
    ENERGIES_EV,
    EXPONENTS,
    FREQUENCY,
    interface_ratio,
    over_cycles,
    over_pressure,
    over_temperature,
)
from tests.spectra import columns_of, make_spectrum

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


@pytest.mark.parametrize("seed", range(4))
def test_a_process_that_appears_has_no_ratio_to_where_it_was_not(seed: int) -> None:
    """From cycle 50 on, a second process of 0.4 Ω per cycle; the first keeps its 30 Ω."""
    cycles = (1, 20, 50, 100, 200)
    spectra = []
    for cycle in cycles:
        ohm = 0.4 * cycle if cycle >= 50 else 1e-9
        values = (8.0, 30.0, 1e-5**0.9 / 30, 0.9, ohm, (1e-3 * cycle / 50) ** 0.85 / ohm, 0.85)
        spectra.append(make_spectrum("R0-p(R1,CPE1)-p(R2,CPE2)", values, NOISE, [seed, cycle], FREQUENCY))
    outcome = analyse("cycle_number", cycles, spectra)
    (ratio,) = estimates(outcome, "process_resistance_ratio")
    low, high = ratio.interval()
    assert low <= 1 <= high
    assert {(item.code, item.at["process"]) for item in outcome.not_computed} == {("process-not-determined", 2)}
    assert list(outcome.not_computed[0].parameters["spectra"])[:2] == ["M-00001", "M-00002"]
    message_of(outcome.messages, "process-not-determined", number=2)
    (resistances,) = (curve for curve in outcome.curves if curve.name == "process-resistances")
    assert [len(series.x) for series in resistances.series] == [5, 3]


def test_a_process_whose_relaxation_time_jumps_has_no_ratio() -> None:
    """40 Ω at 10 ms in cycle 1, at 0.1 ms and less later: nothing tells that they are one process."""
    cycles = (1, 20, 50, 100)
    spectra = [
        make_spectrum("R0-p(R1,CPE1)", (8.0, 40.0, tau**0.9 / 40, 0.9), NOISE, [3, cycle], FREQUENCY)
        for cycle, tau in zip(cycles, (1e-2, 1e-4, 9e-5, 8e-5), strict=True)
    ]
    outcome = analyse("cycle_number", cycles, spectra)
    assert not estimates(outcome, "process_resistance_ratio")


def test_a_single_spectrum_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        analyse("cycle_number", (20,), over_cycles(NOISE, np.random.default_rng(7))[:1])
    assert refusal.value.code == "too-few-spectra"
