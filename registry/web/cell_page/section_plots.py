"""The plots of the runs of a cell: the first are drawn on the server, a script fetches the others."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from django.db.models import Case, F, When

from registry.models import AnalysisRun, Curve, CurveKind
from registry.selectors.cycle_axis import has_cycle_axis, list_cycle_positions
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.plot import describe_first_cycle, draw_plot, name_plot

PLOTS_DRAWN = 12
"""Plots drawn on the server; a script fetches the others when they come into view."""


def list_plots(runs: Mapping[int, AnalysisRun], choice: Mapping[str, str]) -> Iterator[tuple[int, DrawnPlot]]:
    """The run and the plot of each curve, in the order of the page, without lines of a single x.

    `choice` says on which axis `x` the cycles of the plot with the id `plot` are.
    """
    order = (F("run__measurement").asc(nulls_first=True), "id")
    stored = Curve.objects.filter(run__in=runs).select_related("run__measurement", "run__cell").defer("data", *UNUSED)
    first = Curve.objects.filter(run__in=runs).order_by(*order).values("pk")[:PLOTS_DRAWN]
    curves = list(stored.annotate(drawn=Case(When(pk__in=first, then=F("data")))).order_by(*order))
    tests = {curve.run.measurement_id for curve in curves if has_cycle_axis(curve) and curve.run.measurement_id}
    positions = list_cycle_positions(tests) if tests else {}
    for curve in curves:
        axes = positions.get(curve.run.measurement_id or 0, {}) if has_cycle_axis(curve) else {}
        if curve.drawn is None:
            yield curve.run_id, name_plot(curve, axes, choice)
            continue
        curve.data = curve.drawn
        if not _is_single_point(curve):
            plot = draw_plot(curve, axes, choice)
            curve.run.messages = runs[curve.run_id].messages
            yield curve.run_id, replace(plot, remark=f"{plot.remark} {describe_first_cycle(curve)}".strip())


UNUSED = ("run__inputs", "run__software", "run__parameters", "run__messages")


def _is_single_point(curve: Curve) -> bool:
    """Whether all points of a line have the same x, as for a test of one cycle."""
    return curve.kind == CurveKind.LINE and len({x for series in curve.data["series"] for x in series["x"]}) < 2
