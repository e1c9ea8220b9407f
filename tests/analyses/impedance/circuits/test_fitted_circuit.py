from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import (
    ONE_ARC,
    make_spectrum,
)

TWO_ARCS_AND_WARBURG = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", ONE_ARC, "p(R1,CPE1)-p(R2,CPE2)-CPE3")


def test_a_resistance_too_small_to_see_is_refused() -> None:
    """1 µΩ before a tail of at least 1 Ω, with 1 % noise."""
    spectrum = make_spectrum("R0-CPE0", (1e-6, 1e-8, 0.9), 0.01)
    with refuses("resistance-not-determined", InsufficientData, names="R0", circuit="R0-CPE0"):
        fit_circuit(parse_circuit("R0-CPE0"), spectrum).resistance()


def test_a_resistance_goes_to_zero_with_an_interval_that_holds_it() -> None:
    for resistance in (10.0, 1.0, 0.3):
        fit = fit_circuit(parse_circuit("R0-CPE0"), make_spectrum("R0-CPE0", (resistance, 1e-7, 0.9), 0.001))
        low, high = fit.resistance().interval()
        assert low <= resistance <= high


def test_names_what_the_spectrum_does_not_determine() -> None:
    fit = fit_circuit(parse_circuit("R0-p(R1,CPE1)-CPE2"), make_spectrum("R0-CPE0", (100, 1e-6, 0.9), 0.01))
    assert fit.unidentified
    with refuses("parameter-not-determined", InsufficientData, name=fit.unidentified[0]):
        fit.estimate(fit.unidentified[0])
