from dataclasses import replace

import pytest

from analyses.coded_text import Remark
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_choice import Candidate
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.circuits.model_error import ModelError, check_determined, model_error
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import ONE_ARC, make_spectrum

OTHER = "p(R1,CPE1)-CPE2"
NOISE_PERCENT = 0.2


def fit_of(text: str, residual_percent: float) -> ImpedanceFit:
    return replace(fit_circuit(parse_circuit(text), make_spectrum()), residual_percent=residual_percent)


def test_noise_alone_has_no_model_error() -> None:
    other = Candidate(fit_of(OTHER, NOISE_PERCENT), None)
    assert model_error(fit_of(ONE_ARC, 1.1 * NOISE_PERCENT), [other], NOISE_PERCENT, [2000.0]) is None


def test_circuits_that_fit_about_as_well_and_other_methods_count() -> None:
    fit, other = fit_of(ONE_ARC, 1.0), fit_of(OTHER, 1.5)
    error = model_error(fit, [Candidate(fit, None), Candidate(other, None)], NOISE_PERCENT, [1000.0])
    assert error is not None
    assert error.resistance_ohm == fit.resistance().magnitude
    assert error.others_ohm == (1000.0, other.resistance().magnitude)


def test_circuits_that_fit_worse_or_describe_the_electrodes_do_not_count() -> None:
    in_tail = Remark("arc-in-blocking-tail", "the arc of {names} lies in the tail", names="R1")
    candidates = [Candidate(fit_of(OTHER, 5.0), None), Candidate(fit_of(OTHER, 1.0), in_tail)]
    assert model_error(fit_of(ONE_ARC, 1.0), candidates, NOISE_PERCENT) is None


def test_the_uncertainty_is_the_largest_difference() -> None:
    """Circuits give 1457 to 1499 ohm, the minimum 1440: 42 ohm."""
    error = ModelError(1457.0, (1499.0, 1440.0))
    assert error.relative_uncertainty == pytest.approx(42.0 / 1457.0)
    assert (error.least_ohm, error.largest_ohm) == (1440.0, 1499.0)


def test_resistances_and_arcs_of_the_fit_hold_the_component() -> None:
    fit = replace(fit_of(ONE_ARC, 1.0), model_uncertainty=0.05)
    parts = {part.name: part.contribution for part in fit.resistance().components}
    assert parts["model"] == pytest.approx(0.05 * fit.resistance().magnitude)


def test_without_a_minimum_circuits_that_disagree_determine_nothing() -> None:
    error, fit = ModelError(675.0, (820.0,)), fit_of(ONE_ARC, 1.9)
    with refuses("resistance-not-determined", InsufficientData, least_ohm=675.0, largest_ohm=820.0):
        check_determined(error, fit, has_mark=False)
    check_determined(error, fit, has_mark=True)
    check_determined(ModelError(675.0, (690.0,)), fit, has_mark=False)
    check_determined(None, fit, has_mark=False)
