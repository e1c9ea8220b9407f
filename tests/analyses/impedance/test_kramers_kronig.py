import numpy as np
import pytest

from analyses.impedance.circuit import parse_circuit
from analyses.impedance.kramers_kronig import kramers_kronig
from analyses.impedance.spectrum import check_spectrum
from tests.spectra import FREQUENCY, ONE_ARC, ONE_ARC_VALUES, SAMPLES, make_spectrum, noisy, read_ec_lab


@pytest.mark.parametrize("noise", [0.001, 0.01, 0.03])
def test_finds_the_noise_that_was_added(noise: float) -> None:
    """Normal noise of known relative standard deviation on a blocking cell; mean of 30 spectra."""
    tests = [kramers_kronig(make_spectrum(relative_noise=noise, seed=[1, trial])) for trial in range(30)]
    assert np.mean([test.noise_percent for test in tests]) == pytest.approx(100 * noise, rel=0.06)
    assert not any(test.is_systematic for test in tests)


def test_leaves_nothing_of_a_spectrum_without_noise() -> None:
    test = kramers_kronig(make_spectrum())
    assert test.noise_percent < 0.01
    assert not test.is_systematic


def test_describes_an_inductive_end() -> None:
    values = (1e-6, *ONE_ARC_VALUES)
    assert kramers_kronig(make_spectrum(f"L0-{ONE_ARC}", values)).noise_percent < 0.01


def drifting(change: float, seed: int) -> np.ndarray:
    """R1 and Q of the tail grow by `change` from the first frequency to the last."""
    circuit, impedance = parse_circuit(ONE_ARC), []
    for index, frequency in enumerate(FREQUENCY):
        growth = 1 + change * index / FREQUENCY.size
        values = np.array(ONE_ARC_VALUES) * [1, growth, 1, 1, growth, 1]
        impedance.append(circuit.impedance(np.array([frequency]), values)[0])
    return noisy(np.array(impedance), 0.001, seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_flags_a_cell_that_changes_while_it_is_measured(seed: int) -> None:
    impedance = drifting(0.5, seed)
    test = kramers_kronig(check_spectrum(FREQUENCY, impedance.real, impedance.imag))
    assert test.is_systematic
    assert test.noise_percent > 0.3


def test_flags_a_real_part_that_does_not_belong_to_the_imaginary_part() -> None:
    """Re Z of one cell with Im Z of another violates the Kramers-Kronig relations."""
    first = make_spectrum().impedance_ohm
    other = make_spectrum(values=(50.0, 1200.0, 1e-9, 0.8, 1e-6, 0.8)).impedance_ohm
    test = kramers_kronig(check_spectrum(FREQUENCY, first.real, other.imag))
    assert test.noise_percent > 1
    assert test.is_systematic


def test_finds_little_noise_in_the_lpscl_pellet() -> None:
    """The sample file of an SP-300 between 7 MHz and 0.1 Hz; noise below 0.2 %."""
    for path in SAMPLES.glob("PEIS_LPSCl_IonBlocking_-25C.txt"):
        test = kramers_kronig(read_ec_lab(path))
        assert test.noise_percent < 0.2
        assert not test.is_systematic
