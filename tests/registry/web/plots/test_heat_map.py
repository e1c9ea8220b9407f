"""Heat maps as SVG."""

import math
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from registry.contract.curve_encoding import plot_to_json
from registry.hookspecs import Axis, HeatMap
from registry.numbers.axis import resolve_axes
from registry.web.plots.axis import Axis as PlotAxis
from registry.web.plots.heat_map import BOX, _cells, _colour_numbers, _edges, draw_heat_map, palette

SVG = "{http://www.w3.org/2000/svg}"


def heat_map(numbers: Any, **axes: Axis) -> dict[str, Any]:
    rows, columns = np.shape(numbers)
    named = {
        "x": Axis(quantity="frequency_hz", log=True),
        "y": Axis(quantity="voltage_v"),
        "z": Axis(quantity="time_h"),
    }
    plot = HeatMap(
        name="map",
        title="A <map>",
        x_values=np.geomspace(1, 100, columns).tolist(),
        y_values=np.arange(rows, dtype=float).tolist(),
        z_values=numbers,
        **named | axes,
    )
    return plot_to_json(resolve_axes(plot))


@pytest.mark.parametrize("z", [[[1.0, 2.0], [3.0, math.nan]], [[5.0]], [[math.nan]], np.zeros((3, 4))])
def test_is_well_formed_with_an_image_and_a_scale(z: Any) -> None:
    root = ElementTree.fromstring(draw_heat_map("c", "A <map>", heat_map(z)).svg)
    assert len(list(root.iter(f"{SVG}image"))) == 2


def test_the_image_fills_the_frame_beside_long_tick_labels() -> None:
    data = heat_map([[1234.011, 1234.012], [1234.013, 1234.014]])
    data["y_values"] = [420.01, 420.02]
    root = ElementTree.fromstring(draw_heat_map("c", "t", data).svg)
    image, scale = root.iter(f"{SVG}image")
    frame = next(root.iter(f"{SVG}rect"))
    assert [image.get(name) for name in ("x", "width")] == [frame.get(name) for name in ("x", "width")]
    assert float(frame.get("x", "")) > BOX.left
    assert float(scale.get("x", "")) < BOX.right


def test_numbers_that_cannot_be_drawn_are_counted() -> None:
    data = heat_map([[1.0, -2.0], [0.0, math.nan]], z=Axis(quantity="time_h", log=True))
    assert draw_heat_map("c", "t", data).remark.startswith("3 ")


def test_borders_of_cells_lie_midway_between_their_centres() -> None:
    assert _edges(np.array([0.0, 1.0, 3.0])).tolist() == [-0.5, 0.5, 2.0, 4.0]


def test_a_pixel_shows_the_cell_it_lies_in() -> None:
    edges = np.array([0.0, 1.0, 4.0])
    cells = _cells(PlotAxis(0.0, 4.0, 0, 4), edges)
    assert cells.tolist() == [0, 0, 1, 1, 1, 1, 1, 1]
    assert _cells(PlotAxis(0.0, 4.0, 0, 4, reversed=True), edges).tolist() == cells[::-1].tolist()


def test_colours_span_the_scale_and_a_gap_is_transparent() -> None:
    assert _colour_numbers(np.array([0.0, 5.0, 10.0, math.nan]), 0.0, 10.0).tolist() == [1, 128, 255, 0]
    colours = palette()
    assert (len(colours), colours[0][3], colours[1][:3], colours[-1][:3]) == (256, 0, (68, 1, 84), (253, 231, 37))
