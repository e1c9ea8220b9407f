from dataclasses import replace

import numpy as np
import pytest

from analyses.coded_text import Remark
from analyses.impedance.circuits.arc_values import ArcValues, arc_values
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_average import resistance_spread, with_alternatives, with_model_error
from analyses.impedance.circuits.circuit_choice import Candidate, choose_circuit, in_tail
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.spectrum import Spectrum, check_spectrum
from analyses.simulate import demo_cells
from analyses.simulate.full_cell_spectrum import full_cell_spectrum
from analyses.simulate.pellet_spectrum import PelletSpectrum, pellet_spectrum
from analyses.uncertainty import Estimate
from tests.spectra import ONE_ARC, SAMPLES, make_spectrum, read_ec_lab

OTHER = "p(R1,CPE1)-CPE2"
MOST_ERRORS = 3.5
SPECTRUM = make_spectrum(relative_noise=0.003)


def fit_of(text: str) -> ImpedanceFit:
    return fit_circuit(parse_circuit(text), SPECTRUM)


def candidates(*fits: ImpedanceFit) -> list[Candidate]:
    return [Candidate(fit, None) for fit in fits]


def chosen(spectrum: Spectrum, *, blocking: bool) -> ImpedanceFit:
    """The fit of the circuit chosen, as the analysis compares it with the others."""
    noise = kramers_kronig(spectrum).residual_percent
    choice = choose_circuit(spectrum, noise, blocking=blocking)
    return with_model_error(choice.fit, choice, noise, (), pass_ions=not blocking)[0]


def pellet(name: str, degc: float, inductance_h: float) -> tuple[ImpedanceFit, PelletSpectrum]:
    """The fit of a pellet of the demo lab with an inductor in series."""
    made = pellet_spectrum(demo_cells.PELLETS[name], degc, 10.0, seed=int(1000 + degc + 10))
    leads = 2j * np.pi * made.frequency_hertz * inductance_h
    impedance = made.impedance_ohm + leads
    return chosen(check_spectrum(made.frequency_hertz, impedance.real, impedance.imag), blocking=True), made


def errors(estimate: Estimate, truth: float) -> float:
    return abs(estimate.magnitude - truth) / estimate.standard_uncertainty


def nearest(fit: ImpedanceFit, time_constant_s: float) -> ArcValues:
    return min(arc_values(fit), key=lambda item: abs(np.log(item.arc.time_constant_s / time_constant_s)))


def test_an_entered_circuit_has_no_alternatives() -> None:
    fit = fit_of(ONE_ARC)
    assert with_alternatives(fit, (), 0.3) is fit
    assert with_model_error(fit, None, 0.3, (), pass_ions=False) == (fit, None)


def test_shares_are_those_of_the_evidence() -> None:
    fit, other = (replace(fit_of(text), bic=bic, aicc=bic) for text, bic in ((ONE_ARC, 10.0), (OTHER, 12.0)))
    compared = with_alternatives(fit, candidates(fit, other), 0.3)
    assert [item.share for item in compared.alternatives] == pytest.approx([1 / (1 + np.e)])
    unlike = replace(other, bic=40.0)
    assert with_alternatives(fit, candidates(fit, unlike), 0.3).alternatives == ()
    (by_aicc,) = with_alternatives(fit, candidates(fit, unlike), 0.3, "aicc").alternatives
    assert by_aicc.share == pytest.approx(1 / (1 + np.e))
    far = replace(other, bic=40.0, aicc=40.0)
    assert with_alternatives(fit, candidates(fit, far), 0.3).alternatives == ()


def test_a_residual_above_the_noise_is_a_misfit_of_all_that_describe_the_spectrum_about_as_well() -> None:
    fit, near, far = (
        replace(fit_of(text), residual_percent=percent)
        for text, percent in ((ONE_ARC, 1.0), (OTHER, 1.9), ("R0-CPE0", 2.1))
    )
    compared = with_alternatives(fit, candidates(fit, near, far), 0.3)
    assert compared.is_misfit
    assert compared.alternatives == ()
    two = replace(fit_of("p(R1,CPE1)-p(R2,CPE2)-CPE3"), residual_percent=1.5)
    compared = with_alternatives(fit, candidates(fit, near, far, two), 0.3)
    assert [item.fit.circuit.text for item in compared.alternatives] == [OTHER, two.circuit.text]
    assert not with_alternatives(replace(fit, residual_percent=0.33), candidates(fit, near), 0.3).is_misfit


def test_the_resistance_of_likely_circuits_counts_but_not_of_one_with_an_arc_in_the_tail() -> None:
    fit = replace(fit_of(ONE_ARC), bic=0.0, aicc=0.0)
    other = replace(fit_of(OTHER), bic=0.0, aicc=0.0, values=fit_of(OTHER).values * np.array([1.2, 1, 1, 1, 1]))
    spread = resistance_spread(with_alternatives(fit, candidates(fit, other), 0.5), candidates(fit, other))
    assert 0.03 < spread < 0.2
    in_tail = Candidate(other, Remark("arc-in-blocking-tail", "in the tail"))
    tried = [Candidate(fit, None), in_tail]
    assert resistance_spread(with_alternatives(fit, tried, 0.5), tried) == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("inductance_h", [0.0, 3e-8, 1e-7])
@pytest.mark.parametrize(("name", "degc"), [("S-LPSCl", 60), ("L-LPSCl", 60), ("L-LPSCl", 25)])
def test_leads_whose_inductance_does_not_show_do_not_bias_a_pellet(name: str, degc: int, inductance_h: float) -> None:
    """30 nH are 1.3 Ω at the highest frequency, and leave no positive Im Z; the bulk is faster than the spectrum."""
    fit, truth = pellet(name, degc, inductance_h)
    assert errors(fit.resistance(), truth.resistance_ohm) < MOST_ERRORS
    assert fit.resistance().standard_uncertainty < 0.02 * truth.resistance_ohm
    boundary = nearest(fit, truth.grain_boundary_ohm * 8e-9).resistance_ohm
    assert boundary is not None
    assert errors(boundary, truth.grain_boundary_ohm) < MOST_ERRORS


@pytest.mark.parametrize("kind", list(demo_cells.SPECTRA))
def test_arcs_of_a_full_cell_with_diffusion_are_those_of_its_interfaces(kind: str) -> None:
    cell = demo_cells.SPECTRA[kind]
    frequency, impedance = full_cell_spectrum(cell, 50, seed=1)
    fit = chosen(check_spectrum(frequency, impedance.real, impedance.imag), blocking=False)
    for interface in cell.interfaces:
        arc = interface.at(50)
        values = nearest(fit, arc.time_constant_s)
        assert values.resistance_ohm is not None
        assert values.capacitance_f is not None
        assert errors(values.resistance_ohm, arc.resistance_ohm) < MOST_ERRORS
        assert errors(values.capacitance_f, arc.time_constant_s / arc.resistance_ohm) < MOST_ERRORS


def test_single_arcs_of_a_skewed_process_are_refused_where_the_noise_shows_it() -> None:
    """A Davidson-Cole arc is no arc of any circuit: the resistance contains the difference, single arcs have none."""
    frequency = np.geomspace(7e6, 0.1, 60)
    exact = 1000 / (1 + 2j * np.pi * frequency * 1e-5) ** 0.6 + parse_circuit("CPE1").impedance(
        frequency, np.array([1e-6, 0.9])
    )
    random = np.random.default_rng(5).normal(size=(2, frequency.size))
    impedance = exact + 1e-3 * np.abs(exact) * (random[0] + 1j * random[1])
    fit = chosen(check_spectrum(frequency, impedance.real, impedance.imag), blocking=True)
    assert fit.is_misfit
    assert all(item.resistance_ohm is None for item in arc_values(fit))
    assert errors(fit.resistance(), 1000.0) < MOST_ERRORS


def test_lpscl_pellet_has_the_difference_to_its_other_circuits() -> None:
    """The EC-Lab sample at -25 °C: circuits with an arc in the tail, of any resistance, do not count."""
    for path in SAMPLES.glob("PEIS_LPSCl_IonBlocking_-25C.txt"):
        fit = chosen(read_ec_lab(path), blocking=True)
        assert fit.is_misfit
        assert 1440 < fit.resistance().magnitude < 1498
        assert 0.01 < fit.model_uncertainty < 0.05


def test_an_arc_in_the_tail_is_one_whether_or_not_it_is_determined() -> None:
    text = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
    values = (0.001, 1e3, 1e-9, 0.9, 1e4, 2e-5, 0.9, 1e-6, 0.9)
    choice = choose_circuit(make_spectrum(text, values, 0.001), 0.05)
    (rich,) = (item for item in choice.candidates if item.fit.circuit.text == text)
    assert "R0" in rich.fit.unidentified
    assert in_tail(rich)
