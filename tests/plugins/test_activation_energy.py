import numpy as np
import pytest

from analyses.transport.activation_energy import BOLTZMANN_EV_K
from analyses.uncertainty import Estimate
from plugins.activation_energy import register_analyses, run
from registry.hookspecs import Inputs, Outcome, Refused
from tests.coded import refuses

DEGC = (-20.0, 0.0, 25.0, 60.0)
PARAMETERS = {"stack_pressure_mpa": -1.0}
SIGMA = "ionic_conductivity_s_cm"


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


def inputs_of(facts: dict, **parameters: float) -> Inputs:
    numbers = sorted({path.split(".")[1] for path in facts if path.startswith("measurements.M-")})
    return Inputs(facts | {"measurements.eis": tuple(numbers)}, parameters=PARAMETERS | parameters, depends_on=(SIGMA,))


def energy_of(outcome: Outcome) -> Estimate:
    (result,) = outcome.values
    assert result.quantity == "activation_energy_ev"
    return result.estimate


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


def test_is_offered_on_cells_with_spectra_enough() -> None:
    (analysis,) = register_analyses()
    assert (analysis.scope, analysis.min_measurements, analysis.depends_on) == ("cell", 3, (SIGMA,))


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
