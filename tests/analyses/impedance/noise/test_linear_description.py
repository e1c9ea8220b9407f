import numpy as np
import pytest

from analyses.impedance.noise.linear_description import describe, with_smooth_terms
from tests.spectra import FREQUENCY, make_spectrum

ALL = np.ones(FREQUENCY.size, dtype=bool)


def test_describes_a_spectrum_without_noise() -> None:
    spectrum = make_spectrum()
    description = describe(FREQUENCY, spectrum.impedance_ohm, ALL)
    assert np.abs(description.residual).max() < 1e-5
    assert description.scale_ohm == pytest.approx(np.abs(spectrum.impedance_ohm), rel=1e-4)


def test_a_point_left_out_gets_the_residual_of_a_prediction() -> None:
    impedance = make_spectrum().impedance_ohm.copy()
    impedance[30] *= 1.5
    kept = ALL.copy()
    kept[30] = False
    description = describe(FREQUENCY, impedance, kept)
    assert abs(description.residual[30]) == pytest.approx(0.5, rel=1e-3)
    assert np.abs(description.residual[kept]).max() < 1e-4


def test_elements_per_decade_are_at_least_as_asked() -> None:
    spectrum = make_spectrum("R0-CPE0", (100.0, 1e-6, 0.9), 0.05)
    decades = np.log10(FREQUENCY[0] / FREQUENCY[-1])
    assert describe(FREQUENCY, spectrum.impedance_ohm, ALL).elements < 3 * decades
    assert describe(FREQUENCY, spectrum.impedance_ohm, ALL, least_per_decade=3).elements >= 3 * decades


def test_basis_is_orthonormal_over_the_points_kept() -> None:
    description = describe(FREQUENCY, make_spectrum(relative_noise=0.01).impedance_ohm, ALL)
    free = with_smooth_terms(FREQUENCY, make_spectrum().impedance_ohm, description, 4)
    assert free.basis.T @ free.basis == pytest.approx(np.eye(free.parameters), abs=1e-6)
    assert description.degrees_of_freedom == 2 * FREQUENCY.size - description.parameters
    assert 0 < free.parameters - description.parameters <= 8


def test_smooth_terms_describe_parts_that_do_not_belong_together() -> None:
    """Re Z grows by 3 % over the sweep and Im Z does not, which no element that obeys Kramers-Kronig gives."""
    impedance = make_spectrum(relative_noise=0.001).impedance_ohm
    impedance = impedance.real * np.linspace(1, 1.03, FREQUENCY.size) + 1j * impedance.imag
    obeying = describe(FREQUENCY, impedance, ALL, least_per_decade=3)
    free = with_smooth_terms(FREQUENCY, impedance, obeying, 4)
    assert np.sqrt(free.sum_of_squares / free.degrees_of_freedom) == pytest.approx(0.001, rel=0.2)
    assert obeying.sum_of_squares > 2 * free.sum_of_squares
