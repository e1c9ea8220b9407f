"""The page of a curve: in other units, and with other curves of the same quantities."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from registry.models import Cell, Curve
from registry.models.record import is_key
from registry.numbers.units import UnitError
from registry.selectors.curve import (
    OverlayError,
    convert_axes,
    list_curves_of_other_cells,
    list_named_curves,
    list_overlay_candidates,
    overlay_curves,
    unpack_grids,
)
from registry.selectors.cycle_axis import CYCLE, has_cycle_axis, list_cycle_positions, move_along
from registry.web.cell_page.outcome import get_analysis_title
from registry.web.plots.figure import has_figure
from registry.web.plots.plot import describe_first_cycle, draw_data, list_axis_choice, title_of
from registry.web.plots.request import csv_response, figure_response
from registry.web.plots.standalone import drawing_response

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
    axes: Collection[str]
    """Axes on which the cycles of the curve can be, besides their number."""
    axis: str

    @property
    def other_cells(self) -> list[Cell]:
        """The other cells whose curves are drawn."""
        return [other.run.cell for other, is_chosen in self.of_other_cells if is_chosen]


@require_safe
def curve_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One curve, with a choice of units and of other curves of the same quantities, of this cell and of others."""
    view = _get_view(request, pk)
    plot = draw_data(f"curve-{pk}", view.curve.kind, title_of(view.curve, view.data), view.data)
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    sources = {name: f"{reverse(f'web:curve-{name}', args=[pk])}{query}" for name in ("figure", "csv")}
    context = {
        "curve": view.curve,
        "run": view.curve.run,
        "analysis_title": get_analysis_title(view.curve.run),
        "plot": replace(
            plot,
            source=sources["figure"] if has_figure(view.curve.kind) else "",
            csv=sources["csv"],
            remark=f"{plot.remark} {describe_first_cycle(view.curve)}".strip(),
        ),
        "unit_fields": view.unit_fields,
        "error": view.error,
        "axis_choice": list_axis_choice(view.axes, view.axis) if view.axes else None,
        "candidates": view.candidates,
        "of_other_cells": view.of_other_cells,
        "cells": " ".join(view.refcodes),
        "others": list({cell.pk: cell for cell in view.other_cells}.values()),
    }
    wrong = view.error or any(field.error for field in view.unit_fields)
    return render(request, "web/curve.html", context, status=400 if wrong else 200)


@require_safe
def curve_figure(request: HttpRequest, pk: int) -> HttpResponse:
    """The figure of a curve, with the parameters of its page and a window of its x axis."""
    view = _get_view(request, pk)
    if not has_figure(view.curve.kind):
        raise Http404("An image has no figure.")
    remark = view.error or describe_first_cycle(view.curve)
    described: dict[str, Any] = {"remark": remark} if remark else {}
    if view.axes:
        described |= {"title": title_of(view.curve, view.data), "remark": remark, "choices": {"x": view.axis or CYCLE}}
    return figure_response(request, view.curve.kind, view.data, **described)


@require_safe
def curve_drawing(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawing of a curve for print, with the parameters of its page."""
    view = _get_view(request, pk)
    if not has_figure(view.curve.kind):
        raise Http404("An image has no figure.")
    title = title_of(view.curve, view.data)
    return drawing_response(draw_data(f"curve-{pk}", view.curve.kind, title, view.data))


@require_safe
def curve_csv(request: HttpRequest, pk: int) -> HttpResponse:
    """The numbers of a curve as CSV, with the parameters of its page."""
    view = _get_view(request, pk)
    if not has_figure(view.curve.kind):
        raise Http404("An image has no table of numbers.")
    simulated = "-simulated" if view.curve.run.cell.is_simulated else ""
    filename = f"{view.curve.run.of.refcode}-{slugify(view.curve.title)}{simulated}.csv"
    return csv_response(filename, unpack_grids(view.data))


def _get_view(request: HttpRequest, pk: int) -> CurveView:
    visible = Curve.objects.visible_to(request.user).select_related("run__cell", "run__measurement__cell")
    curve = get_object_or_404(visible, pk=pk)
    candidates = list(list_overlay_candidates(curve, request.user))
    refcodes = request.GET.get("cells", "").replace(",", " ").upper().split()[:MOST_CELLS]
    chosen = {key for key in request.GET.getlist("with") if is_key(key)}
    of_others = list(list_curves_of_other_cells(curve, request.user, refcodes))
    listed = {other.pk for other in (*candidates, *of_others)}
    of_others += list_named_curves(curve, request.user, {int(key) for key in chosen} - listed) if chosen else []
    named = set(refcodes)
    others = [
        other for other in (*candidates, *of_others) if str(other.pk) in chosen or other.run.cell.refcode in named
    ]
    axes, axis, wrong_axis = _move(curve, others, request.GET.get("x", ""))
    data, fields, error = _get_data(curve, others, request)
    error = error or wrong_axis
    if lacking := sorted(named - {other.run.cell.refcode for other in of_others} - {curve.run.cell.refcode}):
        error = error or f"Not shown: {', '.join(lacking)} has no such curve, or you do not have access."
    return CurveView(
        curve,
        data,
        fields,
        error,
        [(other, other in others) for other in candidates],
        [(other, other in others) for other in of_others],
        refcodes,
        axes,
        axis,
    )


def _move(curve: Curve, others: list[Curve], axis: str) -> tuple[Collection[str], str, str]:
    """Put the cycles of these curves on another axis; return which there are, which is shown in place of the cycle
    number, and why another is not."""
    shown = (curve, *others)
    tests = {of_test.run.measurement_id for of_test in shown if of_test.run.measurement_id}
    positions = list_cycle_positions(tests) if has_cycle_axis(curve) else {}
    axes = positions.get(curve.run.measurement_id or 0, {})
    if axis in ("", CYCLE):
        return axes, "", ""
    if axis not in axes:
        known = ", ".join([CYCLE, *axes]) if has_cycle_axis(curve) else "none, since it is not plotted against cycles"
        return axes, "", f"This curve has no axis ‘{axis}’. Axes to choose from: {known}."
    lacking = [other.run.of.refcode for other in others if axis not in positions.get(other.run.measurement_id or 0, {})]
    if lacking:
        return (
            axes,
            "",
            f"Plotted against the cycle number: ‘{axis}’ is not known for every cycle of {', '.join(lacking)}.",
        )
    for of_test in shown:
        of_test.data = move_along(of_test.data, axis, positions[of_test.run.measurement_id or 0])
    return axes, axis, ""


def _get_data(curve: Curve, others: list[Curve], request: HttpRequest) -> tuple[dict[str, Any], list[UnitField], str]:
    """The data, the units of its axes, and why other curves were left out."""
    data, error = curve.data, ""
    try:
        data = _overlay([curve, *others]) if others else data
    except (OverlayError, UnitError) as problem:
        error = f"Not shown together: {problem}."
    fields = []
    for name, label in AXES.items():
        if data.get(name):
            data, field = _convert(data, name, label, request.GET.get(f"{name}_unit", "").strip())
            fields.append(field)
    return data, fields, error


def _overlay(curves: list[Curve]) -> dict[str, Any]:
    return overlay_curves(curves, by_cell=len({curve.run.cell_id for curve in curves}) > 1)


def _convert(data: dict[str, Any], name: str, label: str, unit: str) -> tuple[dict[str, Any], UnitField]:
    if not unit or unit == data[name]["unit"]:
        return data, UnitField(name, label, data[name]["unit"])
    try:
        return convert_axes(data, {name: unit}), UnitField(name, label, unit)
    except UnitError as error:
        return data, UnitField(name, label, unit, str(error))
