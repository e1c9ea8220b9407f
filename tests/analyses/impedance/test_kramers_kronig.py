import math

import numpy as np
import pytest

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.spectrum import check_spectrum
from analyses.insufficient_data import InsufficientData
from tests.spectra import FREQUENCY, ONE_ARC, ONE_ARC_VALUES, SAMPLES, any_pellet, make_spectrum, noisy, read_ec_lab
from tests.trials import FEW, trials

CIRCUITS = ("R0-CPE0", "p(R1,CPE1)-CPE2", ONE_ARC, "p(R1,CPE1)-p(R2,CPE2)-CPE3")


@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_finds_the_noise_that_was_added(noise: float) -> None:
    """Normal noise of known relative standard deviation on a blocking cell; mean of 30 spectra."""
    tests = [kramers_kronig(make_spectrum(relative_noise=noise, seed=[1, trial])) for trial in range(30)]
    assert np.mean([test.noise_percent for test in tests]) == pytest.approx(100 * noise, rel=0.06)
    assert np.mean([test.residual_percent for test in tests]) == pytest.approx(100 * noise, rel=0.06)


def test_leaves_nothing_of_a_spectrum_without_noise() -> None:
    test = kramers_kronig(make_spectrum())
    assert test.noise_percent < 0.01
    assert not test.is_systematic


def test_describes_an_inductive_end() -> None:
    values = (1e-6, *ONE_ARC_VALUES)
    assert kramers_kronig(make_spectrum(f"L0-{ONE_ARC}", values)).residual_percent < 0.01


def drifting(change: float, seed: int | list[int], noise: float = 0.001) -> np.ndarray:
    """R1 and Q of the tail grow by `change` from the first frequency to the last."""
    circuit, impedance = parse_circuit(ONE_ARC), []
    for index, frequency in enumerate(FREQUENCY):
        growth = 1 + change * index / FREQUENCY.size
        values = np.array(ONE_ARC_VALUES) * [1, growth, 1, 1, growth, 1]
        impedance.append(circuit.impedance(np.array([frequency]), values)[0])
    return noisy(np.array(impedance), noise, seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_flags_a_cell_that_changes_while_it_is_measured(seed: int) -> None:
    impedance = drifting(0.5, seed)
    test = kramers_kronig(check_spectrum(FREQUENCY, impedance.real, impedance.imag))
    assert test.is_systematic
    assert test.residual_percent > 0.3
    assert test.noise_percent == pytest.approx(0.1, rel=0.2)


def test_flags_a_real_part_that_does_not_belong_to_the_imaginary_part() -> None:
    """Re Z of one cell with Im Z of another violates the Kramers-Kronig relations."""
    first = make_spectrum().impedance_ohm
    other = make_spectrum(values=(50.0, 1200.0, 1e-9, 0.8, 1e-6, 0.8)).impedance_ohm
    test = kramers_kronig(check_spectrum(FREQUENCY, first.real, other.imag))
    assert test.residual_percent > 1
    assert test.is_systematic


@trials(1000)
def test_valid_spectra_pass(trials: int) -> None:
    """At most 5 of 100 with noise of 0.1 to 5 % of |Z| fail; one of 1,000 is refused, as most of Im Z is noise."""
    fails = refused = 0
    for number in range(trials):
        random = np.random.default_rng([51, number])
        circuit, values, _ = any_pellet(CIRCUITS[number % 4], [number, 8])
        frequency = 7e6 / 10 ** (np.arange(random.integers(30, 121)) / random.uniform(7, 12))
        noise = 10 ** random.uniform(-3, math.log10(0.05))
        impedance = noisy(circuit.impedance(frequency, values), noise, [52, number])
        try:
            spectrum = check_spectrum(frequency, np.maximum(impedance.real, 0), impedance.imag)
        except InsufficientData:
            refused += 1
            continue
        fails += kramers_kronig(spectrum).is_systematic
    assert refused <= 0.002 * trials
    assert fails <= 0.05 * trials + (2 if trials == FEW else 0)


@trials(400)
@pytest.mark.parametrize(("change", "noise", "detected"), [(0.03, 0.001, 0.95), (0.1, 0.003, 0.95), (0.03, 0.003, 0.4)])
def test_detects_drifts_of_the_resistances(change: float, noise: float, detected: float, trials: int) -> None:
    """R of arc and electrolyte grow evenly over the points of the sweep; share that is detected."""
    count = 0
    for number in range(trials):
        impedance = drifting(change, [61, number], noise)
        count += kramers_kronig(check_spectrum(FREQUENCY, impedance.real, impedance.imag)).is_systematic
    assert count >= detected * trials * (0.7 if trials == FEW else 1)


def test_an_outlier_point_does_not_count() -> None:
    spectrum = make_spectrum(relative_noise=0.003)
    impedance = spectrum.impedance_ohm.copy()
    impedance[30] *= 2
    test = kramers_kronig(check_spectrum(FREQUENCY, impedance.real, impedance.imag), [30])
    assert test.noise_percent == pytest.approx(0.3, rel=0.2)
    assert test.real_residual_percent[30] > 10


def test_finds_little_noise_in_the_lpscl_pellet() -> None:
    """The sample file of an SP-300 between 7 MHz and 0.1 Hz; noise below 0.2 %."""
    for path in SAMPLES.glob("PEIS_LPSCl_IonBlocking_-25C.txt"):
        test = kramers_kronig(read_ec_lab(path))
        assert test.noise_percent < 0.2
        assert not test.is_systematic
