import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate
from plugins.ionic_conductivity import register_analyses, register_quantities, run
from registry.hookspecs import Inputs, Outcome, Refused
from tests.coded import message_of, refuses
from tests.registry.contract.analysis_support.layers import LI, LPSCL, NCM, STEEL, facts_of
from tests.spectra import ONE_ARC, columns_of, make_spectrum

FACTS = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.name": "LPSCl",
    "layers.1.thickness_um": Estimate.exact(600.0),
    "layers.1.area_cm2": Estimate.exact(0.7854),
    "reported.resistance_ohm": Estimate.rounded(200.0, 0.5),
}
DATA = {"dataset.sha256": "ab"}
DEFAULTS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}
TWO_ARCS = ("p(R1,CPE1)-p(R2,CPE2)-CPE3", (500.0, 3e-11, 0.97, 800.0, 1e-8, 0.95, 1e-5, 0.85))


def inputs_of(columns: dict[str, np.ndarray] | None = None, facts: dict | None = None, **parameters) -> Inputs:
    spectrum = columns if columns is not None else columns_of(make_spectrum(relative_noise=0.003))
    return Inputs(FACTS | DATA | (facts or {}), lambda: spectrum, DEFAULTS | parameters)


def estimates(outcome: Outcome) -> dict[str, Estimate]:
    return {result.key: result.estimate for result in outcome.values}


def words(outcome: Outcome, level: str = "") -> str:
    return "\n".join(message.text for message in outcome.messages if level in {"", message.level})


def test_computes_the_conductivity_of_a_reported_resistance() -> None:
    """By hand: 0.06 cm / (200 Ω × 0.7854 cm²) = 0.38197 mS/cm; R from 199.5 to 200.5 Ω."""
    (result,) = run(Inputs(FACTS)).values
    assert result.quantity == "ionic_conductivity_s_cm"
    assert result.estimate.magnitude == pytest.approx(3.8197e-4, rel=1e-4)
    assert result.estimate.lower == pytest.approx(3.8102e-4, rel=1e-4)
    assert result.estimate.upper == pytest.approx(3.8292e-4, rel=1e-4)


@pytest.mark.parametrize("blocks", ["ions", "electrons", "none"])
def test_mentions_what_the_electrodes_block_and_refuses_none(blocks: str) -> None:
    outcome = run(Inputs(FACTS | {"setup.blocks": blocks}))
    named = message_of(outcome.messages[-1:], "electrodes-as-stated").parameters["blocks"]
    assert (blocks if blocks != "none" else "neither") in named


def test_refuses_without_a_resistance() -> None:
    with pytest.raises(Refused) as refusal:
        run(Inputs(FACTS | {"reported.resistance_ohm": None}))
    assert refusal.value.code == "missing-resistance"


def test_refuses_a_pellet_without_thickness() -> None:
    with refuses("missing-thickness", Refused, layer=1, role="sample", name="LPSCl"):
        run(Inputs(FACTS | {"layers.1.thickness_um": None}))


def test_refuses_a_resistance_that_may_be_zero() -> None:
    with refuses("zero-within-rounding", InsufficientData, words="resistance", estimate=0.3):
        run(Inputs(FACTS | {"reported.resistance_ohm": Estimate.rounded(0.3, 0.5)}))


def test_fits_a_spectrum_and_does_not_read_the_reported_resistance() -> None:
    """R0 + R1 = 1050 Ω by construction; σ = 0.06 cm / (1050 Ω × 0.7854 cm²) = 7.276e-5 S/cm."""
    inputs = inputs_of()
    computed = estimates(run(inputs))
    assert computed["resistance_ohm"].magnitude == pytest.approx(1050.0, rel=5e-3)
    assert computed["resistance_ohm"].standard_uncertainty > 0
    assert computed["ionic_conductivity_s_cm"].magnitude == pytest.approx(7.276e-5, rel=5e-3)
    assert 30 < computed["ionic_conductivity_s_cm"].degrees_of_freedom < 2 * 60 - 5
    assert computed["kramers_kronig_noise_percent"].magnitude == pytest.approx(0.3, rel=0.25)
    assert computed["fit_residual_percent"].magnitude == pytest.approx(0.3, rel=0.25)
    assert computed["resistance_at_minimum_ohm"].magnitude == pytest.approx(1050.0, rel=0.1)
    assert "reported.resistance_ohm" not in inputs.reads


def test_states_circuit_window_method_and_alternatives() -> None:
    text = words(run(inputs_of(lowest_frequency_hz=1.0)))
    for part in (
        "outside the frequency window",
        "Hz; ",
        f"Circuit {ONE_ARC} (lowest BIC",
        "Tried: R0-CPE0 (",
        "R1 = ",
        "Passes the Kramers-Kronig test",
    ):
        assert part in text, part


def test_fits_the_circuit_that_is_named() -> None:
    outcome = run(inputs_of(circuit="p(R1,CPE1)-CPE2"))
    assert "Circuit p(R1,CPE1)-CPE2 (as entered)" in words(outcome)
    assert "model error dominates" in words(outcome, "warning")


def test_what_other_methods_read_is_in_the_uncertainty_of_a_circuit_that_leaves_more_than_the_noise() -> None:
    spectrum = columns_of(make_spectrum(*TWO_ARCS, relative_noise=0.002))
    outcome = run(inputs_of(spectrum, circuit="p(R1,CPE1)-CPE2"))
    values, warning = estimates(outcome), message_of(outcome.messages, "model-error-included")
    minimum = values["resistance_at_minimum_ohm"].magnitude
    resistance = values["resistance_ohm"]
    parts = {part.name: part.contribution for part in resistance.components}
    assert parts["model"] == pytest.approx(abs(resistance.magnitude - minimum), rel=1e-6)
    assert warning.parameters["largest_ohm"] == pytest.approx(max(minimum, resistance.magnitude))
    sigma = {part.name for part in values["ionic_conductivity_s_cm"].components}
    assert {"fit", "model"} <= sigma


def test_noise_alone_has_a_small_component_of_the_circuit() -> None:
    parts = {part.name: part.contribution for part in estimates(run(inputs_of()))["resistance_ohm"].components}
    assert abs(parts.pop("model", 0.0)) < parts.pop("fit")
    assert not parts


def test_refuses_an_invalid_circuit_with_the_position() -> None:
    with refuses("invalid-circuit", InsufficientData, circuit="R0-X1", at=4):
        run(inputs_of(circuit="R0-X1"))


def test_states_resistance_and_conductivity_by_each_method() -> None:
    results = {result.quantity: result for result in run(inputs_of()).values}
    by_method = results["resistance_ohm"].method_spread
    assert by_method == {
        "circuit fit": results["resistance_ohm"].estimate.magnitude,
        "minimum of −Im Z": results["resistance_at_minimum_ohm"].estimate.magnitude,
    }
    sigma = results["ionic_conductivity_s_cm"]
    of_sigma = sigma.estimate.magnitude * by_method["circuit fit"] / by_method["minimum of −Im Z"]
    assert sigma.method_spread == pytest.approx({"circuit fit": sigma.estimate.magnitude, "minimum of −Im Z": of_sigma})


def test_resistance_and_conductivity_share_the_fit() -> None:
    computed = estimates(run(inputs_of()))
    product = propagate(
        lambda sigma, resistance: sigma * resistance,
        sigma=computed["ionic_conductivity_s_cm"],
        resistance=computed["resistance_ohm"],
    )
    assert computed["resistance_ohm"].standard_uncertainty > 0
    assert product.standard_uncertainty == 0


def test_takes_the_minimum_if_asked() -> None:
    computed = estimates(run(inputs_of(resistance_method="minimum")))
    assert computed["resistance_ohm"] == computed["resistance_at_minimum_ohm"]


def test_takes_the_intercept_if_asked() -> None:
    """Re Z = 100 Ω where L and C cancel, by construction."""
    columns = columns_of(make_spectrum("L0-R0-C0", (3e-6, 100.0, 1e-6), 0.002))
    outcome = run(inputs_of(columns, resistance_method="intercept"))
    assert estimates(outcome)["resistance_ohm"].magnitude == pytest.approx(100.0, rel=0.01)
    assert message_of(outcome.messages, "inductive-tail-described").level == "info"


@pytest.mark.parametrize(
    ("method", "code"), [("intercept", "no-impedance-intercept"), ("minimum", "no-impedance-minimum")]
)
def test_refuses_a_reading_the_spectrum_does_not_have(method: str, code: str) -> None:
    columns = columns_of(make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.0))
    with refuses(code, Refused):
        run(inputs_of(columns, resistance_method=method))


def test_another_method_than_the_fit_goes_on_without_a_circuit() -> None:
    """An arc whose tail is cut off right after the minimum, read by a circuit whose resistance it does not hold."""
    outcome = run(inputs_of(circuit="C1-CPE2", resistance_method="minimum"))
    error = {"code": "circuit-blocks-direct-current", "parameters": {"circuit": "C1-CPE2"}}
    assert message_of(outcome.messages, "fit-without-resistance", error=error).level == "warning"
    assert estimates(outcome)["resistance_ohm"].magnitude > 0


def test_returns_bulk_and_grain_boundaries_if_two_arcs_are_resolved() -> None:
    """500 Ω at 3e-11 F and 800 Ω at 1e-8 F by construction; capacitances as Irvine, Sinclair and West 1990."""
    facts = {"layers.1.thickness_um": Estimate.exact(10_000.0), "layers.1.area_cm2": Estimate.exact(1.0)}
    computed = estimates(run(inputs_of(columns_of(make_spectrum(*TWO_ARCS, 0.002)), facts)))
    assert computed["bulk_resistance_ohm"].magnitude == pytest.approx(500.0, rel=0.05)
    assert computed["grain_boundary_resistance_ohm"].magnitude == pytest.approx(800.0, rel=0.05)
    assert computed["bulk_ionic_conductivity_s_cm"].magnitude == pytest.approx(1 / 500, rel=0.05)
    assert computed["resistance_ohm"].magnitude == pytest.approx(1300.0, rel=0.01)


def test_explains_why_bulk_and_grain_boundaries_are_not_separated() -> None:
    columns = columns_of(make_spectrum(TWO_ARCS[0], (500.0, 3e-8, 0.97, 800.0, 1e-6, 0.95, 1e-3, 0.85), 0.002))
    outcome = run(inputs_of(columns, grain_boundary_capacitance_most_f_cm=1e-8))
    assert "bulk_resistance_ohm" not in estimates(outcome)
    reasons = message_of(outcome.messages, "arcs-not-resolved").parameters["reasons"]
    assert [reason["code"] for reason in reasons] == ["arc-assigned", "arc-capacitance-out-of-range"]


@pytest.mark.parametrize(
    ("column", "number", "code", "parameters"),
    [
        ("frequency_hertz", 0.0, "frequency-not-positive", {"bad": "row 4", "frequency": 0.0}),
        ("real_impedance_ohm", np.nan, "value-not-finite", {"bad": "row 4", "name": "real_impedance_ohm"}),
        ("real_impedance_ohm", -1e4, "negative-resistance", {"rows": "row 4", "real": -1e4}),
    ],
)
def test_refuses_a_spectrum_by_the_name_of_what_is_wrong(column, number, code: str, parameters: dict) -> None:
    columns = {name: values.copy() for name, values in columns_of(make_spectrum()).items()}
    columns[column][3] = number
    with refuses(code, InsufficientData, **parameters):
        run(inputs_of(columns))


def test_refuses_data_without_a_frequency() -> None:
    with refuses("missing-column", Refused, name="frequency_hertz", columns="time"):
        run(inputs_of({"time": np.arange(3.0)}))


def test_warns_of_noise_above_a_threshold_that_is_set() -> None:
    noisy = columns_of(make_spectrum(relative_noise=0.02))
    assert message_of(run(inputs_of(noisy)).messages, "kramers-kronig-passed").level == "info"
    warned = run(inputs_of(noisy, kramers_kronig_threshold_percent=1.0))
    assert message_of(warned.messages, "noisy-spectrum", threshold_percent=1.0).level == "warning"


def test_each_arc_has_its_resistance_capacitance_and_peak_frequency() -> None:
    """τ = (R Q)^(1/n): 500 Ω, 3e-11, 0.97 and 800 Ω, 1e-8, 0.95 by construction; also far outside every range."""
    computed = estimates(run(inputs_of(columns_of(make_spectrum(*TWO_ARCS, 0.002)), bulk_capacitance_most_f_cm=2e-13)))
    for number, (ohm, q, n) in enumerate([(500.0, 3e-11, 0.97), (800.0, 1e-8, 0.95)], start=1):
        tau = (ohm * q) ** (1 / n)
        assert computed[f"arc_resistance_ohm@arc:{number}"].magnitude == pytest.approx(ohm, rel=0.05)
        assert computed[f"arc_capacitance_f@arc:{number}"].magnitude == pytest.approx(tau / ohm, rel=0.1)
        assert computed[f"arc_peak_frequency_hz@arc:{number}"].magnitude == pytest.approx(
            1 / (2 * np.pi * tau), rel=0.1
        )
        assert computed[f"arc_capacitance_f@arc:{number}"].standard_uncertainty > 0


def test_grain_boundaries_of_seven_picofarad_per_centimetre_are_given() -> None:
    """800 Ω and 9.7e-11 F of 600 µm over 0.7854 cm²: 7.4e-12 F cm⁻¹."""
    columns = columns_of(make_spectrum(TWO_ARCS[0], (500.0, 5e-12, 1.0, 800.0, 9.7e-11, 1.0, 1e-5, 0.85), 0.002))
    outcome = run(inputs_of(columns))
    assert estimates(outcome)["grain_boundary_resistance_ohm"].magnitude == pytest.approx(800.0, rel=0.05)
    reasons = message_of(outcome.messages, "arcs-resolved").parameters["reasons"]
    assert reasons[1]["parameters"]["capacitance_f_cm"] == pytest.approx(7.4e-12, rel=0.05)


def test_the_pellet_between_current_collectors_works() -> None:
    facts = facts_of(STEEL, LPSCL, STEEL)
    inputs = Inputs(facts | DATA, lambda: columns_of(make_spectrum(relative_noise=0.003)), DEFAULTS)
    outcome = run(inputs)
    assert estimates(outcome)["ionic_conductivity_s_cm"].magnitude == pytest.approx(0.06 / (1050 * 0.785), rel=5e-3)
    assert message_of(outcome.messages, "electrolyte-as-sample", layer="layer 2 (separator, LPSCl)")
    assert message_of(outcome.messages, "electrodes-as-stated", blocks="ions")


LITHIUM_SPECTRUM = ("R0-p(R1,CPE1)-p(R2,CPE2)", (5.0, 400.0, 2e-10, 0.98, 300.0, 2e-6, 0.9))


def between(*layers: str, circuit=LITHIUM_SPECTRUM, setup: str | None = None, **parameters) -> Outcome:
    facts = facts_of(*layers) | DATA | {"setup.blocks": setup}
    frequency = np.geomspace(3e7, 0.1, 80)
    return run(
        Inputs(facts, lambda: columns_of(make_spectrum(*circuit, 0.002, frequency=frequency)), DEFAULTS | parameters)
    )


@pytest.mark.parametrize("setup", [None, "none", "electrons", "ions"])
def test_between_lithium_the_conductivity_is_that_of_the_electrolyte_arc(setup: str | None) -> None:
    """R0 5 Ω, 400 Ω of 1.2e-10 F (9e-12 F cm⁻¹) and an interface of 300 Ω: σ = 0.06/(400 × 0.785) S/cm."""
    outcome = between(LI, LPSCL, LI, setup=setup)
    computed = estimates(outcome)
    assert computed["ionic_conductivity_s_cm"].magnitude == pytest.approx(0.06 / (400 * 0.785), rel=0.03)
    assert computed["high_frequency_resistance_ohm"].magnitude == pytest.approx(405.0, rel=0.02)
    assert computed["resistance_ohm"].magnitude == pytest.approx(705.0, rel=0.01)
    assert computed["arc_resistance_ohm@arc:2"].magnitude == pytest.approx(300.0, rel=0.03)
    assert message_of(outcome.messages, "electrodes-not-ion-blocking").level == "warning"
    assert ("electrodes-disagree" in [message.code for message in outcome.messages]) == (setup == "ions")


INTERFACE = ("R0-p(R1,CPE1)", (40.0, 300.0, 2e-6, 0.9))


def test_an_interface_between_lithium_gives_no_conductivity() -> None:
    outcome = between(LI, LPSCL, LI, circuit=INTERFACE)
    assert estimates(outcome)["high_frequency_resistance_ohm"].magnitude == pytest.approx(40.0, rel=0.02)
    assert message_of(outcome.not_computed, "electrolyte-not-resolved").quantity == "ionic_conductivity_s_cm"
    stated = between(LI, LPSCL, LI, circuit=INTERFACE, arc_assignment="electrolyte")
    assert estimates(stated)["ionic_conductivity_s_cm"].magnitude == pytest.approx(0.06 / (300 * 0.785), rel=0.02)


@pytest.mark.parametrize("tail", ["", "-W3"])
def test_a_full_cell_gives_resistances_and_no_conductivity(tail: str) -> None:
    circuit = (LITHIUM_SPECTRUM[0] + tail, (*LITHIUM_SPECTRUM[1], *([20.0] if tail else [])))
    outcome = between(NCM, LPSCL, LI, circuit=circuit, arc_assignment="bulk")
    computed = estimates(outcome)
    assert {"high_frequency_resistance_ohm", "arc_resistance_ohm@arc:1"} <= set(computed)
    assert not any("conductivity" in key for key in computed)
    assert message_of(outcome.not_computed, "full-cell").quantity == "ionic_conductivity_s_cm"


def test_without_a_tail_or_a_statement_ions_are_taken_to_pass() -> None:
    spectrum = make_spectrum("p(R1,CPE1)", (500.0, 1e-10, 1.0), 0.002)
    outcome = run(inputs_of(columns_of(spectrum)))
    assert message_of(outcome.messages, "electrodes-not-stated").level == "warning"
    assert estimates(outcome)["ionic_conductivity_s_cm"].magnitude == pytest.approx(0.06 / (500 * 0.7854), rel=0.01)


def test_electrodes_of_unknown_kind_with_a_diffusion_give_no_conductivity_of_their_interface() -> None:
    """An electrolyte of 20 Ω, an interface of 40 Ω and 0.11 µF, and a diffusion: σ was a third of its value."""
    spectrum = make_spectrum("R0-p(R1,CPE1)-W1", (20.0, 40.0, 2e-7, 0.95, 20.0), 0.002)
    outcome = run(inputs_of(columns_of(spectrum)))
    assert message_of(outcome.messages, "electrodes-may-pass-ions").level == "warning"
    assert message_of(outcome.not_computed, "resistance-includes-electrodes").quantity == "ionic_conductivity_s_cm"
    assert estimates(outcome)["high_frequency_resistance_ohm"].magnitude == pytest.approx(20.0, rel=0.02)
    assert "grain_boundary_resistance_ohm" not in estimates(outcome)


def test_blocking_electrodes_without_a_tail_are_refused() -> None:
    spectrum = make_spectrum("p(R1,CPE1)", (500.0, 1e-10, 1.0), 0.002)
    with refuses("no-blocking-tail", InsufficientData):
        run(inputs_of(columns_of(spectrum), {"setup.blocks": "ions"}))


def test_draws_nyquist_plots_and_residuals() -> None:
    curves = {curve.name: curve for curve in run(inputs_of()).curves}
    assert list(curves) == ["nyquist", "nyquist-before-tail", "residuals", "kramers-kronig-residuals"]
    assert curves["nyquist"].equal_aspect
    assert curves["residuals"].x.log


def test_returns_only_declared_outputs() -> None:
    (analysis,) = register_analyses()
    assert {result.quantity for result in run(inputs_of()).values} <= set(analysis.outputs)
    assert {quantity.slug for quantity in register_quantities()} < set(analysis.outputs)


def test_without_a_pellet_thickness_returns_resistances_and_names_the_missing_thickness() -> None:
    outcome = run(inputs_of(facts={"layers.1.thickness_um": None}))
    assert "resistance_ohm" in estimates(outcome)
    assert "ionic_conductivity_s_cm" not in estimates(outcome)
    lacking = message_of(outcome.not_computed, "missing-thickness", layer=1, role="sample", name="LPSCl")
    assert lacking.quantity == "ionic_conductivity_s_cm"


def test_arcs_of_a_spectrum_that_drifts_are_as_uncertain_as_the_drift_makes_them() -> None:
    """400 and 250 Ω that rise by 5 % in the sweep; 250 to 262 Ω are the grain boundaries."""
    frequency = np.geomspace(7e6, 1, 60)
    drift, jw = np.linspace(1, 1.05, 60), 2j * np.pi * frequency
    clean = 400 * drift / (1 + jw * 1.2e-8 * drift) + 250 * drift / (1 + (jw * 5e-6) ** 0.9 * drift)
    clean += 1 / (2e-6 * jw**0.9)
    parts = np.random.default_rng(3).normal(size=(2, 60))
    impedance = clean + 1e-3 * np.abs(clean) * (parts[0] + 1j * parts[1])
    columns = {
        "frequency_hertz": frequency,
        "real_impedance_ohm": impedance.real,
        "imaginary_impedance_ohm": impedance.imag,
    }
    outcome = run(inputs_of(columns))
    assert "drift" in {message.code for message in outcome.messages}
    arcs = [value.estimate for value in outcome.values if value.quantity == "arc_resistance_ohm"]
    for arc, (low, high) in zip(arcs, ((400, 420), (250, 262.5)), strict=True):
        lower, upper = arc.interval()
        assert lower <= high
        assert upper >= low
        assert "drift" in {cause.name for cause in arc.components}


def test_what_cables_do_above_the_frequencies_measured_is_no_arc_of_the_sample() -> None:
    """Li | electrolyte | Li: 1500 Ω, an arc of 4636 Ω, and a delay of 50 ns."""
    frequency = np.geomspace(1.5e5, 1, 53)
    jw = 2j * np.pi * frequency
    clean = (1500 + 4636 / (1 + (jw * 9.3e-5) ** 0.998)) * np.exp(jw * 5e-8) * (1 - (frequency / 3e6) ** 2)
    parts = np.random.default_rng(3).normal(size=(2, 53))
    impedance = clean + 5e-4 * np.abs(clean) * (parts[0] + 1j * parts[1])
    columns = {
        "frequency_hertz": frequency,
        "real_impedance_ohm": impedance.real,
        "imaginary_impedance_ohm": impedance.imag,
    }
    outcome = run(inputs_of(columns, facts_of(LI, LPSCL, LI)))
    values = estimates(outcome)
    assert not {"bulk_resistance_ohm", "ionic_conductivity_s_cm"} & set(values)
    lower, upper = values["high_frequency_resistance_ohm"].interval()
    assert lower <= 1510
    assert upper >= 1490
