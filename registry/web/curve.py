"""The page of a curve: in other units, and with other curves of the same quantities."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from registry.models import Curve
from registry.numbers.units import UnitError
from registry.selectors.curve import (
    OverlayError,
    convert_axes,
    list_curves_of_other_cells,
    list_overlay_candidates,
    overlay_curves,
    unpack_grids,
)
from registry.web.plots.figure import has_figure
from registry.web.plots.plot import draw_data
from registry.web.plots.request import csv_response, figure_response

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


@dataclass(frozen=True)
class CurveView:
    """A curve as a request asks for it: its data in the units chosen, with other curves."""

    curve: Curve
    data: dict[str, Any]
    unit_fields: list[UnitField]
    error: str
    candidates: list[tuple[Curve, bool]]
    of_other_cells: list[tuple[Curve, bool]]
    refcodes: list[str]


@require_safe
def curve_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One curve, with a choice of units and of other curves of the same quantities, of this cell and of others."""
    view = _get_view(request, pk)
    plot = draw_data(f"curve-{pk}", view.curve.kind, view.curve.title, view.data)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    sources = {name: f"{reverse(f'web:curve-{name}', args=[pk])}{query}" for name in ("figure", "csv")}
    context = {
        "curve": view.curve,
        "run": view.curve.run,
        "plot": replace(plot, source=sources["figure"] if has_figure(view.curve.kind) else "", csv=sources["csv"]),
        "unit_fields": view.unit_fields,
        "error": view.error,
        "candidates": view.candidates,
        "of_other_cells": view.of_other_cells,
        "cells": " ".join(view.refcodes),
    }
    wrong = view.error or any(field.error for field in view.unit_fields)
    return render(request, "web/curve.html", context, status=400 if wrong else 200)


@require_safe
def curve_figure(request: HttpRequest, pk: int) -> HttpResponse:
    """The figure of a curve, with the parameters of its page and a window of its x axis."""
    view = _get_view(request, pk)
    if not has_figure(view.curve.kind):
        raise Http404("A picture has no figure.")
    return figure_response(request, view.curve.kind, view.data)


@require_safe
def curve_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers of a curve as CSV, with the parameters of its page."""
    view = _get_view(request, pk)
    if not has_figure(view.curve.kind):
        raise Http404("A picture has no table of numbers.")
    simulated = "-simulated" if view.curve.run.cell.is_simulated else ""
    filename = f"{view.curve.run.of.refcode}-{slugify(view.curve.title)}{simulated}.csv"
    return csv_response(filename, unpack_grids(view.data))


def _get_view(request: HttpRequest, pk: int) -> CurveView:
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
    data, fields, error = _get_data(curve, others, request)
    if lacking := sorted(named - {other.run.cell.refcode for other in of_others} - {curve.run.cell.refcode}):
        error = error or f"Not shown: {', '.join(lacking)} has no such curve, or you may not see it."
    return CurveView(
        curve,
        data,
        fields,
        error,
        [(other, other in others) for other in candidates],
        [(other, other in others) for other in of_others],
        refcodes,
    )


def _get_data(curve: Curve, others: list[Curve], request: HttpRequest) -> tuple[dict[str, Any], list[UnitField], str]:
    """The data, the units of its axes, and why other curves were left out."""
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
    return data, fields, error


def _convert(data: dict[str, Any], name: str, label: str, unit: str) -> tuple[dict[str, Any], UnitField]:
    if not unit or unit == data[name]["unit"]:
        return data, UnitField(name, label, data[name]["unit"])
    try:
        return convert_axes(data, {name: unit}), UnitField(name, label, unit)
    except UnitError as error:
        return data, UnitField(name, label, unit, str(error))
