"""Figures of plotly."""

from typing import Any

import numpy as np
import pytest

from registry.contract.curve_encoding import grid_to_json
from registry.models import CurveKind
from registry.web.plots.figure import MOST_POINTS, Window, build_figure


def curve(xs: Any, ys: Any, **changes: Any) -> dict[str, Any]:
    axes = {"x": {"label": "Time", "unit": "h"}, "y": {"label": "Voltage", "unit": "V"}}
    return axes | {"series": [{"name": "a", "x": list(xs), "y": list(ys)}]} | changes


def test_axes_say_quantity_and_unit() -> None:
    layout = build_figure(CurveKind.LINE, curve([0, 1], [2, 3]))["layout"]
    assert (layout["xaxis"]["title"]["text"], layout["yaxis"]["title"]["text"]) == ("Time / h", "Voltage / V")


def test_a_long_line_keeps_its_spike() -> None:
    y = np.zeros(100_000)
    y[54_321] = 7.0
    figure = build_figure(CurveKind.LINE, curve(range(100_000), y))
    (trace,) = figure["data"]
    assert len(trace["x"]) <= MOST_POINTS
    assert trace["y"][trace["x"].index(54_321)] == 7.0
    assert (trace["x"][0], figure["decimated"]) == (0, True)


def test_a_window_has_its_own_points_and_one_beyond_each_end() -> None:
    figure = build_figure(CurveKind.LINE, curve(range(100_000), range(100_000)), Window(100, 200))
    (trace,) = figure["data"]
    assert (trace["x"][0], trace["x"][-1], len(trace["x"])) == (99, 201, 103)
    assert not figure["decimated"]


def test_a_window_without_points_is_empty() -> None:
    (trace,) = build_figure(CurveKind.LINE, curve([0, 1], [2, 3]), Window(5, 6))["data"]
    assert trace["x"] == []


def test_what_a_log_axis_cannot_show_is_a_gap() -> None:
    data = curve([1, 2, 3], [1e-3, 0.0, 1e3], y={"label": "R", "unit": "Ω", "log": True})
    figure = build_figure(CurveKind.LINE, data)
    assert figure["data"][0]["y"] == [1e-3, None, 1e3]
    axis = figure["layout"]["yaxis"]
    assert (axis["type"], axis["range"]) == ("log", [pytest.approx(-3.24), pytest.approx(3.24)])


def test_the_strip_of_a_second_line_is_below_the_first() -> None:
    data = curve([0, 1], [2, 3], y2={"label": "Current", "unit": "mA"})
    data["series"].append({"name": "Current", "x": [0, 1], "y": [9, 8], "on_second_axis": True})
    layout = build_figure(CurveKind.LINE, data)["layout"]
    assert layout["yaxis2"]["domain"][1] < layout["yaxis"]["domain"][0]
    assert layout["xaxis"]["anchor"] == "y2"


def test_the_range_leaves_out_error_bars_far_beyond_the_points() -> None:
    far = {"name": "a", "x": [1, 2], "y": [3, 4], "y_lower": [2, 3], "y_upper": [5, 1e9], "line": False}
    low, high = build_figure(CurveKind.LINE, curve([], [], series=[far]))["layout"]["yaxis"]["range"]
    assert 0 < low < high < 10
    near = far | {"y_upper": [5, 6]}
    assert "range" not in build_figure(CurveKind.LINE, curve([], [], series=[near]))["layout"]["yaxis"]


def test_a_figure_opens_on_the_arcs_of_a_spectrum() -> None:
    spectrum = curve([10, 20, 30, 31, 50, 900], [0.1, 8, 1, 20, 900, 90_000], equal_aspect=True)
    figure = build_figure(CurveKind.LINE, spectrum)
    assert figure["layout"]["xaxis"]["range"][1] < 100
    assert "tail" in figure["remark"]


def test_the_hover_text_has_names_numbers_and_units() -> None:
    data = curve(
        [93.0, 94.0], [1.64, 1.62329], x={"label": "Cycle", "unit": ""}, y={"label": "Capacity", "unit": "mAh"}
    )
    data["series"][0]["name"] = "Discharge capacity"
    (trace,) = build_figure(CurveKind.LINE, data)["data"]
    lines = trace["hovertemplate"].removesuffix("<extra></extra>").split("<br>")
    assert lines == ["Cycle %{x:d}", "Discharge capacity %{y:.4~r} mAh"]
    data["series"] = [data["series"][0] | {"name": name} for name in ("25 °C", "60 °C")]
    first = build_figure(CurveKind.LINE, data)["data"][0]
    assert first["hovertemplate"].startswith("25 °C<br>Cycle %{x:d}<br>Capacity")


def test_an_interval_is_a_band_of_a_line_and_bars_of_points() -> None:
    series = {"name": "a", "x": [1, 2], "y": [3, 4], "y_lower": [2, 3], "y_upper": [5, 6]}
    band = build_figure(CurveKind.LINE, curve([], [], series=[series]))["data"]
    assert [trace.get("fill") for trace in band] == [None, "tonexty", None]
    (points,) = build_figure(CurveKind.LINE, curve([], [], series=[series | {"line": False}]))["data"]
    assert (points["error_y"]["array"], points["error_y"]["arrayminus"]) == ([2, 2], [1, 1])


def test_equal_axes_and_a_second_axis() -> None:
    assert build_figure(CurveKind.LINE, curve([1], [2], equal_aspect=True))["layout"]["yaxis"]["scaleanchor"] == "x"
    second = {"name": "b", "x": [1], "y": [9], "on_second_axis": True}
    data = curve([1], [2], x={"label": "Depth", "unit": "cm"}, y2={"label": "Current", "unit": "mA"})
    data["series"].append(second)
    figure = build_figure(CurveKind.LINE, data)
    assert figure["data"][1]["yaxis"] == "y2"
    assert figure["layout"]["yaxis2"]["side"] == "right"


def test_a_heat_map_has_the_numbers_as_measured_beside_their_logarithms() -> None:
    grid = grid_to_json(np.array([[1.0, 10.0], [0.0, 1000.0]]), "<f8")
    data = curve([], [], z={"label": "γ", "unit": "Ω", "log": True}, z_values=grid, x_values=[1, 2], y_values=[3, 4])
    (trace,) = build_figure(CurveKind.HEAT_MAP, data)["data"]
    assert trace["z"] == [[0.0, pytest.approx(1.0)], [None, pytest.approx(3.0)]]
    assert trace["customdata"] == [[1.0, 10.0], [0.0, 1000.0]]


def test_names_with_markup_are_text() -> None:
    data = curve([1], [2], series=[{"name": "<b onclick=x>", "x": [1], "y": [2]}])
    data["series"].append({"name": "b", "x": [1], "y": [2]})
    assert build_figure(CurveKind.LINE, data)["data"][0]["hovertemplate"].startswith("‹b onclick=x›<br>")


def test_points_name_the_rows_they_belong_to() -> None:
    cycles = {"label": "Cycle", "unit": "", "quantity": "cycle_number"}
    figure = build_figure(CurveKind.LINE, curve([1, 2, None], [5, 6, 7], x=cycles))
    assert figure["data"][0]["customdata"] == ["1", "2", None]
    moved = {"name": "a", "x": [20.0, None, 30.0], "y": [5, 6, 7], "cycles": [1, 2, 3]}
    figure = build_figure(CurveKind.LINE, curve([], [], series=[moved]), Window(25, 40))
    assert figure["data"][0]["customdata"] == [None, "3"]
    named = {"name": "a", "x": [2.0], "y": [5], "records": ["M-00001"], "texts": ["M-00001: 5 Ω"]}
    (trace,) = build_figure(CurveKind.LINE, curve([], [], series=[named]))["data"]
    assert (trace["customdata"], trace["text"]) == (["M-00001"], ["M-00001: 5 Ω"])


def test_a_second_axis_has_round_ticks_of_its_own() -> None:
    two = curve([0, 1], [2, 3], x={"label": "Depth", "unit": "cm"}, y2={"label": "Current", "unit": "mA"})
    assert build_figure(CurveKind.LINE, two)["layout"]["yaxis2"]["tickmode"] == "auto"
