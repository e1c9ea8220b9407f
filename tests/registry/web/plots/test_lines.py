"""Lines, points and bars as SVG."""

import itertools
from typing import Any
from xml.etree import ElementTree

import pytest

from registry.models import Curve
from registry.web.plots.frame import PLAIN, WITH_RIGHT_AXIS
from registry.web.plots.lines import MAX_POINTS, decimate, draw_lines
from registry.web.plots.plot import draw_plot

SVG = "{http://www.w3.org/2000/svg}"


def curve(xs: list[float | None], ys: list[float | None], **overrides: object) -> Curve:
    series = {"name": "<series>", "x": xs, "y": ys, "line": True, "markers": False} | overrides.pop("series", {})  # type: ignore[operator]
    data = {
        "x": {"label": "Time", "unit": "s", "log": False, "reversed": False},
        "y": {"label": "Current <&>", "unit": "A", "log": False, "reversed": False},
        "series": [series],
        "equal_aspect": False,
    }
    return Curve(name="c", title="A <curve>", data=data | overrides)


def path_points(svg: str, kind: str) -> list[tuple[float, float]]:
    root = ElementTree.fromstring(svg)
    path = next(element for element in root.iter(f"{SVG}path") if element.get("class", "").startswith(kind))
    steps = path.get("d", "").replace("h0", "").replace("M", " ").replace("L", " ")
    numbers = [float(number) for number in steps.split()]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0.0, 1.0, 2.0], [1e-6, 2e-6, 3e-6]),
        ([], []),
        ([5.0], [5.0]),
        ([1.0, 2.0], [7.0, 7.0]),
        ([1.0, None, 3.0], [1.0, 2.0, None]),
        ([0.0, 1e300], [-1e300, 1e-300]),
    ],
)
def test_is_well_formed_xml_whatever_the_points(x: list[float | None], y: list[float | None]) -> None:
    ElementTree.fromstring(draw_plot(curve(x, y)).svg)


def test_puts_a_common_power_of_ten_with_the_unit() -> None:
    assert "Current &lt;&amp;&gt; / 10⁻⁶ A" in draw_plot(curve([0, 1], [1e-6, 2e-6])).svg


@pytest.mark.parametrize(
    ("cycles", "unit", "labels"),
    [
        ([1.0, 2.0, 3.0], "", ["1", "2", "3"]),
        ([1.0], "", ["1"]),
        ([1.0, 250.0], "", ["0", "100", "200"]),
        ([1.0, 2.0], "s", ["1.00", "1.25", "1.50", "1.75", "2.00"]),
    ],
)
def test_counts_have_integer_ticks(cycles: list[float], unit: str, labels: list[str]) -> None:
    x = {"label": "Cycle", "unit": unit, "log": False, "reversed": False}
    drawn = draw_plot(curve(list(cycles), [1e-3 for _ in cycles], x=x))
    texts = [text for text in ElementTree.fromstring(drawn.svg).iter(f"{SVG}text") if text.get("class") == "number"]
    assert [text.text for text in texts if text.get("text-anchor") == "middle"] == labels


def test_draws_more_to_the_right_and_up() -> None:
    first, last = path_points(draw_plot(curve([0, 1], [0, 1])).svg, "line")
    assert last[0] > first[0]
    assert last[1] < first[1]


def test_a_reversed_axis_runs_the_other_way() -> None:
    axis = {"label": "Time", "unit": "s", "log": False, "reversed": True}
    first, last = path_points(draw_plot(curve([0, 1], [0, 1], x=axis)).svg, "line")
    assert last[0] < first[0]


def test_a_decade_of_a_log_axis_is_as_long_as_any_other() -> None:
    axis = {"label": "Frequency", "unit": "Hz", "log": True, "reversed": False}
    unit, ten, hundred = path_points(draw_plot(curve([1, 10, 100], [0, 1, 2], x=axis)).svg, "line")
    assert ten[0] - unit[0] == pytest.approx(hundred[0] - ten[0], abs=0.11)


def test_points_that_are_not_positive_are_counted_on_a_log_axis() -> None:
    axis = {"label": "Frequency", "unit": "Hz", "log": True, "reversed": False}
    assert draw_plot(curve([0, -1, 10, 100], [1, 1, 1, 2], x=axis)).remark.startswith("2 points")


def test_equal_aspect_draws_a_unit_as_long_on_both_axes() -> None:
    # Rounded to a tenth of a pixel in the file.
    points = path_points(draw_plot(curve([0, 3, 3], [0, 0, 1], equal_aspect=True)).svg, "line")
    across, up = points[1][0] - points[0][0], points[1][1] - points[2][1]
    assert across / 3 == pytest.approx(up, abs=0.2)


def test_a_single_point_is_drawn_as_a_dot() -> None:
    assert len(path_points(draw_plot(curve([1.0], [2.0])).svg, "dots")) == 1


def test_thins_a_long_series_and_keeps_its_spike() -> None:
    points = [(float(n), 1000.0 if n == 54_321 else 0.0) for n in range(100_000)]
    thinned = decimate(list(points), MAX_POINTS)
    assert len(thinned) <= MAX_POINTS
    assert (54_321.0, 1000.0) in thinned
    assert [point for point in thinned if point] == sorted(point for point in thinned if point)


def test_a_gap_stays_a_gap() -> None:
    svg = draw_plot(curve([0, 1, 2, 3, 4], [0, 1, None, 3, 4])).svg
    assert svg.count("M", svg.index('class="line')) >= 2


def test_a_curve_without_points_is_marked() -> None:
    drawing = draw_plot(curve([], []))
    assert drawing.remark
    assert not draw_plot(curve([1], [1])).remark


def test_bars_start_at_zero_and_are_as_high_as_their_numbers() -> None:
    drawn = draw_plot(curve([1.0, 2.0], [100.0, 50.0], series={"line": False, "bars": True}))
    root = ElementTree.fromstring(drawn.svg)
    bars = (
        next(path for path in root.iter(f"{SVG}path") if path.get("class", "").startswith("bars")).get("d", "").split()
    )
    feet, tops = (
        [float(bar.split("V")[0]) for bar in bars[1::2]],
        [bar.split("V")[1] for bar in bars[1::2]],
    )
    assert feet[0] == feet[1]
    assert feet[0] - float(tops[0]) == pytest.approx(2 * (feet[1] - float(tops[1])), abs=0.2)
    assert not drawn.legend[0].line
    labels = [text.text or "" for text in root.iter(f"{SVG}text") if text.get("class") == "number"]
    assert "1.5" not in labels


def test_error_bars_reach_from_their_lower_to_their_upper_end() -> None:
    series = {"line": False, "y_lower": [1.0, None], "y_upper": [3.0, None]}
    svg = draw_plot(curve([0, 1], [2.0, 2.0], series=series)).svg
    path = next(p for p in ElementTree.fromstring(svg).iter(f"{SVG}path") if p.get("class", "").startswith("error"))
    ends = [float(step.split("M")[0]) for step in path.get("d", "").split("V")[1:]]
    (_, middle), _ = path_points(svg, "dots")
    assert len(ends) == 2
    assert middle == pytest.approx(sum(ends) / 2, abs=0.1)


def test_an_error_bar_below_a_log_axis_ends_at_its_edge() -> None:
    axis = {"label": "Re Z", "unit": "Ω", "log": True, "reversed": False}
    series = {"line": False, "y_lower": [-1.0], "y_upper": [10.0]}
    svg = draw_plot(curve([0], [2.0], series=series, y=axis)).svg
    assert f"V{PLAIN.bottom:.1f}" in svg


def test_the_interval_of_a_line_is_an_area() -> None:
    series = {"y_lower": [1.0, 1.0, None, -1.0], "y_upper": [3.0, 4.0, None, 2.0]}
    svg = draw_plot(curve([0, 1, 2, 3], [2.0, 2.0, 2.0, 1.0], series=series)).svg
    band = next(p for p in ElementTree.fromstring(svg).iter(f"{SVG}path") if p.get("class", "").startswith("band"))
    areas = band.get("d", "").split("Z")
    assert [len(area.removeprefix("M").split("L")) for area in areas[:-1]] == [4, 2]
    corners = [[float(number) for number in corner.split()] for corner in areas[0].removeprefix("M").split("L")]
    (start, middle), (end, _), *_ = path_points(svg, "line")
    assert [corner[0] for corner in corners] == [start, end, end, start]
    assert corners[0][1] + corners[3][1] == pytest.approx(2 * middle, abs=0.1)
    assert 'class="error' not in svg


def boxes(svg: str) -> tuple[float, float]:
    """The left and right edge of the frame."""
    frame = next(rect for rect in ElementTree.fromstring(svg).iter(f"{SVG}rect") if rect.get("class") == "frame")
    left = float(frame.get("x", ""))
    return left, left + float(frame.get("width", ""))


@pytest.mark.parametrize(
    ("numbers", "length"), [([420.01, 420.09], 6), ([1234.01, 1234.02], 9), ([-10.001, -10.002], 9), ([0, 5], 1)]
)
def test_long_tick_labels_do_not_run_into_the_title(numbers: list[float], length: int) -> None:
    svg = draw_plot(curve([0, 1], numbers)).svg  # type: ignore[arg-type]
    labels = [text for text in ElementTree.fromstring(svg).iter(f"{SVG}text") if text.get("text-anchor") == "end"]
    assert max(len(label.text or "") for label in labels) == length
    # A digit in 12 pixel type is at most 7 pixels wide; the title ends 18 pixels from the left.
    assert all(float(label.get("x", "")) - 7 * len(label.text or "") >= 17 for label in labels)
    (x, _), *_ = path_points(svg, "line")
    left, right = boxes(svg)
    assert left < x < right


def test_long_tick_labels_on_the_right_narrow_the_frame() -> None:
    plain = {"label": "Peak", "unit": "cm", "log": False, "reversed": False}
    drawn = [
        draw_plot(_two_axes(plain, [{"name": "a", "x": [0, 1], "y": ys, "line": True, "on_second_axis": True}])).svg
        for ys in ([0.0, 1.0], [1234.011, 1234.012])
    ]
    assert boxes(drawn[0])[1] == WITH_RIGHT_AXIS.right
    assert boxes(drawn[1])[1] < WITH_RIGHT_AXIS.right - 10


def test_a_second_axis_has_its_own_range_and_label() -> None:
    second = {"label": "Efficiency", "unit": "%", "log": False, "reversed": False}
    series = [
        {"name": "capacity", "x": [0, 1], "y": [0, 1], "line": True},
        {"name": "efficiency", "x": [0, 1], "y": [99, 100], "line": True, "on_second_axis": True},
    ]
    svg = draw_plot(_two_axes(second, series)).svg
    lines = [
        p.get("d") for p in ElementTree.fromstring(svg).iter(f"{SVG}path") if p.get("class", "").startswith("line")
    ]
    assert lines[0] == lines[1]
    assert "Efficiency / %" in svg


def _two_axes(second: dict[str, object], series: list[dict[str, object]]) -> Curve:
    drawn = curve([], [], x={"label": "Depth", "unit": "cm", "log": False, "reversed": False})
    drawn.data |= {"y2": second, "series": series}
    return drawn


def test_a_second_line_against_time_has_a_strip_below_the_first() -> None:
    series = [
        {"name": "Voltage", "x": [0, 1], "y": [0, 1], "line": True},
        {"name": "Current", "x": [0, 1], "y": [-1, 1], "line": True, "on_second_axis": True},
    ]
    drawn = curve([], [], series={}, y2={"label": "Current", "unit": "mA"})
    drawn.data |= {"series": series}
    svg = draw_plot(drawn).svg
    voltage, current = (
        [float(step.split()[1]) for step in p.get("d", "").removeprefix("M").split("L")]
        for p in ElementTree.fromstring(svg).iter(f"{SVG}path")
        if p.get("class", "").startswith("line")
    )
    assert max(voltage) < min(current)
    assert svg.count('class="frame"') == 2
    assert "Current / mA" in svg


def test_error_bars_far_beyond_the_points_end_at_the_edge_of_the_plot() -> None:
    axis = {"label": "R", "unit": "Ω", "log": True, "reversed": False}
    series = {"line": False, "y_lower": [1.0, 2.0], "y_upper": [3.0, 1e24]}
    svg = draw_plot(curve([0, 1], [2.0, 3.0], series=series, y=axis)).svg
    assert f"V{PLAIN.top:.1f}" in svg
    assert "10²⁴" not in svg


def test_labels_of_the_x_axis_never_overlap() -> None:
    axis = {"label": "τ", "unit": "s", "log": True, "reversed": False}
    svg = draw_plot(curve([3.1e-7, 9e-7], [0, 1], x=axis)).svg
    labels = [t for t in ElementTree.fromstring(svg).iter(f"{SVG}text") if t.get("text-anchor") == "middle"][:-2]
    ends = [(float(t.get("x", "")), 3.2 * len(t.text or "")) for t in labels]
    assert len(ends) > 2
    assert all(b[0] - b[1] > a[0] + a[1] for a, b in itertools.pairwise(ends))


def test_a_blocking_tail_does_not_hide_the_arcs() -> None:
    arcs = [(10.0, 0.1), (20.0, 8.0), (30.0, 1.0), (31.0, 20.0), (50.0, 900.0), (900.0, 90_000.0)]
    drawn = draw_plot(curve([x for x, _ in arcs], [y for _, y in arcs], equal_aspect=True))
    first, top, foot, *_ = path_points(drawn.svg, "line")
    assert foot[0] - first[0] > 80
    assert first[1] - top[1] > 25
    assert "tail" in drawn.remark


def test_a_long_axis_title_takes_two_lines() -> None:
    axis = {"label": "Voltage hysteresis at half capacity", "unit": "V", "log": False, "reversed": False}
    texts = [t.text for t in ElementTree.fromstring(draw_plot(curve([0, 1], [0, 1], y=axis)).svg).iter(f"{SVG}text")]
    assert [text for text in texts if text and text.endswith(("hysteresis", "capacity / V"))] == texts[-2:]


def test_the_drawing_has_a_title_and_a_description() -> None:
    root = ElementTree.fromstring(draw_plot(curve([0, 1], [0, 1])).svg)
    labelled = root.get("aria-labelledby", "").split()
    texts = {element.get("id"): element.text for element in root if element.get("id")}
    assert texts[labelled[0]] == "A <curve>"
    assert "Time / s" in (texts[labelled[1]] or "")


NAMED = {"line": False, "markers": True}


def _of_cells(*names: str) -> dict[str, Any]:
    """A plot with a series for each cell, at its number, and their mean."""
    cells = [{"name": name, "x": [float(at)], "y": [at], **NAMED} for at, name in enumerate(names, start=1)]
    mean = {"name": "Mean", "x": [1.0, float(len(names))], "y": [1.5, 1.5]}
    return {"x": {"label": "Cell", "unit": ""}, "y": {"label": "Width", "unit": "mm"}, "series": [*cells, mean]}


def test_an_axis_of_cells_has_their_names() -> None:
    plot = draw_lines("p", "Title", _of_cells("bare", "coated"))
    assert ">bare</text>" in plot.svg
    assert ">coated</text>" in plot.svg
    assert [entry.name for entry in plot.legend] == ["Mean"]


def test_long_names_of_many_cells_are_slanted() -> None:
    svg = draw_lines("p", "Title", _of_cells(*(f"coated (C-0000{number})" for number in range(8)))).svg
    assert svg.count("rotate(-60)") == 8
