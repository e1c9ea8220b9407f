"""The page of a curve: in other units, and with other curves of the same quantities."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.models import Curve
from registry.numbers.units import UnitError
from registry.selectors.curve import (
    OverlayError,
    convert_axes,
    list_curves_of_other_cells,
    list_overlay_candidates,
    overlay_curves,
)
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.plot import draw_data

AXES = {"x": "x axis", "y": "y axis", "y2": "second y axis", "z": "colours"}
GRIDS = ("z_values", "picture", "mask")
MOST_CELLS = 20


@dataclass(frozen=True)
class UnitField:
    """The unit of an axis, as chosen."""

    name: str
    label: str
    unit: str
    error: str = ""


@require_safe
def curve_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One curve, with a choice of units and of other curves of the same quantities, of this cell and of others."""
    visible = Curve.objects.visible_to(request.user).select_related("run__cell", "run__measurement__cell")
    curve = get_object_or_404(visible, pk=pk)
    candidates = list(list_overlay_candidates(curve, request.user))
    refcodes = request.GET.get("cells", "").replace(",", " ").upper().split()[:MOST_CELLS]
    of_others = list(list_curves_of_other_cells(curve, request.user, refcodes))
    chosen = {key for key in request.GET.getlist("with") if key.isdecimal()}
    named = set(refcodes)
    others = [
        other for other in (*candidates, *of_others) if str(other.pk) in chosen or other.run.cell.refcode in named
    ]
    plot, fields, error = _draw(curve, others, request)
    if lacking := sorted(named - {other.run.cell.refcode for other in of_others} - {curve.run.cell.refcode}):
        error = error or f"Not shown: {', '.join(lacking)} has no such curve, or you may not see it."
    context = {
        "curve": curve,
        "run": curve.run,
        "plot": plot,
        "unit_fields": fields,
        "error": error,
        "candidates": [(other, other in others) for other in candidates],
        "of_other_cells": [(other, other in others) for other in of_others],
        "cells": " ".join(refcodes),
    }
    return render(request, "web/curve.html", context, status=400 if error or any(f.error for f in fields) else 200)


def _draw(curve: Curve, others: list[Curve], request: HttpRequest) -> tuple[DrawnPlot, list[UnitField], str]:
    """The plot, the units of its axes, and why other curves were left out."""
    data, error = curve.data, ""
    try:
        data = overlay_curves([curve, *others]) if others else data
    except (OverlayError, UnitError) as problem:
        error = f"Not shown together: {problem}."
    fields = []
    for name, label in AXES.items():
        if data.get(name):
            data, field = _convert(data, name, label, request.GET.get(f"{name}_unit", "").strip())
            fields.append(field)
    return draw_data(f"curve-{curve.pk}", curve.kind, curve.title, data), fields, error


def _convert(data: dict[str, Any], name: str, label: str, unit: str) -> tuple[dict[str, Any], UnitField]:
    if not unit or unit == data[name]["unit"]:
        return data, UnitField(name, label, data[name]["unit"])
    try:
        return convert_axes(data, {name: unit}), UnitField(name, label, unit)
    except UnitError as error:
        return data, UnitField(name, label, unit, str(error))
