import pytest

from analyses.cell.mixture import mixture_density
from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

exact, rounded = Estimate.exact, Estimate.rounded


def test_volumes_add_up() -> None:
    """By hand: 70 g of 4.78 and 30 g of 1.86 g/cm³ fill 14.64 + 16.13 cm³."""
    density = mixture_density([exact(70.0), exact(30.0)], [exact(4.78), exact(1.86)])
    assert density.magnitude == pytest.approx(100 / (70 / 4.78 + 30 / 1.86))


def test_fractions_are_taken_relative_to_their_sum() -> None:
    whole = mixture_density([exact(70.0), exact(30.0)], [exact(4.78), exact(1.86)])
    rounded_down = mixture_density([exact(35.0), exact(15.0)], [exact(4.78), exact(1.86)])
    assert whole.magnitude == pytest.approx(rounded_down.magnitude)


def test_rounding_and_scatter_are_carried_along() -> None:
    density = mixture_density([rounded(70.0, 0.5), rounded(30.0, 0.5)], [exact(4.78), rounded(1.86, 0.005)])
    assert density.lower < density.magnitude < density.upper
    scatter = Estimate.of_components(4.78, Component("density", 0.1, shared="m"))
    assert mixture_density([exact(100.0)], [scatter]).standard_uncertainty == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("fractions", "densities", "code"),
    [
        ([], [], "missing-ingredients"),
        ([exact(50.0)], [], "missing-ingredients"),
        ([exact(0.0)], [exact(2.0)], "zero-within-rounding"),
        ([exact(50.0)], [rounded(0.1, 0.5)], "zero-within-rounding"),
    ],
)
def test_refuses_what_has_no_density(fractions, densities, code) -> None:
    with pytest.raises(InsufficientData) as raised:
        mixture_density(fractions, densities)
    assert raised.value.code == code
