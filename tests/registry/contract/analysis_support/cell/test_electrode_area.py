import pytest

from analyses.coded_text import Remark
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.electrode_area import electrode_area
from registry.hookspecs import Inputs

ELECTRODES = {
    "layers.count": 2,
    "layers.1.role": "cathode",
    "layers.1.name": "Li",
    "layers.2.role": "anode",
    "layers.2.name": "Li",
}


def area_of(**facts):
    renamed = {name.replace("__", "."): fact for name, fact in facts.items()}
    return electrode_area(Inputs(ELECTRODES | renamed, dict, {}))


def test_the_area_of_the_layers_or_else_of_the_die() -> None:
    assert area_of(layers__1__area_cm2=Estimate.exact(0.5)).magnitude == 0.5
    assert area_of(setup__die_diameter_mm=Estimate.exact(10.0)).magnitude == pytest.approx(0.7854, rel=1e-4)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({}, "missing-area"),
        ({"layers__1__area_cm2": "<0.5 cm²"}, "only-a-bound"),
        ({"setup__die_diameter_mm": "<10 mm"}, "only-a-bound"),
        (
            {"layers__1__area_cm2": Estimate.exact(0.5), "layers__2__area_cm2": Estimate.exact(0.6)},
            "electrode-areas-differ",
        ),
    ],
)
def test_what_is_missing_is_named(facts: dict, code: str) -> None:
    answer = area_of(**facts)
    assert isinstance(answer, Remark)
    assert answer.code == code
