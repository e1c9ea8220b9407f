import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_choice import arcs_in_tail, choose_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import ONE_ARC, SAMPLES, any_pellet, make_spectrum, read_ec_lab
from tests.trials import holds, trials

CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", ONE_ARC, "p(R1,CPE1)-p(R2,CPE2)-CPE3")
VALUES = {
    "R0-CPE0": (100.0, 1e-6, 0.9),
    "p(R1,CPE1)-CPE2": (1000.0, 1e-9, 0.9, 1e-6, 0.85),
    ONE_ARC: (300.0, 1000.0, 1e-8, 0.9, 1e-5, 0.85),
    "p(R1,CPE1)-p(R2,CPE2)-CPE3": (500.0, 1e-10, 0.95, 800.0, 3e-8, 0.9, 1e-5, 0.85),
}


@pytest.mark.parametrize("noise", [0.001, 0.01])
@pytest.mark.parametrize("text", CIRCUITS)
def test_takes_the_circuit_a_spectrum_was_made_from(text: str, noise: float) -> None:
    assert choose_circuit(make_spectrum(text, VALUES[text], noise), 100 * noise).fit.circuit.text == text


@trials(200)
@pytest.mark.parametrize(
    "noise", [pytest.param(0.001, marks=pytest.mark.slow), 0.01, pytest.param(0.03, marks=pytest.mark.slow)]
)
def test_stated_interval_covers_the_true_resistance_without_a_circuit_named(noise: float, trials: int) -> None:
    """Resistance known by construction, circuits and values from a wide range: inside in 90-99 % of 200 trials."""
    inside = []
    for trial in range(trials):
        text = CIRCUITS[trial % 4]
        _, values, resistance = any_pellet(text, [trial, int(noise * 1e4)])
        choice = choose_circuit(make_spectrum(text, values, noise, [trial, 7]), 100 * noise)
        low, high = choice.fit.resistance().interval()
        inside.append(low <= resistance <= high)
    assert holds(inside)


def test_an_inductive_end_is_fitted_by_an_inductor() -> None:
    choice = choose_circuit(make_spectrum("L0-R0-CPE0", (3e-6, 20.0, 1e-6, 0.9), 0.003), 0.3)
    assert choice.fit.circuit.text == "L0-R0-CPE0"
    assert choice.fit.resistance().magnitude == pytest.approx(20.0, rel=0.01)


def test_circuits_with_up_to_two_parameters_more_than_the_one_that_leaves_noise_are_tried() -> None:
    choice = choose_circuit(make_spectrum(relative_noise=0.003), 0.3)
    assert [
        candidate.fit.circuit.text for candidate in choice.candidates if not candidate.fit.circuit.has_inductor
    ] == [
        "R0-CPE0",
        "p(R1,CPE1)-CPE2",
        ONE_ARC,
        "p(R1,CPE1)-p(R2,CPE2)-CPE3",
    ]


def test_an_inductor_that_leaves_no_positive_part_is_tried_too() -> None:
    """30 nH are 1.3 Ω at 7 MHz, next to a resistance of 10 Ω that ends in a capacitor."""
    spectrum = make_spectrum("L0-p(R1,CPE1)-CPE2", (3e-8, 10.0, 3e-8, 0.95, 1e-6, 0.9), 0.002)
    assert spectrum.inductive_points == 0
    choice = choose_circuit(spectrum, 0.2)
    assert choice.fit.circuit.has_inductor
    assert choice.fit.resistance().magnitude == pytest.approx(10.0, rel=0.01)


def test_a_full_cell_may_have_four_arcs_and_diffusion() -> None:
    text = "R0-p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-p(R4,CPE4)-W5"
    arcs = [number for ohm, tau in ((8, 2e-6), (15, 1e-4), (10, 5e-3), (12, 0.2)) for number in (ohm, tau / ohm, 1.0)]
    spectrum = make_spectrum(text, (10.0, *arcs, 2.0), 0.001, 1, np.geomspace(1e6, 1e-2, 81))
    assert choose_circuit(spectrum, 0.1, blocking=False).fit.circuit.text == text


def test_refuses_a_spectrum_without_a_blocking_tail() -> None:
    with refuses("no-blocking-tail", InsufficientData, frequency_hertz=0.1):
        choose_circuit(make_spectrum("R0-p(R1,CPE1)", (50.0, 1000.0, 1e-7, 0.9), 0.001), 0.1)


PASSING = {
    "R0-p(R1,CPE1)": (50.0, 300.0, 1e-7, 0.9),
    "p(R1,CPE1)-p(R2,CPE2)": (200.0, 1e-10, 0.95, 300.0, 1e-6, 0.9),
    "R0-p(R1,CPE1)-W2": (50.0, 300.0, 1e-7, 0.9, 40.0),
    "R0-p(R1,CPE1)-p(R2,CPE2)": (50.0, 300.0, 1e-8, 0.9, 200.0, 1e-4, 0.9),
}


@pytest.mark.parametrize("text", PASSING)
def test_takes_the_circuit_between_electrodes_that_pass_ions(text: str) -> None:
    choice = choose_circuit(make_spectrum(text, PASSING[text], 0.002), 0.2, blocking=False)
    assert choice.fit.circuit.text == text


def test_one_blocking_side_leaves_a_tail() -> None:
    choice = choose_circuit(make_spectrum(relative_noise=0.003), 0.3, blocking=False)
    assert choice.fit.circuit.text == ONE_ARC


def test_refuses_a_spectrum_that_is_all_tail() -> None:
    spectrum = make_spectrum("R0-CPE0", (1e-6, 1e-8, 0.9), 0.01)
    with refuses("resistance-not-determined", InsufficientData):
        choose_circuit(spectrum, 1.0)


def test_refuses_the_flank_of_an_arc() -> None:
    """Only frequencies above the top of an arc of 1 MΩ: its resistance is not in the data."""
    spectrum = make_spectrum("p(R1,CPE1)", (1e8, 1e-9, 0.9), 0.01, frequency=np.geomspace(1e6, 1e3, 40))
    with refuses("resistance-not-determined", InsufficientData):
        choose_circuit(spectrum, 1.0)


def test_an_arc_in_the_tail_belongs_to_the_electrodes() -> None:
    text = "R0-p(R1,CPE1)-p(R2,CPE2)-CPE3"
    spectrum = make_spectrum(text, (50.0, 1e3, 1e-9, 0.9, 1e4, 2e-5, 0.9, 1e-6, 0.9))
    fit = fit_circuit(parse_circuit(text), spectrum)
    assert [arc.resistor for arc in arcs_in_tail(fit, spectrum)] == ["R2"]
    assert arcs_in_tail(fit, make_spectrum("R0-p(R1,CPE1)", (50.0, 1000.0, 1e-7, 0.9))) == ()


def test_lpscl_pellet_stays_between_its_other_readings() -> None:
    """The EC-Lab sample at -25 °C: 1440 Ω at the minimum of -Im Z, 1498 Ω by p(R,CPE)-CPE."""
    for path in SAMPLES.glob("PEIS_LPSCl_IonBlocking_-25C.txt"):
        spectrum = read_ec_lab(path)
        choice = choose_circuit(spectrum, kramers_kronig(spectrum).residual_percent)
        assert 1440 < choice.fit.resistance().magnitude < 1498
