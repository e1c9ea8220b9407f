import numpy as np
import pytest

from analyses.uncertainty import Estimate
from plugins.electronic_conductivity import register_analyses, run
from registry.hookspecs import Inputs, Refused
from tests.coded import message_of, refuses
from tests.registry.contract.analysis_support.layers import LI, LPSCL, NCM, STEEL, facts_of

FACTS = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.name": "NCM90 composite",
    "layers.1.thickness_um": Estimate.exact(600.0, inferred=True),
    "setup.die_diameter_mm": Estimate.exact(10.0, inferred=True),
}
DATA = {"dataset.sha256": "ab"}
REPORTED = {"reported.resistance_ohm": Estimate.rounded(7.87e3, 5)}
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}


def staircase(volts=(0.1, 0.2, 0.3, 0.4), points=200, resistance=1000.0, offset=0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    voltage = np.repeat(volts, points)
    return {
        "test_time_second": np.arange(voltage.size) * 1.0,
        "voltage_volt": voltage,
        "current_ampere": voltage / resistance + offset + rng.normal(0, 1e-7, voltage.size),
    }


def inputs_of(facts, columns=None, **parameters) -> Inputs:
    return Inputs(FACTS | facts, lambda: columns or {}, PARAMETERS | parameters)


def values_of(outcome) -> dict[str, Estimate]:
    return {result.quantity: result.estimate for result in outcome.values}


def test_computes_the_conductivity_of_a_reported_resistance() -> None:
    """Wu et al. 2025, Table 1, 0 wt%: 7.87e3 Ω and 9.71e-6 S/cm; L and A are inferred from the table."""
    values = values_of(run(inputs_of(REPORTED)))
    assert list(values) == ["electronic_conductivity_s_cm"]
    assert values["electronic_conductivity_s_cm"].magnitude == pytest.approx(9.71e-6, abs=5e-9)
    assert values["electronic_conductivity_s_cm"].inferred


def test_fits_the_resistance_of_a_run() -> None:
    """R = 1000 Ω by construction; σ = 0.06 cm / (1000 Ω × 0.7854 cm²) = 7.639e-5 S/cm."""
    values = values_of(run(inputs_of(DATA, staircase())))
    assert values["resistance_ohm"].magnitude == pytest.approx(1000.0, rel=1e-3)
    assert values["electronic_conductivity_s_cm"].magnitude == pytest.approx(7.639e-5, rel=1e-3)
    assert values["electronic_conductivity_s_cm"].standard_uncertainty > 0


def test_data_take_precedence_over_a_reported_resistance() -> None:
    inputs = inputs_of(DATA | REPORTED, staircase())
    assert values_of(run(inputs))["resistance_ohm"].magnitude == pytest.approx(1000.0, rel=1e-3)
    assert "reported.resistance_ohm" not in inputs.reads


@pytest.mark.parametrize(
    ("columns", "code", "parameters"),
    [
        (staircase(points=40), "voltage-step-too-short", {"last_points": 100}),
        (staircase((0.1, 0.2)), "too-few-voltage-steps", {"fewest_steps": 3, "steps": 2}),
        (staircase(resistance=-1000.0), "current-opposes-voltage", {"count": 4}),
        (
            {"test_time_second": np.arange(3.0), "voltage_volt": np.arange(3.0)},
            "missing-column",
            {"name": "current_ampere"},
        ),
    ],
)
def test_refuses_a_run_without_a_line(columns: dict[str, np.ndarray], code: str, parameters: dict) -> None:
    with refuses(code, **parameters):
        run(inputs_of(DATA, columns))


def test_the_pellet_between_current_collectors_works() -> None:
    outcome = run(Inputs(facts_of(STEEL, LPSCL, STEEL) | DATA, staircase, PARAMETERS))
    assert values_of(outcome)["electronic_conductivity_s_cm"].magnitude == pytest.approx(0.06 / 785, rel=1e-3)
    assert message_of(outcome.messages, "electrolyte-as-sample")
    assert "electrodes-not-stated" not in [message.code for message in outcome.messages]


@pytest.mark.parametrize(
    ("layers", "setup", "code"),
    [
        ((LI, LPSCL, LI), None, "electrodes-not-ion-blocking"),
        ((LI, LPSCL, LI), "ions", "electrodes-disagree"),
        ((NCM, LPSCL, LI), "ions", "electrodes-disagree"),
        (("cathode NCM811", "sample LPSCl", "anode graphite"), None, "electrodes-not-ion-blocking"),
    ],
)
def test_refuses_layers_that_pass_ions(layers: tuple[str, ...], setup: str | None, code: str) -> None:
    with refuses(code, Refused):
        run(Inputs(facts_of(*layers) | DATA | {"setup.blocks": setup}, staircase, PARAMETERS))


@pytest.mark.parametrize("blocks", ["electrons", "none"])
def test_refuses_electrodes_that_do_not_block_ions(blocks: str) -> None:
    with refuses("electrodes-not-ion-blocking", Refused):
        run(inputs_of(REPORTED | {"setup.blocks": blocks}))


def test_states_when_the_set_up_does_not_state_what_its_electrodes_block() -> None:
    assert message_of(run(inputs_of(DATA, staircase())).messages, "electrodes-not-stated").level == "warning"
    stated = run(inputs_of(DATA | {"setup.blocks": "ions"}, staircase())).messages
    assert not any(message.level == "warning" for message in stated)


def test_refuses_without_data_and_resistance() -> None:
    with refuses("missing-resistance", Refused):
        run(inputs_of({}))


def test_refuses_a_pellet_without_thickness() -> None:
    with refuses("missing-thickness", Refused, layer=1, role="sample", name="NCM90 composite"):
        run(inputs_of(REPORTED | {"layers.1.thickness_um": None}))


def test_returns_its_declared_outputs() -> None:
    (analysis,) = register_analyses()
    assert set(values_of(run(inputs_of(DATA, staircase())))) == set(analysis.outputs)
