import pytest

from analyses.insufficient_data import InsufficientData
from analyses.transport.electronic_conductivity import electronic_conductivity
from analyses.uncertainty import Estimate
from tests.coded import refuses


def test_computes_the_conductivity_of_the_paper() -> None:
    """Wu et al. 2025, Table 1, 0 wt%: 7.87e3 Ω and 9.71e-6 S/cm; L = 600 µm, A = 0.7854 cm² are inferred from it."""
    sigma = electronic_conductivity(Estimate.rounded(7.87e3, 5), Estimate.exact(600.0), Estimate.exact(0.7854))
    assert sigma.magnitude == pytest.approx(9.71e-6, abs=5e-9)


def test_refuses_a_resistance_of_zero() -> None:
    with refuses("zero-within-rounding", InsufficientData, words="resistance", estimate=0.0, unit="Ω"):
        electronic_conductivity(Estimate.exact(0.0), Estimate.exact(600.0), Estimate.exact(0.7854))
