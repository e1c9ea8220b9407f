"""The page that compares cells by a curve that they share: one plot at once, and a choice of the curve."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.models import Cell, Curve
from registry.numbers.units import UnitError
from registry.selectors.curve import (
    OverlayError,
    SharedCurve,
    condition_numbers,
    list_shared_curves,
    load_data,
    name_by_cell,
    overlay_curves,
)
from registry.web.cell_page.outcome import get_analysis_title
from registry.web.plots.plot import draw_data
from registry.web.presentation.filters import encode_query
from registry.web.presentation.text import list_test_conditions

MOST_CELLS = 20
"""Cells whose curves are compared at once."""


@require_safe
def shared_curves(request: HttpRequest) -> HttpResponse:
    """A curve that several of these cells have, drawn in one plot."""
    refcodes = [code.upper() for code in request.GET.getlist("cell")][:MOST_CELLS]
    measurements = [code.upper() for code in request.GET.getlist("measurement")]
    shared = list_shared_curves(refcodes, request.user, measurements)
    key = request.GET.get("curve", "")
    chosen = next((item for item in shared if item.key == key), shared[0] if shared else None)
    cells = Cell.objects.visible_to(request.user).filter(refcode__in=refcodes).order_by("refcode")
    simulated = [cell.is_simulated for cell in cells]
    context: dict[str, Any] = {
        "cells": cells,
        "shared": shared,
        "options": list_options(shared),
        "chosen": chosen,
        "all_simulated": all(simulated),
    }
    if chosen is not None:
        load_data(chosen, request.user)
        context |= _draw(chosen) | {"differences": list_differences(chosen.curves)}
        context["choices"] = list_measurement_choices(chosen)
        context["lacking"] = [cell for cell in cells if cell.refcode not in chosen.refcodes]
        context["is_unknown"] = bool(key) and chosen.key != key
    return render(request, "web/shared_curves.html", context)


def _draw(shared: SharedCurve) -> dict[str, Any]:
    """The plot, or why there is none."""
    first, others = shared.first, shared.curves[1:]
    query = encode_query({"with": [str(curve.pk) for curve in others]})
    url, source, csv = (
        f"{reverse(f'web:{name}', args=[first.pk])}?{query}" for name in ("curve", "curve-figure", "curve-csv")
    )
    try:
        data = overlay_curves(shared.curves, by_cell=True)
    except (OverlayError, UnitError) as error:
        return {"url": url, "error": f"Not shown together: {error}."}
    plot = draw_data(f"curve-{first.pk}", first.kind, first.title, data)
    return {"plot": replace(plot, source=source, csv=csv), "url": url}


def list_options(shared: Sequence[SharedCurve]) -> list[tuple[SharedCurve, str]]:
    """Each curve with its title; one of several with the same title with its analysis."""
    numbers = Counter(item.first.title for item in shared)
    return [
        (item, f"{title} ({get_analysis_title(item.first.run)})" if numbers[title := item.first.title] > 1 else title)
        for item in shared
    ]


def list_measurement_choices(shared: SharedCurve) -> list[tuple[Cell, list[tuple[str, str, bool]]]]:
    """Cells with several measurements that have the curve: of each its refcode, its conditions, and whether it is
    shown."""
    return [
        (curve.run.cell, [_describe_choice(candidate, is_shown=candidate.pk == curve.pk) for candidate in candidates])
        for curve, candidates in zip(shared.curves, shared.candidates, strict=True)
        if len(candidates) > 1
    ]


def _describe_choice(curve: Curve, *, is_shown: bool) -> tuple[str, str, bool]:
    measurement = curve.run.measurement
    conditions = list_test_conditions(measurement, in_line=True) if measurement else []
    return curve.run.of.refcode, ", ".join(text for _, text in conditions), is_shown


def list_differences(curves: Sequence[Curve]) -> list[str]:
    """The conditions that differ between the measurements of these curves, each with its numbers by cell."""
    if len({condition_numbers(curve) for curve in curves if curve.run.measurement}) < 2:
        return []
    named = zip(curves, name_by_cell(curves), strict=True)
    measured = [(curve.run.measurement, name) for curve, name in named if curve.run.measurement]
    texts = [dict(list_test_conditions(measurement)) for measurement, _ in measured]
    lines = []
    for condition in dict.fromkeys(name for by_name in texts for name in by_name):
        by_text: dict[str, list[str]] = {}
        for by_name, (_, cell) in zip(texts, measured, strict=True):
            by_text.setdefault(by_name.get(condition, "not stated"), []).append(cell)
        if len(by_text) > 1:
            lines.append(f"{condition}: " + "; ".join(f"{text} ({', '.join(of)})" for text, of in by_text.items()))
    return lines
