"""Known answers: an electrolyte of 20 or 500 Ω, and the interface of an electrode with 10 µF or 0.2 µF."""

import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.pellet import Pellet
from registry.contract.analysis_support.impedance.electrode_arcs import (
    assumed_blocking_message,
    conductivity_without_electrodes,
    ends_in_diffusion,
)
from registry.contract.analysis_support.impedance.impedance_arcs import ARC_PARAMETERS, read_arcs
from registry.hookspecs import Inputs, NotComputed, Result
from tests.spectra import make_spectrum

DEFAULTS = {parameter.name: parameter.default for parameter in ARC_PARAMETERS}
PELLET = Pellet(Estimate.exact(600.0), Estimate.exact(0.785), ())
FREQUENCY = np.geomspace(7e6, 0.01, 90)
OF_ELECTRODE = ("R0-p(R1,CPE1)-CPE2", (20.0, 40.0, 1e-5, 1.0, 1e-3, 0.9))
AFTER_BULK = ("p(R1,CPE1)-p(R2,CPE2)-CPE3", (500.0, 3e-11, 0.97, 800.0, 1e-5, 0.95, 1e-3, 0.85))
WITH_DIFFUSION = ("R0-p(R1,CPE1)-CPE2", (20.0, 40.0, 2e-7, 0.95, 1e-3, 0.5))
RESISTANCE = "resistance_ohm"


def fit_of(text: str, values: tuple[float, ...]) -> ImpedanceFit:
    return fit_circuit(parse_circuit(text), make_spectrum(text, values, 0.002, 1, FREQUENCY))


def conductivity(
    circuit: tuple[str, tuple[float, ...]],
    ohm: float,
    *,
    may_pass_ions: bool = False,
    pellet: Pellet | None = PELLET,
    **parameters: object,
) -> Result | NotComputed | None:
    inputs = Inputs({}, parameters=DEFAULTS | parameters)
    arcs = read_arcs(inputs, fit_of(*circuit), pellet, pass_ions=may_pass_ions, highest_frequency_hz=7e6)
    resistance = Result(RESISTANCE, Estimate.measured(ohm, 0.01 * ohm))
    return conductivity_without_electrodes(inputs, arcs, resistance, may_pass_ions=may_pass_ions)


def test_a_resistance_with_the_arc_of_an_electrode_gives_no_conductivity() -> None:
    """40 Ω of 10 µF (7.6e-7 F cm⁻¹) in series with an electrolyte of 20 Ω: σ was a third of its value."""
    refused = conductivity(OF_ELECTRODE, 60.0)
    assert isinstance(refused, NotComputed)
    assert refused.code == "resistance-includes-electrodes"
    assert refused.parameters["most_f_cm"] == 1e-7
    assert conductivity(OF_ELECTRODE, 20.0) is None
    assert conductivity(OF_ELECTRODE, 60.0, pellet=None) is None
    assert conductivity(OF_ELECTRODE, 60.0, grain_boundary_capacitance_most_f_cm=1e-5) is None


def test_without_a_resistance_there_is_nothing_to_judge() -> None:
    inputs = Inputs({}, parameters=DEFAULTS)
    arcs = read_arcs(inputs, fit_of(*OF_ELECTRODE), PELLET, pass_ions=False, highest_frequency_hz=7e6)
    missing = NotComputed(RESISTANCE, "resistance-not-determined", "none")
    assert conductivity_without_electrodes(inputs, arcs, missing, may_pass_ions=False) is None


def test_the_conductivity_is_that_of_the_arcs_which_the_user_assigns() -> None:
    """σ = 0.06 cm / (500 Ω × 0.785 cm²) without the 800 Ω of the electrode."""
    assert isinstance(conductivity(AFTER_BULK, 1300.0), NotComputed)
    result = conductivity(AFTER_BULK, 1300.0, arc_assignment="Bulk, other")
    assert isinstance(result, Result)
    assert result.estimate.magnitude == pytest.approx(0.06 / (500 * 0.785), rel=0.02)
    assert conductivity(AFTER_BULK, 1300.0, arc_assignment="bulk, grain boundary") is None
    assert conductivity(AFTER_BULK, 1300.0, arc_assignment="bulk") is None
    refused = conductivity(OF_ELECTRODE, 60.0, arc_assignment="other")
    assert isinstance(refused, NotComputed)
    assert "most_f_cm" not in refused.parameters


def test_after_a_diffusion_an_arc_may_be_a_surface_layer() -> None:
    """0.11 µF, 8e-9 F cm⁻¹: a grain boundary between blocking electrodes, an interface of lithium otherwise."""
    assert conductivity(WITH_DIFFUSION, 60.0) is None
    assert isinstance(conductivity(WITH_DIFFUSION, 60.0, may_pass_ions=True), NotComputed)


@pytest.mark.parametrize(
    ("circuit", "expected"),
    [
        (OF_ELECTRODE, False),
        (WITH_DIFFUSION, True),
        (("R0-W1", (20.0, 20.0)), True),
        (("R0-p(R1,CPE1)", (20.0, 40.0, 1e-5, 1.0)), False),
    ],
)
def test_which_spectra_end_in_a_diffusion(circuit: tuple[str, tuple[float, ...]], expected: bool) -> None:
    fit = fit_of(*circuit)
    assert ends_in_diffusion(fit) == expected
    assert circuit[0] in assumed_blocking_message(fit).text
