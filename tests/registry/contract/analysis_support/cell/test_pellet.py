import math

import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.pellet import read_pellet
from registry.hookspecs import Inputs, Refused
from tests.coded import message_of, refuses
from tests.registry.contract.analysis_support.layers import LI, LPSCL, NCM, STEEL, facts_of

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
    assert message_of(pellet.messages, "area-from-diameter", area=math.pi / 4, diameter=10.0)


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
    assert message_of(pellet.messages, "inferred-geometry", inferred="area")


def test_a_pellet_between_current_collectors_is_the_only_electrolyte() -> None:
    pellet = read_pellet(Inputs(facts_of(STEEL, LPSCL, STEEL)))
    assert pellet.thickness_um == Estimate.exact(600.0)
    assert message_of(pellet.messages, "electrolyte-as-sample", layer="layer 2 (separator, LPSCl)")


def test_a_full_cell_is_no_pellet() -> None:
    with refuses("full-cell", Refused):
        read_pellet(Inputs(facts_of(NCM, LPSCL, LI)))


FILE = {"dataset.sha256": "ab", "dataset.header.thickness": "0.6 mm", "dataset.header.area": "0.785 cm2"}


def test_geometry_of_the_file_is_offered_and_not_used() -> None:
    with refuses("missing-thickness", Refused, layer=2) as refusal:
        read_pellet(Inputs(SAMPLE | DIE | FILE | {"layers.2.thickness_um": None}))
    assert "0.6 mm" in refusal.value.parameters["offer"]
    with refuses("missing-area", Refused, position=2) as refusal:
        read_pellet(Inputs(SAMPLE | FILE))
    assert "0.785 cm2" in refusal.value.parameters["offer"]


def test_geometry_that_differs_from_that_of_the_file_is_a_warning() -> None:
    pellet = read_pellet(Inputs(SAMPLE | FILE | {"layers.2.area_cm2": Estimate.exact(1.3)}))
    assert pellet.area_cm2.magnitude == 1.3
    assert message_of(pellet.messages, "header-geometry-differs", quantity="area_cm2").level == "warning"


@pytest.mark.parametrize(
    ("facts", "code", "parameters"),
    [
        ({}, "missing-layer-role", {"words": "sample", "layers": 0}),
        (SAMPLE | {"layers.1.role": "sample"}, "missing-layer-role", {"words": "sample", "layers": 2}),
        (SAMPLE | DIE | {"layers.2.thickness_um": None}, "missing-thickness", {"layer": 2, "name": "LPSCl"}),
        (SAMPLE, "missing-area", {"position": 2, "sample_name": "LPSCl"}),
        (SAMPLE | {"setup.die_diameter_mm": Estimate.exact(0.0)}, "zero-within-rounding", {"words": "diameter"}),
    ],
)
def test_refuses_a_pellet_without_geometry(facts: dict, code: str, parameters: dict) -> None:
    with refuses(code, **parameters):
        read_pellet(Inputs(facts))


def test_electrodes_of_another_area_than_the_sample_are_a_warning() -> None:
    areas = {"layers.1.area_cm2": Estimate.exact(0.5), "layers.2.area_cm2": Estimate.exact(0.785)}
    (message,) = read_pellet(Inputs(SAMPLE | areas)).messages
    assert (message.code, message.level) == ("electrode-area-differs", "warning")
    assert (message.parameters["electrode_cm2"], message.parameters["area_cm2"]) == (0.5, 0.785)
    assert not read_pellet(Inputs(SAMPLE | areas | {"layers.1.area_cm2": Estimate.exact(0.785)})).messages
