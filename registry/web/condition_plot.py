"""The figure and the numbers of a plot of several measurements over a condition."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from registry.models import Cell, CurveKind
from registry.models.condition import condition_slugs
from registry.selectors.technique_values import list_technique_values
from registry.web.cell_page.condition_plot import ConditionPlot, build_condition_plot
from registry.web.plots.plot import draw_data
from registry.web.plots.request import csv_response, figure_response
from registry.web.plots.standalone import drawing_response


@require_safe
def condition_figure(request: HttpRequest, refcode: str, technique: str) -> HttpResponse:
    """The figure of the quantity `y` against the condition `x`, with its title and what is drawn."""
    plot = _get_plot(request, refcode, technique)
    choices = {"y": plot.quantity, "x": plot.condition}
    return figure_response(request, CurveKind.LINE, plot.data, title=plot.title, remark=plot.remark, choices=choices)


@require_safe
def condition_drawing(request: HttpRequest, refcode: str, technique: str) -> HttpResponse:
    """The drawing of the same plot, for print."""
    plot = _get_plot(request, refcode, technique)
    return drawing_response(draw_data(f"conditions-{technique}", CurveKind.LINE, plot.title, plot.data))


@require_safe
def condition_csv(request: HttpRequest, refcode: str, technique: str) -> HttpResponse:
    """The numbers of the same plot."""
    plot = _get_plot(request, refcode, technique)
    return csv_response(f"{refcode}-{plot.quantity}-{plot.condition}.csv", plot.data)


def _get_plot(request: HttpRequest, refcode: str, technique: str) -> ConditionPlot:
    cell = get_object_or_404(Cell.objects.visible_to(request.user), refcode=refcode)
    chosen = [request.GET.get(name, "") for name in ("y", "x")]
    plot = build_condition_plot(list_technique_values(cell, technique), *chosen)
    if plot is None:
        raise Http404(f"No condition varies between the measurements of {refcode} by {technique}.")
    for chosen_slug, known in zip(chosen, (plot.quantities, condition_slugs()), strict=True):
        if chosen_slug and chosen_slug not in known:
            raise Http404(f"‘{chosen_slug}’ cannot be plotted: choose one of {', '.join(known)}.")
    return plot
