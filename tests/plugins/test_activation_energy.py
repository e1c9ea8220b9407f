import numpy as np
import pytest

from analyses.transport.activation_energy import BOLTZMANN_EV_K
from analyses.uncertainty import Estimate
from plugins.activation_energy import register_analyses, run
from registry.contract.place import PLACES
from registry.hookspecs import Inputs, Outcome, Refused
from tests.coded import message_of, refuses

DEGC = (-20.0, 0.0, 25.0, 60.0)
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
SIGMA, BULK, GRAINS = (f"{part}ionic_conductivity_s_cm" for part in ("", "bulk_", "grain_boundary_"))


def sigma_at(degc: float, energy_ev: float = 0.35) -> float:
    kelvin = degc + 273.15
    return 2e5 / kelvin * np.exp(-energy_ev / (BOLTZMANN_EV_K * kelvin))


def series(*degc: float, first: int = 1, pressure: float = 10.0, origin: str = "computed") -> dict:
    """Return the facts of spectra M-1, M-2 and so on, σT = 2e5 S cm⁻¹ K × exp(-0.35 eV/kT) by construction."""
    facts: dict = {}
    for number, temperature in enumerate(degc, start=first):
        index = f"measurements.M-{number}"
        facts[f"{index}.temperature_degc"] = Estimate.exact(temperature)
        facts[f"{index}.stack_pressure_mpa"] = Estimate.exact(pressure)
        facts[f"{index}.{origin}.{SIGMA}"] = Estimate.exact(sigma_at(temperature))
    return facts


def inputs_of(facts: dict, **parameters: float | str) -> Inputs:
    numbers = sorted({path.split(".")[1] for path in facts if path.startswith("measurements.M-")})
    depends_on = register_analyses()[0].depends_on
    return Inputs(
        facts | {"measurements.eis": tuple(numbers)}, parameters=PARAMETERS | parameters, depends_on=depends_on
    )


def by_key(outcome: Outcome) -> dict[str, Estimate]:
    return {result.key: result.estimate for result in outcome.values}


def energy_of(outcome: Outcome) -> Estimate:
    return by_key(outcome)["activation_energy_ev"]


def test_finds_the_energy_of_an_exact_series() -> None:
    """0.35 eV by construction, without uncertainty."""
    energy = energy_of(run(inputs_of(series(*DEGC))))
    assert energy.magnitude == pytest.approx(0.35, rel=1e-9)
    assert energy.upper - energy.lower < 1e-9


def test_a_reported_conductivity_serves_where_none_was_computed() -> None:
    assert energy_of(run(inputs_of(series(*DEGC, origin="reported")))).magnitude == pytest.approx(0.35, rel=1e-9)


def test_a_computed_conductivity_goes_before_a_reported_one() -> None:
    facts = series(*DEGC) | {f"measurements.M-1.reported.{SIGMA}": Estimate.exact(1.0)}
    assert energy_of(run(inputs_of(facts))).magnitude == pytest.approx(0.35, rel=1e-9)


def test_room_temperature_leaves_a_wide_interval_around_the_true_energy() -> None:
    """RT means 20 to 30 °C, which changes the slope by one or two per cent."""
    facts = series(*DEGC) | {"measurements.M-3.temperature_degc": Estimate(25.0, 20.0, 30.0)}
    energy = energy_of(run(inputs_of(facts)))
    assert energy.lower < 0.346
    assert energy.upper > 0.353


def test_the_geometry_all_spectra_share_does_not_widen_the_interval() -> None:
    facts = series(*DEGC)
    for path in [path for path in facts if path.endswith(SIGMA)]:
        magnitude = facts[path].magnitude
        facts[path] = Estimate(magnitude, 0.9 * magnitude, 1.1 * magnitude)
    energy = energy_of(run(inputs_of(facts)))
    assert energy.upper - energy.lower < 1e-9


def test_the_rounding_of_reported_conductivities_does() -> None:
    facts = series(*DEGC, origin="reported")
    for path in [path for path in facts if path.endswith(SIGMA)]:
        magnitude = facts[path].magnitude
        facts[path] = Estimate(magnitude, 0.95 * magnitude, 1.05 * magnitude)
    energy = energy_of(run(inputs_of(facts)))
    assert energy.lower < 0.35 < energy.upper
    assert 0.01 < energy.upper - energy.lower < 0.05


def test_what_was_inferred_makes_the_energy_inferred() -> None:
    facts = series(*DEGC) | {f"measurements.M-1.computed.{SIGMA}": Estimate.exact(sigma_at(-20.0), inferred=True)}
    assert energy_of(run(inputs_of(facts))).inferred


def test_spectra_under_other_conditions_are_left_out_and_named() -> None:
    facts = series(*DEGC) | series(25.0, 60.0, first=5, pressure=50.0)
    outcome = run(inputs_of(facts))
    assert energy_of(outcome).magnitude == pytest.approx(0.35, rel=1e-9)
    messages = " ".join(message.text for message in outcome.messages)
    assert "4 spectra (M-1, M-2, M-3, M-4) at 10 MPa" in messages
    assert "Excluded: M-5, at 50 MPa." in messages


def test_two_series_are_refused_until_one_is_chosen() -> None:
    facts = series(*DEGC) | series(*DEGC, first=5, pressure=50.0)
    with refuses("several-temperature-series", Refused, enough=2, named="10 MPa (4 spectra); 50 MPa (4 spectra)"):
        run(inputs_of(facts))
    assert "M-5" in run(inputs_of(facts, stack_pressure_mpa=50.0)).messages[0].text


def test_refuses_with_what_each_spectrum_lacks() -> None:
    facts = series(*DEGC) | {
        "measurements.M-1.temperature_degc": None,
        f"measurements.M-2.computed.{SIGMA}": None,
    }
    with pytest.raises(Refused) as refusal:
        run(inputs_of(facts))
    assert refusal.value.code == "too-few-temperatures"
    unusable = [reason["parameters"] for reason in refusal.value.parameters["unusable"]]
    assert [(reason["spectrum"], reason["quantity"]) for reason in unusable] == [
        ("M-1", "temperature_degc"),
        ("M-2", SIGMA),
    ]


def test_two_spectra_at_one_temperature_are_no_third() -> None:
    with refuses("too-few-temperatures", Refused, counts="2 at 10 MPa"):
        run(inputs_of(series(0.0, 25.0, 25.0)))


def test_two_temperatures_are_offered_and_refused_with_the_number_needed() -> None:
    """Case t4: spectra at 0 and 40 °C."""
    (analysis,) = register_analyses()
    assert (analysis.scope, analysis.min_measurements) == ("cell", 2)
    assert {SIGMA, BULK, GRAINS} <= set(analysis.depends_on)
    with refuses("too-few-temperatures", Refused, fewest_temperatures=3, counts="2 at 10 MPa"):
        run(inputs_of(series(0.0, 40.0)))


@pytest.mark.parametrize(
    ("change", "pressure"),
    [
        ({"measurements.M-1.temperature_degc": "<0 °C"}, -1.0),
        ({f"measurements.M-1.computed.{SIGMA}": None, f"measurements.M-1.reported.{SIGMA}": "<1e-5 S/cm"}, -1.0),
        ({"measurements.M-1.stack_pressure_mpa": "<10 MPa"}, 10.0),
        ({"measurements.M-1.stack_pressure_mpa": "<10 MPa"}, -1.0),
    ],
)
def test_a_spectrum_with_a_bound_is_left_out_and_named(change: dict, pressure: float) -> None:
    outcome = run(inputs_of(series(*DEGC) | change, stack_pressure_mpa=pressure))
    assert "4 temperatures" not in outcome.values[0].note
    assert any("M-1" in message.text and message.text.startswith("Excluded") for message in outcome.messages)


KINKED = {
    -40.0: 3.531e-6,
    -30.0: 1.156e-5,
    -20.0: 3.442e-5,
    -5.0: 1.514e-4,
    10.0: 5.673e-4,
    25.0: 1.000e-3,
    40.0: 1.666e-3,
    60.0: 3.052e-3,
}
"""Case 32: 0.60 eV below 10 °C, 0.30 eV above."""


def series_of(sigma: dict[float, float], slug: str = SIGMA) -> dict:
    facts = series(*sigma)
    for number, conductivity in enumerate(sigma.values(), start=1):
        facts[f"measurements.M-{number}.computed.{slug}"] = Estimate.exact(conductivity)
    return facts


def test_a_kink_makes_two_ranges_with_a_warning() -> None:
    outcome = run(inputs_of(series_of(KINKED)))
    values = by_key(outcome)
    assert values["activation_energy_ev@range:1"].magnitude == pytest.approx(0.60, abs=2e-3)
    assert values["activation_energy_ev@range:2"].magnitude == pytest.approx(0.30, abs=2e-3)
    assert values["arrhenius_kink_temperature_degc"].magnitude == pytest.approx(10.0, abs=0.1)
    assert "activation_energy_ev" not in values
    assert message_of(outcome.not_computed, "two-temperature-ranges").parameters["probability"] < 2e-3
    warning = message_of(outcome.messages, "arrhenius-two-ranges", coldest=-40.0, hottest=60.0)
    assert warning.level == "warning"
    assert warning.parameters["probability"] == pytest.approx(0.001, abs=3e-4)


@pytest.mark.parametrize(
    ("side", "energy"), [({"highest_temperature_degc": 10.0}, 0.60), ({"lowest_temperature_degc": 10.0}, 0.30)]
)
def test_a_range_of_temperatures_gives_one_energy_and_names_what_is_left_out(side: dict, energy: float) -> None:
    outcome = run(inputs_of(series_of(KINKED), **side))
    assert energy_of(outcome).magnitude == pytest.approx(energy, abs=2e-3)
    reasons = [m.parameters["reason"]["code"] for m in outcome.messages if m.code == "spectrum-excluded"]
    assert set(reasons) == {"outside-temperature-range"}


def test_a_curved_line_widens_the_interval_with_a_warning() -> None:
    """Vogel-Fulcher: σ = exp(-0.08 eV/k(T - 150 K))/T: 0.08 T²/(T - 150)² eV, 0.65 at -40 °C and 0.27 at 60 °C."""
    degc = (-40.0, -15.0, 10.0, 35.0, 60.0)
    kelvin = np.array(degc) + 273.15
    sigma = np.exp(-0.08 / (BOLTZMANN_EV_K * (kelvin - 150.0))) / kelvin
    outcome = run(inputs_of(series_of(dict(zip(degc, sigma.tolist(), strict=True)))))
    low, high = energy_of(outcome).interval()
    assert low < 0.27
    assert high > 0.55
    assert message_of(outcome.messages, "arrhenius-curved").level == "warning"


def scattered(*degc: float, noise: float = 0.01) -> dict[float, float]:
    random = np.random.default_rng(4)
    return {temperature: sigma_at(temperature) * np.exp(noise * random.normal()) for temperature in degc}


def test_an_outlier_is_named_and_counts_until_it_is_left_out() -> None:
    sigma = scattered(-20.0, -5.0, 10.0, 25.0, 40.0, 55.0, 70.0)
    sigma[25.0] *= 1.5
    outcome = run(inputs_of(series_of(sigma)))
    warning = message_of(outcome.messages, "arrhenius-outlier", spectra=["M-4"])
    assert warning.parameters["without_ev"] == pytest.approx(0.35, abs=0.01)
    (result,) = (value for value in outcome.values if value.key == "activation_energy_ev")
    assert set(result.method_spread) == {"all spectra", "without M-4"}
    without = run(inputs_of(series_of(sigma), left_out_spectra=" M-4 "))
    assert energy_of(without).magnitude == pytest.approx(warning.parameters["without_ev"], rel=1e-9)
    assert message_of(without.messages, "spectrum-excluded", reason={"code": "left-out"})
    assert "arrhenius-outlier" not in [message.code for message in without.messages]


def test_refuses_to_leave_out_a_spectrum_there_is_not() -> None:
    with refuses("unknown-spectrum", Refused, unknown=["M-9"]):
        run(inputs_of(series(*DEGC), left_out_spectra="M-1, M-9"))


def test_says_whether_the_curvature_was_tested() -> None:
    assert message_of(run(inputs_of(series(0.0, 25.0, 60.0))).messages, "curvature-not-tested")
    straight = run(inputs_of(series_of(scattered(-20.0, 0.0, 25.0, 60.0))))
    assert message_of(straight.messages, "arrhenius-straight").parameters["probability"] > 0.05


def test_a_pressure_that_is_not_chosen_is_named() -> None:
    facts = series(*DEGC) | series(25.0, first=5, pressure=50.0)
    outcome = run(inputs_of(facts, stack_pressure_mpa=10.0))
    reason = {"code": "other-conditions", "parameters": {"spectrum": "M-5"}}
    assert message_of(outcome.messages, "spectrum-excluded", reason=reason)


def test_bulk_and_grain_boundaries_have_energies_of_their_own() -> None:
    """0.25 and 0.45 eV by construction; at 60 °C the grain boundaries are not resolved from the bulk."""
    facts = series(*DEGC, 90.0)
    for number, degc in enumerate((*DEGC, 90.0), start=1):
        facts[f"measurements.M-{number}.computed.{BULK}"] = Estimate.exact(sigma_at(degc, 0.25))
        if number < 5:
            facts[f"measurements.M-{number}.computed.{GRAINS}"] = Estimate.exact(sigma_at(degc, 0.45))
    outcome = run(inputs_of(facts))
    values = by_key(outcome)
    assert values["bulk_activation_energy_ev"].magnitude == pytest.approx(0.25, rel=1e-9)
    assert values["grain_boundary_activation_energy_ev"].magnitude == pytest.approx(0.45, rel=1e-9)
    assert message_of(outcome.messages, "part-not-resolved", part="bulk", spectra=["M-5"])
    labels = [line.name for line in outcome.curves[0].series]
    assert labels[1] == "Total, E_a = 0.350 eV"
    assert labels[3] == "Bulk, E_a = 0.250 eV"


def test_too_few_temperatures_of_a_part_are_named() -> None:
    facts = series(*DEGC) | {f"measurements.M-1.computed.{BULK}": Estimate.exact(1e-5)}
    missing = message_of(run(inputs_of(facts)).not_computed, "too-few-temperatures", count=1)
    assert missing.quantity == "bulk_activation_energy_ev"


def parts(series_resistor: set[float], *degc: float) -> dict:
    """Return spectra with one arc of all of R, next to a series resistor of a fifth of R at some temperatures."""
    facts = series(*degc)
    for number, temperature in enumerate(degc, start=1):
        computed, share = f"measurements.M-{number}.computed", 0.8 if temperature in series_resistor else 1.0
        ohm = 1 / sigma_at(temperature)
        facts[f"{computed}.{BULK}"] = Estimate.exact(1 / (share * ohm))
        facts[f"{computed}.arc_resistance_ohm{PLACES}"] = ("arc:1",)
        facts[f"{computed}.arc_resistance_ohm@arc:1"] = Estimate.exact(share * ohm)
        if share < 1:
            facts[f"{computed}.series_resistance_ohm"] = Estimate.exact((1 - share) * ohm)
    return facts


def test_an_arc_next_to_a_series_resistor_is_not_on_the_line_of_arcs_without() -> None:
    """Case t1: 0.350 eV for the bulk and the total, with R0 resolved at -20 °C alone."""
    outcome = run(inputs_of(parts({-20.0}, -20.0, 0.0, 20.0, 40.0, 60.0)))
    values = by_key(outcome)
    assert values["bulk_activation_energy_ev"].magnitude == pytest.approx(0.35, rel=1e-9)
    assert energy_of(outcome).magnitude == pytest.approx(0.35, rel=1e-9)
    warning = message_of(outcome.messages, "part-of-other-circuit", part="bulk")
    assert [reason["parameters"]["spectrum"] for reason in warning.parameters["spectra"]] == ["M-1"]


def test_structures_with_too_few_temperatures_each_leave_the_total_alone() -> None:
    outcome = run(inputs_of(parts({-20.0, 0.0}, -20.0, 0.0, 25.0, 60.0)))
    assert energy_of(outcome).magnitude == pytest.approx(0.35, rel=1e-9)
    assert "bulk_activation_energy_ev" not in by_key(outcome)
    missing = message_of(outcome.not_computed, "too-few-temperatures", count=2)
    assert missing.quantity == "bulk_activation_energy_ev"


def test_the_prefactor_is_a_value() -> None:
    """log₁₀ 2e5 = 5.301 by construction; °C become K with 273.15."""
    values = by_key(run(inputs_of(series(*DEGC))))
    assert values["arrhenius_log10_prefactor"].magnitude == pytest.approx(5.30103, abs=1e-5)


def test_points_are_weighted_by_their_own_uncertainty() -> None:
    """A point known to 50 % hardly moves the line of four known to 1 %."""
    sigma = scattered(-20.0, -5.0, 10.0, 25.0, 40.0)
    facts = series_of(sigma)
    for number, (degc, conductivity) in enumerate(sigma.items(), start=1):
        share = 0.5 if degc == 40.0 else 0.01
        shifted = conductivity * (1.4 if degc == 40.0 else 1.0)
        estimate = Estimate.measured(shifted, share * shifted).attributed("fit", shared=f"M-{number}: circuit fit")
        facts[f"measurements.M-{number}.computed.{SIGMA}"] = estimate
    assert energy_of(run(inputs_of(facts))).magnitude == pytest.approx(0.35, abs=0.012)
