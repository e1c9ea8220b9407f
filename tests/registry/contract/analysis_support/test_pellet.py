import math

import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.pellet import read_pellet
from registry.hookspecs import Inputs, Refused

SAMPLE = {
    "layers.count": 2,
    "layers.1.role": "current_collector",
    "layers.1.name": "steel",
    "layers.2.role": "sample",
    "layers.2.name": "LPSCl",
    "layers.2.thickness_um": Estimate.exact(600.0),
}
DIE = {"setup.die_diameter_mm": Estimate.exact(10.0)}


def test_uses_the_area_of_the_die_with_a_message() -> None:
    pellet = read_pellet(Inputs(SAMPLE | DIE))
    assert pellet.area_cm2.magnitude == pytest.approx(math.pi / 4)
    assert pellet.messages[0].text == "Area 0.7854 cm² from the die diameter, 10 mm (π d²/4)."


def test_the_area_of_the_layer_takes_precedence_over_the_die() -> None:
    inputs = Inputs(SAMPLE | DIE | {"layers.2.area_cm2": Estimate.exact(1.3)})
    assert read_pellet(inputs).area_cm2 == Estimate.exact(1.3)
    assert "setup.die_diameter_mm" not in inputs.reads


def test_reads_only_the_thickness_of_the_sample() -> None:
    inputs = Inputs(SAMPLE | DIE)
    read_pellet(inputs)
    assert [path for path in inputs.reads if path.endswith("thickness_um")] == ["layers.2.thickness_um"]


def test_reports_inferred_geometry() -> None:
    facts = SAMPLE | {"setup.die_diameter_mm": Estimate.exact(10.0, inferred=True)}
    pellet = read_pellet(Inputs(facts))
    assert pellet.area_cm2.inferred
    assert pellet.messages[-1].text == "Inferred pellet area: the conductivity is inferred too."


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({}, "exactly one layer with the role sample: the cell has 0"),
        (SAMPLE | {"layers.1.role": "sample"}, "exactly one layer with the role sample: the cell has 2"),
        (
            SAMPLE | DIE | {"layers.2.thickness_um": None},
            r"no pellet thickness: enter it for layer 2 \(sample, LPSCl\)",
        ),
        (SAMPLE, r"no pellet area: enter the area of layer 2 \(sample, LPSCl\), or the die diameter of the set-up"),
        (SAMPLE | {"setup.die_diameter_mm": Estimate.exact(0.0)}, "the diameter .* is not above zero"),
    ],
)
def test_refuses_a_pellet_without_geometry(facts: dict, reason: str) -> None:
    with pytest.raises((Refused, InsufficientData), match=reason):
        read_pellet(Inputs(facts))
