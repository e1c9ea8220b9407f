import numpy as np
import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins.dc_polarisation import register_analyses, run
from plugins.electronic_conductivity import run as electronic
from registry.hookspecs import Inputs, Refused
from registry.testing.synthetic.staircase import staircase
from tests.coded import message_of, refuses
from tests.registry.contract.analysis_support.layers import LI, LPSCL, facts_of

FACTS = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.name": "LPSCl",
    "layers.1.thickness_um": Estimate.exact(600.0),
    "layers.1.area_cm2": Estimate.exact(0.7854),
    "setup.blocks": "electrons",
}
DATA = {"dataset.sha256": "ab"}
PARAMETERS = {parameter.name: parameter.default for parameter in register_analyses()[0].parameters}


def columns_of(**options) -> dict[str, np.ndarray]:
    return dict(zip(("test_time_second", "voltage_volt", "current_ampere"), staircase(**options), strict=True))


def inputs_of(facts, columns=None) -> Inputs:
    return Inputs(FACTS | facts, lambda: columns or {}, PARAMETERS)


def values_of(outcome) -> dict[str, Estimate]:
    return {result.quantity: result.estimate for result in outcome.values}


def test_computes_the_ionic_conductivity_of_a_run() -> None:
    """R = 1000 Ω by construction; σ = 0.06 cm / (1000 Ω × 0.7854 cm²) = 7.639e-5 S/cm."""
    values = values_of(run(inputs_of(DATA, columns_of(noise=1e-7))))
    assert values["resistance_ohm"].magnitude == pytest.approx(1000.0, rel=1e-3)
    assert values["ionic_conductivity_s_cm"].magnitude == pytest.approx(7.639e-5, rel=1e-3)


def test_computes_the_ionic_conductivity_of_a_reported_resistance() -> None:
    values = values_of(run(inputs_of({"reported.resistance_ohm": Estimate.exact(1000.0)})))
    assert values["ionic_conductivity_s_cm"].magnitude == pytest.approx(7.639e-5, rel=1e-3)


def test_returns_its_declared_outputs() -> None:
    (analysis,) = register_analyses()
    assert set(values_of(run(inputs_of(DATA, columns_of())))) == set(analysis.outputs)


@pytest.mark.parametrize(
    ("blocks", "named"),
    [
        ("ions", "block ions"),
        ("none", "neither"),
        (None, "select"),
    ],
)
def test_refuses_electrodes_that_do_not_block_electrons(blocks: str | None, named: str) -> None:
    with refuses("electrodes-not-electron-blocking", Refused) as refusal:
        run(inputs_of(DATA | {"setup.blocks": blocks}, columns_of()))
    assert named in refusal.value.parameters["actual"]


@pytest.mark.parametrize("blocks", ["ions", "electrons", "none", None])
def test_one_run_is_never_both_ionic_and_electronic(blocks: str | None) -> None:
    quantities = []
    for analysis in (run, electronic):
        try:
            quantities += list(values_of(analysis(inputs_of(DATA | {"setup.blocks": blocks}, columns_of()))))
        except Refused:
            continue
    assert not {"ionic_conductivity_s_cm", "electronic_conductivity_s_cm"} <= set(quantities)


def test_refuses_a_run_without_a_line() -> None:
    with refuses("too-few-voltage-steps", InsufficientData, fewest_steps=3, steps=2):
        run(inputs_of(DATA, columns_of(volts=(0.1, 0.2))))


def test_a_run_without_the_geometry_of_the_pellet_gives_its_resistance() -> None:
    outcome = run(inputs_of(DATA | {"layers.1.thickness_um": None}, columns_of()))
    assert list(values_of(outcome)) == ["resistance_ohm"]
    assert [lacking.code for lacking in outcome.not_computed] == ["missing-thickness"]


def test_layers_state_that_electrons_are_blocked() -> None:
    """The composite between two electrolytes is the sample: 1000 Ω, 0.06/(1000 × 0.785) S/cm."""
    facts = facts_of(LI, LPSCL, "interlayer composite", LPSCL, LI)
    outcome = run(Inputs(facts | DATA, columns_of, PARAMETERS))
    assert message_of(outcome.messages, "enclosed-layer-as-sample")
    assert "ionic_conductivity_s_cm" in values_of(outcome)
