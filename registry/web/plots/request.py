"""Figures and tables of numbers of a plot, as its page asks for them."""

import csv
import math
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from registry.contract.table_text import guarded
from registry.web.plots.figure import Window, build_figure
from registry.web.plots.frame import format_axis_label


def figure_response(request: HttpRequest, kind: str, data: dict[str, Any]) -> JsonResponse:
    """The figure of a curve; `from` and `to` name a window of the x axis."""
    response = JsonResponse(build_figure(kind, data, _parse_window(request)))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _parse_window(request: HttpRequest) -> Window | None:
    ends = [_parse_number(request.GET.get(name, "")) for name in ("from", "to")]
    lowest, highest = ends
    return None if lowest is None or highest is None else Window(lowest, highest)


def _parse_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def csv_response(filename: str, data: dict[str, Any]) -> HttpResponse:
    """The points of all lines of a plot: a row a point."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(response, lineterminator="\n")
    if "series" not in data:
        writer.writerow([guarded(format_axis_label(data[name])) for name in ("x", "y", "z")])
        for y, row in zip(data["y_values"], data["z_values"], strict=True):
            writer.writerows((x, y, z) for x, z in zip(data["x_values"], row, strict=True))
        return response
    head = [format_axis_label(data["x"]), format_axis_label(data["y"])]
    if data.get("y2"):
        head.append(format_axis_label(data["y2"]))
    has_bounds = any(series.get("y_lower") for series in data["series"])
    writer.writerow(["Series", *map(guarded, head), *(["Lower", "Upper"] if has_bounds else [])])
    for series in data["series"]:
        second = bool(series.get("on_second_axis") and data.get("y2"))
        empty = [None] * len(series["x"])
        bounds = (series.get("y_lower") or empty, series.get("y_upper") or empty) if has_bounds else ()
        for x, y, *ends in zip(series["x"], series["y"], *bounds, strict=True):
            ys = [None, y] if second else [y, None] if data.get("y2") else [y]
            writer.writerow([guarded(series["name"]), x, *ys, *ends])
    return response
