"""Curves of a run drawn as SVG on the server."""

from dataclasses import replace
from typing import Any

from django.urls import reverse

from registry.models import Curve, CurveKind, Dataset
from registry.selectors.raw_view import list_raw_views
from registry.web.plots.figure import has_figure
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.heat_map import draw_heat_map
from registry.web.plots.lines import draw_lines
from registry.web.plots.picture import draw_picture

DRAWINGS = {
    CurveKind.LINE: draw_lines,
    CurveKind.HEAT_MAP: draw_heat_map,
    CurveKind.PICTURE: draw_picture,
}


def draw_plot(curve: Curve) -> DrawnPlot:
    """Draw a curve of any kind."""
    plot = draw_data(f"curve-{curve.pk or curve.name}", curve.kind, curve.title, curve.data)
    return _with_addresses(plot, curve) if curve.pk else plot


def name_plot(curve: Curve) -> DrawnPlot:
    """The plot of a stored curve that a script draws."""
    return _with_addresses(DrawnPlot(curve.title), curve)


def _with_addresses(plot: DrawnPlot, curve: Curve) -> DrawnPlot:
    addresses = {name: reverse(f"web:{name}", args=[curve.pk]) for name in ("curve", "curve-figure", "curve-csv")}
    if not has_figure(curve.kind):
        return replace(plot, url=addresses["curve"])
    return replace(plot, url=addresses["curve"], source=addresses["curve-figure"], csv=addresses["curve-csv"])


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
