import numpy as np
import pytest

from analyses.simulate.powder_pattern import CubicPowder, Reflection, powder_pattern

STRONG = Reflection(11, 1.0)
POWDER = CubicPowder(9.8397, 60.0, (STRONG,))


@pytest.mark.parametrize(
    ("index_sum", "degree"), [(3, 15.586), (4, 18.016), (8, 25.585), (11, 30.098), (32, 52.571), (35, 55.180)]
)
def test_reflections_are_at_the_angles_of_the_cubic_lattice(index_sum: int, degree: float) -> None:
    """Of Li6PS5Cl with a = 9.8397 Å, computed from CIFs of OBELiX."""
    assert POWDER.two_theta_degree(Reflection(index_sum, 1.0)) == pytest.approx(degree, abs=1e-3)


def test_small_crystallites_widen_the_reflections() -> None:
    """Scherrer: 0.9 · 1.5406 Å / (60 nm · cos 15.05°) is 0.137°."""
    assert POWDER.width_degree(30.1, 0.0) == pytest.approx(0.1371, rel=2e-3)
    assert POWDER.width_degree(30.1, 0.1) == pytest.approx(np.hypot(0.1371, 0.1), rel=2e-3)


def test_the_pattern_has_its_maximum_at_the_strongest_reflection() -> None:
    angle, counts = powder_pattern(POWDER, seed=1)
    assert angle[np.argmax(counts)] == pytest.approx(30.098, abs=0.05)
    assert counts.min() > 0


def test_counts_scatter_as_poisson_numbers_do() -> None:
    flat = CubicPowder(9.8397, 60.0, ())
    counts = np.array([powder_pattern(flat, points=400, seed=seed)[1] for seed in range(40)])
    assert counts.var(axis=0).mean() / counts.mean() == pytest.approx(1.0, abs=0.05)
