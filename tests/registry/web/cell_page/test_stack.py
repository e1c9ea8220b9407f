"""The layer stack as a drawing."""

import itertools
from xml.etree import ElementTree

import pytest

from registry.models import Layer, Material
from registry.web.cell_page.stack import LEAST, drawing_of

SVG = "{http://www.w3.org/2000/svg}"


def layer(position: int, thickness_um: float | None, role: str = "cathode", name: str = "NCM") -> Layer:
    written = f"{thickness_um:g} µm" if thickness_um is not None else ""
    material = Material(name=name)
    return Layer(position=position, role=role, material=material, thickness=written, thickness_um=thickness_um)


def heights(svg: str) -> list[float]:
    rectangles = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [float(one.get("height", "")) for one in rectangles if one.get("class", "").startswith("slab")]


def test_no_layers_give_no_drawing() -> None:
    assert drawing_of([]) is None


def test_thickness_is_to_scale() -> None:
    drawing = drawing_of([layer(1, 60), layer(2, 120), layer(3, 30)])
    assert drawing is not None
    first, second, third = heights(drawing.svg)
    assert (second / first, third / first) == (pytest.approx(2, rel=0.01), pytest.approx(0.5, rel=0.01))


def test_a_layer_a_thousand_times_thinner_is_drawn_at_the_least_height_and_said_to_be() -> None:
    drawing = drawing_of([layer(1, 600), layer(2, 0.6)])
    assert drawing is not None
    assert heights(drawing.svg)[1] == LEAST
    assert 'class="break"' in drawing.svg
    assert "(drawn thicker than to scale)" in drawing.svg
    assert "too thin to draw to scale" in drawing.caption


def test_an_unknown_thickness_is_hatched_and_said_to_be_unknown() -> None:
    drawing = drawing_of([layer(1, 60), layer(2, None)])
    assert drawing is not None
    assert drawing.svg.count("url(#not-stated)") == 1
    assert "thickness not stated" in drawing.svg
    assert "its height means nothing" in drawing.caption


def test_says_that_nothing_is_to_scale_when_no_thickness_was_stated() -> None:
    drawing = drawing_of([layer(1, None), layer(2, None)])
    assert drawing is not None
    assert drawing.caption.startswith("No thickness was stated")
    assert 'class="scale"' not in drawing.svg


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", '"quoted"', "N" * 120])
def test_is_well_formed_xml_whatever_the_name(name: str) -> None:
    drawing = drawing_of([layer(1, 60, name=name)])
    assert drawing is not None
    ElementTree.fromstring(drawing.svg)


def test_labels_do_not_overlap() -> None:
    drawing = drawing_of([layer(n, thickness) for n, thickness in enumerate((1, 1, 500, 1, 1), start=1)])
    assert drawing is not None
    lines = [float(one.get("y", "")) for one in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text") if one.get("y")]
    assert all(below - above >= 15 for above, below in itertools.pairwise(lines))
