import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyses.impedance.circuits.arcs import find_arcs
from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fit_residuals import CircuitResiduals
from analyses.insufficient_data import InsufficientData
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from tests.coded import refuses
from tests.spectra import (
    FREQUENCY,
    ONE_ARC,
    ONE_ARC_VALUES,
    SAMPLES,
    any_pellet,
    make_spectrum,
    noisy,
    read_ec_lab,
    read_zarc,
)
from tests.trials import holds, trials

TWO_ARCS_AND_WARBURG = "R0-p(R1,CPE1)-p(R2,CPE2)-W1"
CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", ONE_ARC, "p(R1,CPE1)-p(R2,CPE2)-CPE3")


@trials(200)
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_stated_interval_covers_the_true_resistance(noise: float, trials: int) -> None:
    """Resistance known by construction, circuits and values from a wide range: inside in 90-99 % of 200 trials.

    So is the conductivity of a pellet with L/A = 1 cm⁻¹, one over it.
    """
    inside, conductivity_inside = [], []
    for trial in range(trials):
        text = CIRCUITS[trial % 4]
        circuit, values, resistance = any_pellet(text, [trial, int(noise * 1e4)])
        spectrum = make_spectrum(text, values, noise, [trial, 99])
        estimate = fit_circuit(circuit, spectrum).resistance()
        low, high = estimate.interval()
        inside.append(low <= resistance <= high)
        low, high = ionic_conductivity(estimate, Estimate.exact(1e4), Estimate.exact(1.0)).interval()
        conductivity_inside.append(low <= 1 / resistance <= high)
    assert holds(inside)
    assert holds(conductivity_inside)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.sampled_from(CIRCUITS), st.integers(0, 2**31))
def test_finds_the_values_without_a_guess_anywhere_in_the_range(text: str, seed: int) -> None:
    circuit, values, resistance = any_pellet(text, [seed])
    fit = fit_circuit(circuit, make_spectrum(text, values))
    assert fit.resistance().magnitude == pytest.approx(resistance, rel=1e-4)
    assert fit.values == pytest.approx(values, rel=1e-2)
    assert fit.residual_percent < 1e-3


@trials(200)
@pytest.mark.parametrize("name", ["R1", "CPE1_Q", "CPE1_n", "CPE2_Q", "CPE2_n"])
def test_stated_intervals_of_the_other_values_cover_them(name: str, trials: int) -> None:
    """The values of one circuit, 200 spectra with 1 % noise."""
    circuit, inside = parse_circuit(ONE_ARC), []
    index = [parameter.name for parameter in circuit.parameters].index(name)
    for trial in range(trials):
        estimate = fit_circuit(circuit, make_spectrum(relative_noise=0.01, seed=[trial]), most_starts=1).estimate(name)
        inside.append(estimate.interval()[0] <= ONE_ARC_VALUES[index] <= estimate.interval()[1])
    assert holds(inside)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.03, 0.06])
def test_strong_noise_makes_no_resistance_too_small(noise: float) -> None:
    """The weight 1/|Z| of the noisy spectrum alone would make it too small by 2 × noise², 0.18 % and 0.7 %.

    The mean of 200 fits lies within three of its standard errors of the truth, which are less than that.
    """
    text, errors = "R0-p(R1,CPE1)", []
    for trial in range(200):
        spectrum = make_spectrum(text, (500.0, 500.0, 2e-6, 0.8), noise, [trial, 3])
        errors.append(fit_circuit(parse_circuit(text), spectrum).resistance().magnitude / 1000 - 1)
    standard_error = np.std(errors) / np.sqrt(200)
    assert abs(np.mean(errors)) < 3 * standard_error < 2 * noise**2


@pytest.mark.parametrize("trials", [5, pytest.param(25, marks=pytest.mark.slow)])
@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_ends_in_no_worse_minimum_than_a_fit_that_begins_at_the_truth(noise: float, trials: int) -> None:
    """Two arcs and a Warburg element: many starts end elsewhere, but not the best of them."""
    circuit = parse_circuit(TWO_ARCS_AND_WARBURG)
    for trial in range(trials):
        values = two_arcs_and_warburg(trial)
        spectrum = make_spectrum(TWO_ARCS_AND_WARBURG, values, noise, [trial, 5], np.geomspace(1e6, 0.1, 71))
        residuals = CircuitResiduals(circuit, spectrum)
        from_truth = residuals.evaluate(residuals.polished(residuals.variables(values)))[0]
        square = (np.abs(fit_circuit(circuit, spectrum).fitted_ohm / spectrum.impedance_ohm - 1) ** 2).sum()
        assert square < 1.02 * (from_truth**2).sum()


def test_two_minima_within_the_noise_are_both_returned() -> None:
    """194 Ω and 41 Ω by construction, 3 % noise: 125 Ω and 117 Ω with an exponent of 0.50 describe it as well."""
    values = (22.6, 194.0, 2.8e-7, 0.82, 40.6, 2.6e-5, 0.82, 513.0)
    spectrum = make_spectrum(TWO_ARCS_AND_WARBURG, values, 0.03, 20, np.geomspace(1e6, 0.1, 71))
    fit = fit_circuit(parse_circuit(TWO_ARCS_AND_WARBURG), spectrum)
    assert fit.rival_values is not None
    assert fit.values[[1, 4]] == pytest.approx([190, 42], abs=1)
    assert fit.rival_values[[1, 4]] == pytest.approx([125, 117], abs=1)


def test_a_circuit_that_describes_nothing_is_weighted_by_the_spectrum() -> None:
    """A resistor for a spectrum that is all tail leaves no more than |Z| itself, 100 %, of each part on average."""
    fit = fit_circuit(parse_circuit("R0"), make_spectrum("R0-CPE0", (1.0, 1e-6, 0.9)))
    assert 50 < fit.residual_percent <= 100


def test_one_minimum_has_no_rival() -> None:
    assert fit_circuit(parse_circuit(ONE_ARC), make_spectrum(relative_noise=0.03)).rival_values is None


def two_arcs_and_warburg(seed: int) -> np.ndarray:
    """Tops of the arcs at 10 to 100 kHz and a factor of 30 to 300 below."""
    random = np.random.default_rng(seed)
    fast = 10 ** random.uniform(4, 5)
    slow = fast / 10 ** random.uniform(1.5, 2.5)
    series, *resistances = random.uniform(20, 200, 3)
    known = [series]
    for resistance, top in zip(resistances, (fast, slow), strict=True):
        exponent = random.uniform(0.8, 0.95)
        known += [resistance, 1 / (resistance * (2 * np.pi * top) ** exponent), exponent]
    return np.array([*known, series + sum(resistances)])


def test_residual_is_the_noise_that_was_added() -> None:
    fit = fit_circuit(parse_circuit(ONE_ARC), make_spectrum(relative_noise=0.02))
    assert fit.residual_percent == pytest.approx(2.0, rel=0.2)
    assert fit.degrees_of_freedom == 2 * 60 - 6
    assert fit.chi_square == pytest.approx((fit.residual_percent / 100) ** 2 * fit.degrees_of_freedom)


def test_an_exponent_of_one_is_held_at_its_limit_and_has_no_uncertainty() -> None:
    """A capacitor is a constant-phase element with n = 1, the end of its range."""
    fits = [
        fit_circuit(parse_circuit(ONE_ARC), make_spectrum("R0-p(R1,C1)-CPE2", (50, 1000, 1e-10, 1e-6, 0.8), 0.01, seed))
        for seed in range(6)
    ]
    at_limit = [fit for fit in fits if fit.parameters[3].at_limit]
    assert at_limit
    for fit in at_limit:
        assert fit.parameters[3].magnitude == pytest.approx(1.0, abs=1e-3)
        assert fit.parameters[3].standard_uncertainty == 0
        assert fit.parameters[3].is_identified
        assert fit.degrees_of_freedom == 2 * 60 - 5


def test_numbers_arcs_from_the_fastest() -> None:
    circuit = parse_circuit(CIRCUITS[3])
    slow_first = np.array([300.0, 1e-6, 0.9, 500.0, 1e-10, 0.95, 1e-4, 0.9])
    fit = fit_circuit(circuit, make_spectrum(CIRCUITS[3], slow_first, 0.001))
    assert fit.values[[0, 3]] == pytest.approx([500.0, 300.0], rel=0.02)


def test_refuses_more_parameters_than_frequencies_can_carry() -> None:
    text = "-".join(f"p(R{n},CPE{n})" for n in range(7))
    spectrum = make_spectrum(frequency=np.geomspace(1e6, 1, 10))
    with refuses("too-many-circuit-parameters", InsufficientData, count=21, size=10):
        fit_circuit(parse_circuit(text), spectrum)


@pytest.mark.parametrize("text", ["R0-p(R1,CPE1)-W2", "R0-p(R1-Ws1,CPE1)", "R0-p(R1,CPE1)-Wo2", "L0-R0-p(R1,C1)-C2"])
def test_fits_every_kind_of_element(text: str) -> None:
    circuit = parse_circuit(text)
    known = {
        "L0": 1e-6,
        "R0": 20.0,
        "R1": 100.0,
        "CPE1_Q": 1e-7,
        "CPE1_n": 0.9,
        "W2": 50.0,
        "Ws1_R": 200.0,
        "Ws1_tau": 0.1,
        "Wo2_R": 50.0,
        "Wo2_tau": 0.1,
        "C1": 1e-7,
        "C2": 1e-3,
    }
    values = np.array([known[parameter.name] for parameter in circuit.parameters])
    impedance = noisy(circuit.impedance(FREQUENCY, values), 0.001, 5)
    fit = fit_circuit(circuit, make_spectrum(text, values, 0.001, 5))
    assert np.abs(fit.fitted_ohm / impedance - 1).max() < 0.01
    assert fit.values == pytest.approx(values, rel=0.05)


def test_pydrttools_samples() -> None:
    """Synthetic spectra of pyDRTtools: R0 = 10 Ω, 50 Ω with τ = 0.1 ms and 10 to 200 Ω with τ = 0.1 s, n = 0.8.

    The values are the round numbers all seven files share; 1ZARC has one arc, 0.1 s, and an inductive end.
    """
    second = {"2ZARC0": 10, "2ZARC1": 20, "2ZARC2": 30, "2ZARC3": 50, "2ZARC4": 100, "2ZARC5": 200}
    for path in SAMPLES.glob("pydrttools/2ZARC?.csv"):
        fit = fit_circuit(parse_circuit("R0-p(R1,CPE1)-p(R2,CPE2)"), read_zarc(path))
        for name, true in {"R0": 10, "R1": 50, "CPE1_n": 0.8, "R2": second[path.stem], "CPE2_n": 0.8}.items():
            estimate = fit.estimate(name)
            assert abs(estimate.magnitude - true) < 3.5 * estimate.standard_uncertainty, (path.stem, name)
        fast, slow = find_arcs(fit.circuit, fit.values)
        assert (fast.time_constant_s, slow.time_constant_s) == pytest.approx((1e-4, 0.1), rel=0.08)
    for path in SAMPLES.glob("pydrttools/1ZARC.csv"):
        fit = fit_circuit(parse_circuit("L0-R0-p(R1,CPE1)"), read_zarc(path))
        assert fit.estimate("R0").magnitude == pytest.approx(10, rel=0.03)
        assert fit.estimate("R1").magnitude == pytest.approx(50, rel=0.03)


@pytest.mark.parametrize(
    ("text", "name", "ohm"), [("p(R1,CPE1)-CPE2", "R1", 1498), (ONE_ARC, "R1", 1297), (ONE_ARC, "", 1468)]
)
def test_lpscl_pellet_by_three_readings(text: str, name: str, ohm: float) -> None:
    """The EC-Lab sample at -25 °C: 1498 Ω by p(R,CPE)-CPE, 1297 Ω for R1 with a free R0, 1468 Ω for both.

    Those are by the weight 1/|Z| of the spectrum; that of the circuit moves each by 1 Ω, a tenth of its uncertainty,
    which holds that the residuals have a pattern.
    """
    for path in SAMPLES.glob("PEIS_LPSCl_IonBlocking_-25C.txt"):
        fit = fit_circuit(parse_circuit(text), read_ec_lab(path))
        estimate = fit.estimate(name) if name else fit.resistance()
        assert estimate.magnitude == pytest.approx(ohm, abs=1.5)
        assert estimate.standard_uncertainty / estimate.magnitude < 0.03
