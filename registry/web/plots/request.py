"""Figures and tables of numbers of a plot, as its page asks for them."""

import csv
import math
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from registry.contract.table_text import csv_cell, guarded
from registry.web.plots.figure import Window, build_figure
from registry.web.plots.frame import format_axis_label


def figure_response(request: HttpRequest, kind: str, data: dict[str, Any], **described: Any) -> JsonResponse:
    """The figure of a curve, with what else its page shows; `from` and `to` name a window of the x axis."""
    response = JsonResponse(build_figure(kind, data, _parse_window(request)) | described)
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
            writer.writerows(map(csv_cell, (x, y, z)) for x, z in zip(data["x_values"], row, strict=True))
        return response
    head = [format_axis_label(data["x"]), format_axis_label(data["y"])]
    if data.get("y2"):
        head.append(format_axis_label(data["y2"]))
    has_bounds = any(series.get("y_lower") for series in data["series"])
    has_records = any(series.get("records") for series in data["series"])
    bounds_head = ["Lower", "Upper"] if has_bounds else []
    writer.writerow(["Series", *map(guarded, head), *bounds_head, *(["Measurement"] if has_records else [])])
    for series in data["series"]:
        second = bool(series.get("on_second_axis") and data.get("y2"))
        empty = [None] * len(series["x"])
        bounds = (series.get("y_lower") or empty, series.get("y_upper") or empty) if has_bounds else ()
        records = (series.get("records") or empty,) if has_records else ()
        for x, y, *others in zip(series["x"], series["y"], *bounds, *records, strict=True):
            ys = [None, y] if second else [y, None] if data.get("y2") else [y]
            writer.writerow(map(csv_cell, (series["name"], x, *ys, *others)))
    return response
