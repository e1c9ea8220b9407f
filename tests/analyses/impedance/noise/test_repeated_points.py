import numpy as np
import pytest

from analyses.impedance.noise.repeated_points import average_repeated, refuse_several_spectra
from analyses.insufficient_data import InsufficientData
from tests.coded import refuses
from tests.spectra import FREQUENCY, make_spectrum, noisy

IMPEDANCE = make_spectrum(relative_noise=0.002).impedance_ohm
ROWS = np.arange(1, 62)


def repeated_at(index: int, factor: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The spectrum with one point twice, the second time off by a factor."""
    return (
        np.insert(FREQUENCY, index, FREQUENCY[index]),
        np.insert(IMPEDANCE, index + 1, IMPEDANCE[index] * factor),
        ROWS,
    )


@pytest.mark.parametrize("index", [0, 30, 59])
@pytest.mark.parametrize(("factor", "agrees"), [(1.0, True), (1.004, True), (1.1, False), (0.5, False)])
def test_the_mean_counts_and_a_difference_beyond_the_noise_is_told(index: int, factor: float, agrees: bool) -> None:
    frequency, impedance, rows, (point,) = average_repeated(*repeated_at(index, factor))
    assert (frequency == FREQUENCY).all()
    assert impedance[index] == pytest.approx(IMPEDANCE[index] * (1 + factor) / 2)
    assert rows.tolist() == [*range(1, index + 2), *range(index + 3, 62)]
    assert point.rows == (index + 1, index + 2)
    assert point.difference == pytest.approx(abs(factor - 1) / ((1 + factor) / 2), abs=1e-12)
    assert point.agrees is agrees


def test_every_frequency_may_be_measured_twice() -> None:
    exact = make_spectrum().impedance_ohm
    pairs = np.stack((noisy(exact, 0.002, 1), noisy(exact, 0.002, 2)), axis=1).ravel()
    frequency, impedance, _, repeated = average_repeated(np.repeat(FREQUENCY, 2), pairs, np.arange(1, 121))
    assert frequency.size == impedance.size == len(repeated) == 60
    assert all(point.agrees for point in repeated)


def test_a_spectrum_without_repetitions_stays() -> None:
    frequency, impedance, rows, repeated = average_repeated(FREQUENCY, IMPEDANCE, ROWS[:60])
    assert (frequency is FREQUENCY, impedance is IMPEDANCE, rows.size, repeated) == (True, True, 60, ())


@pytest.mark.parametrize("factor", [1.05, 2.0])
def test_two_spectra_sorted_by_frequency_are_not_averaged(factor: float) -> None:
    """Of 1050 Ω and 2100 Ω, the mean was the resistance, within 0.2 %."""
    columns = np.repeat(FREQUENCY, 2), np.repeat(IMPEDANCE, 2) * np.tile([1.0, factor], FREQUENCY.size)
    *_, repeated = average_repeated(*columns, np.arange(1, 121))
    with refuses("several-spectra-by-frequency", InsufficientData, count=60, frequencies=60):
        refuse_several_spectra(repeated, FREQUENCY.size)


def test_some_points_that_differ_are_of_one_spectrum() -> None:
    *_, repeated = average_repeated(*repeated_at(30, 1.5))
    refuse_several_spectra(repeated, FREQUENCY.size)
