import pytest

from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.transport.staircase_conductivity import conductivity_of_run
from registry.hookspecs import Inputs, Refused
from tests.coded import refuses

PELLET = {
    "layers.count": 1,
    "layers.1.role": "sample",
    "layers.1.thickness_um": Estimate.exact(600.0),
    "layers.1.area_cm2": Estimate.exact(0.75),
    "reported.resistance_ohm": Estimate.exact(200.0),
}


def test_the_reported_resistance_stands_in_for_data() -> None:
    """By hand: 0.06 cm / (200 Ω × 0.75 cm²) = 4e-4 S/cm."""
    outcome = conductivity_of_run(Inputs(PELLET), "ionic_conductivity_s_cm", ionic_conductivity)
    assert [value.estimate.magnitude for value in outcome.values] == pytest.approx([4e-4])


def test_refuses_without_data_and_geometry() -> None:
    with refuses("missing-thickness", Refused):
        conductivity_of_run(
            Inputs(PELLET | {"layers.1.thickness_um": None}), "ionic_conductivity_s_cm", ionic_conductivity
        )
