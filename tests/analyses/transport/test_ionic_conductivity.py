import pytest

from analyses.cell.geometry import disc_area
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate


def test_carries_the_standard_uncertainty_of_the_resistance() -> None:
    """σ = L/(R A) by hand: 0.06 cm / (200 Ω × 0.7854 cm²) = 0.382 mS/cm; the relative uncertainty of R is unchanged."""
    sigma = ionic_conductivity(Estimate.measured(200.0, 4.0), Estimate.exact(600.0), disc_area(Estimate.exact(10.0)))
    assert sigma.magnitude == pytest.approx(3.8197e-4, rel=1e-4)
    assert sigma.standard_uncertainty / sigma.magnitude == pytest.approx(0.02, rel=1e-4)
