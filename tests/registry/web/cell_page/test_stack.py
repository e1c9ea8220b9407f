"""The layer stack as a drawing."""

import itertools
from xml.etree import ElementTree

import pytest

from registry.models import Layer, Material
from registry.web.cell_page.stack import MIN_HEIGHT, draw_stack

SVG = "{http://www.w3.org/2000/svg}"


def layer(position: int, thickness_um: float | None, role: str = "cathode", name: str = "NCM") -> Layer:
    written = f"{thickness_um:g} µm" if thickness_um is not None else ""
    material = Material(name=name)
    return Layer(position=position, role=role, material=material, thickness=written, thickness_um=thickness_um)


def heights(svg: str) -> list[float]:
    rectangles = ElementTree.fromstring(svg).iter(f"{SVG}rect")
    return [float(rect.get("height", "")) for rect in rectangles if rect.get("class", "").startswith("layer")]


def test_no_layers_give_no_drawing() -> None:
    assert draw_stack([]) is None


def test_thickness_is_to_scale() -> None:
    drawing = draw_stack([layer(1, 60), layer(2, 120), layer(3, 30)])
    assert drawing is not None
    first, second, third = heights(drawing.svg)
    assert (second / first, third / first) == (pytest.approx(2, rel=0.01), pytest.approx(0.5, rel=0.01))


def test_a_layer_too_thin_for_the_scale_is_marked() -> None:
    drawing = draw_stack([layer(1, 600), layer(2, 0.6)])
    assert drawing is not None
    assert heights(drawing.svg)[1] == MIN_HEIGHT
    assert 'class="break"' in drawing.svg
    assert "(not to scale)" in drawing.svg
    assert "Zigzag" in drawing.caption


def test_an_unknown_thickness_is_hatched() -> None:
    drawing = draw_stack([layer(1, 60), layer(2, None)])
    assert drawing is not None
    assert drawing.svg.count("url(#no-thickness)") == 1
    assert "no thickness entered" in drawing.svg
    assert "Hatched" in drawing.caption


def test_a_bound_is_not_drawn_to_scale() -> None:
    bound = Layer(position=2, role="separator", material=Material(name="LPSCl"), thickness="<600 µm", thickness_um=600)
    drawing = draw_stack([layer(1, 60), bound])
    assert drawing is not None
    assert drawing.svg.count("url(#no-thickness)") == 1
    assert "600 µm" in drawing.svg


def test_a_stack_without_thicknesses_is_not_to_scale() -> None:
    drawing = draw_stack([layer(1, None), layer(2, None)])
    assert drawing is not None
    assert drawing.caption.startswith("Not to scale")
    assert 'class="scale"' not in drawing.svg


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a & b", '"quoted"', "N" * 120])
def test_is_well_formed_xml_whatever_the_name(name: str) -> None:
    drawing = draw_stack([layer(1, 60, name=name)])
    assert drawing is not None
    ElementTree.fromstring(drawing.svg)


def test_labels_do_not_overlap() -> None:
    drawing = draw_stack([layer(n, thickness) for n, thickness in enumerate((1, 1, 500, 1, 1), start=1)])
    assert drawing is not None
    lines = [
        float(text.get("y", "")) for text in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text") if text.get("y")
    ]
    assert all(below - above >= 15 for above, below in itertools.pairwise(lines))


def test_a_number_and_its_unit_stand_on_one_line() -> None:
    sample = layer(1, 700)
    sample.area, sample.mass_loading = "⌀10 mm", "100 mg on ⌀10 mm"
    drawing = draw_stack([sample])
    assert drawing is not None
    lines = [text.text or "" for text in ElementTree.fromstring(drawing.svg).iter(f"{SVG}text")]
    assert all(line[:1].isdigit() or line[:1] == "⌀" for line in lines if line[-2:] in ("mm", "mg", "µm"))
    assert not any(line in ("mm", "mg", "µm") for line in lines)
