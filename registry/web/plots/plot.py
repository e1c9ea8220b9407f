"""Curves of a run drawn as SVG on the server."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse

from registry.models import Curve, CurveKind, Dataset
from registry.numbers.catalogue import get_or_placeholder, in_sentence
from registry.selectors.cycle_axis import CYCLE, THROUGHPUT, TIME, Positions, has_cycle_axis, move_along
from registry.selectors.files.raw_view import list_raw_views
from registry.web.plots.figure import has_figure
from registry.web.plots.frame import AxisChoice, DrawnPlot, get_anchor
from registry.web.plots.heat_map import draw_heat_map
from registry.web.plots.lines import draw_lines
from registry.web.plots.picture import draw_picture

DRAWINGS = {
    CurveKind.LINE: draw_lines,
    CurveKind.HEAT_MAP: draw_heat_map,
    CurveKind.PICTURE: draw_picture,
}

NYQUIST = ("real_impedance_ohm", "negative_imaginary_impedance_ohm")
"""Quantities of the axes of a Nyquist plot."""


def draw_plot(curve: Curve, positions: Positions | None = None, choice: Mapping[str, str] | None = None) -> DrawnPlot:
    """Draw a curve of any kind; one against cycles on the axis chosen, of those its test has."""
    axis = _chosen_axis(curve, positions or {}, choice or {})
    data = move_along(curve.data, axis, positions or {}) if axis else curve.data
    plot = draw_data(f"curve-{curve.pk or curve.name}", curve.kind, title_of(curve, data), data)
    return _with_addresses(plot, curve, positions or {}, axis) if curve.pk else plot


def name_plot(curve: Curve, positions: Positions | None = None, choice: Mapping[str, str] | None = None) -> DrawnPlot:
    """The plot of a stored curve that a script draws."""
    axis = _chosen_axis(curve, positions or {}, choice or {})
    return _with_addresses(DrawnPlot(curve.title), curve, positions or {}, axis)


def title_of(curve: Curve, data: Mapping[str, Any]) -> str:
    """The title of a curve; of one on another axis, what is drawn against what."""
    if data.get("x", {}).get("quantity", "") in ("", curve.x_quantity):
        return curve.title
    vertical = " and ".join(str(data[name]["label"]) for name in ("y", "y2") if data.get(name))
    return f"{vertical} against {in_sentence(get_or_placeholder(data['x']['quantity']))}"


def _chosen_axis(curve: Curve, positions: Positions, choice: Mapping[str, str]) -> str:
    """The axis in place of the cycle number; empty for none."""
    is_meant = bool(positions) and choice.get("plot") == get_anchor(reverse("web:curve-figure", args=[curve.pk]))
    return choice.get("x", "") if is_meant and choice.get("x") in positions else ""


def _with_addresses(plot: DrawnPlot, curve: Curve, positions: Positions, axis: str) -> DrawnPlot:
    addresses = {name: reverse(f"web:{name}", args=[curve.pk]) for name in ("curve", "curve-figure", "curve-csv")}
    if not has_figure(curve.kind):
        return replace(plot, url=addresses["curve"])
    query = f"?x={axis}" if axis else ""
    source = addresses["curve-figure"] + query
    is_spectrum = (curve.x_quantity, curve.y_quantity) == NYQUIST
    choice = (list_axis_choice(positions, axis),) if positions else ()
    return replace(
        plot,
        url=addresses["curve"] + query,
        source=source,
        csv=addresses["curve-csv"] + query,
        fragment=get_anchor(source),
        axes=choice,
        is_spectrum=is_spectrum,
        scope=curve.run.measurement.refcode if has_cycle_axis(curve) and curve.run.measurement else "",
    )


def list_axis_choice(positions: Collection[str], axis: str) -> AxisChoice:
    """The cycle number and the axes that a test has in its place."""
    names = {CYCLE: "Cycle", TIME: "Time", THROUGHPUT: "Capacity throughput"}
    shown = ((slug, name) for slug, name in names.items() if slug == CYCLE or slug in positions)
    return AxisChoice.of("x", "Against", axis or CYCLE, shown)


def describe_first_cycle(curve: Curve) -> str:
    """From which cycle on a curve is drawn, if cycles before it are not compared with it, and which cycles are."""
    if not has_cycle_axis(curve) or curve.run.measurement is None:
        return ""
    first = min((x for series in curve.data["series"] for x in series["x"] if x is not None), default=0)
    if first <= 1:
        return ""
    groups = (str(message["text"]) for message in curve.run.messages if message["code"] == "cycle-groups")
    return f"From cycle {first:.0f}. {next(groups, 'The analysis excludes earlier cycles.')}"


def list_raw_plots(dataset: Dataset) -> list[DrawnPlot]:
    """The plots of what a data file says, which a script draws."""
    return [
        DrawnPlot(
            view.title,
            source=reverse("web:dataset-figure", args=[dataset.pk, view.name]),
            csv=reverse("web:dataset-csv", args=[dataset.pk, view.name]),
        )
        for view in list_raw_views(dataset)
    ]


def draw_data(name: str, kind: str, title: str, data: dict[str, Any]) -> DrawnPlot:
    """Draw the data of a curve; `name` is unique on the page."""
    return DRAWINGS[CurveKind(kind)](name, title, data)
