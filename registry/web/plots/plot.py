"""Curves of a run drawn as SVG on the server."""

from dataclasses import replace
from typing import Any

from django.urls import reverse

from registry.models import Curve, CurveKind
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
    return replace(plot, url=reverse("web:curve", args=[curve.pk])) if curve.pk else plot


def draw_data(name: str, kind: str, title: str, data: dict[str, Any]) -> DrawnPlot:
    """Draw the data of a curve; `name` is unique on the page."""
    return DRAWINGS[CurveKind(kind)](name, title, data)
