import math

import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.header_geometry import (
    AREA,
    THICKNESS,
    differing_geometry,
    read_header_geometry,
)
from registry.hookspecs import Inputs
from tests.coded import message_of


def header_of(**header: str) -> Inputs:
    facts = {f"dataset.header.{name.replace('_', ' ')}": text for name, text in header.items()}
    return Inputs({"dataset.sha256": "ab", **facts})


HEADERS = [
    ({"settings": "Cable : standard\nElectrode surface area : 0.785 cm²"}, AREA, 0.785, False),
    ({"settings": "Electrode surface area : 0.001 cm²"}, AREA, 0.001, True),
    ({"settings": "Area (cm^2): 1.00000E+000"}, AREA, 1.0, True),
    ({"settings": "Area (cm^2): 1.1300E+000"}, AREA, 1.13, False),
    ({"settings": "Surface Area: 1"}, AREA, None, True),
    ({"settings": "Working Electrode Area (cm2)=2.5"}, AREA, 2.5, False),
    ({"area": "78.5 mm2"}, AREA, 0.785, False),
    ({"thickness": "0.6 mm"}, THICKNESS, 600.0, False),
    ({"pellet_thickness": "600 µm"}, THICKNESS, 600.0, False),
    ({"Thickness_(cm)": "0,06"}, THICKNESS, 600.0, False),
    ({"thickness": "600"}, THICKNESS, None, False),
    ({"diameter": "10 mm"}, AREA, math.pi / 4, False),
]


@pytest.mark.parametrize(("header", "quantity", "magnitude", "is_placeholder"), HEADERS)
def test_reads_what_a_header_states(header, quantity: str, magnitude: float | None, is_placeholder: bool) -> None:
    number = read_header_geometry(header_of(**header))[quantity]
    assert number.magnitude == (pytest.approx(magnitude) if magnitude is not None else None)
    assert number.is_placeholder == is_placeholder


@pytest.mark.parametrize("lines", ["YAxisNormalizeWithArea=False", "Area : unknown", "areal loading: 3 mg/cm2", ""])
def test_passes_over_what_is_no_geometry(lines: str) -> None:
    assert read_header_geometry(header_of(settings=lines)) == {}
    assert read_header_geometry(Inputs({})) == {}


def test_a_difference_is_a_warning_with_both() -> None:
    stated = read_header_geometry(header_of(thickness="0.6 mm", area="0.785 cm2"))
    recorded = {THICKNESS: Estimate.exact(800.0), AREA: Estimate.rounded(0.79, 0.005)}
    (warning,) = differing_geometry(stated, recorded)
    assert warning.level == "warning"
    assert message_of([warning], "header-geometry-differs", recorded=800.0, in_file=600.0, quantity=THICKNESS)


def test_a_placeholder_is_compared_with_nothing() -> None:
    stated = read_header_geometry(header_of(settings="Electrode surface area : 0.001 cm²\nThickness : 600"))
    assert differing_geometry(stated, {AREA: Estimate.exact(0.785), THICKNESS: Estimate.exact(5.0)}) == ()
