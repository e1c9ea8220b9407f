"""The list of groups of cells, the page of a group with its results, and the page of a run on it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from registry import plugin_loading
from registry.contract.estimate_encoding import fact_to_json
from registry.models import (
    PENDING,
    Cell,
    CellGroup,
    GroupCurve,
    GroupMember,
    GroupRun,
    GroupValue,
    Project,
)
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.analysis_inputs.group_targets import get_group_targets, get_techniques, suits_group
from registry.selectors.built_alike import TOLERANCE, find_built_alike
from registry.selectors.layer_number import layer_number
from registry.selectors.runs.pending import name_pending
from registry.selectors.simulated import OF_SIMULATED_CELL, has_simulated_member
from registry.selectors.staleness.outdated import get_outdated_by
from registry.selectors.staleness.outdated_results import get_outdated_group_results
from registry.services.cell_group import group_replicates
from registry.services.runs.groups import queue_due_group_runs
from registry.web.entry.base.access import require_editable, sign_in_first, signed_in
from registry.web.outdated import say_queued
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.plot import draw_data
from registry.web.presentation.group_inputs import (
    format_group_conditions,
    format_group_fact,
    format_group_path,
    is_shown,
)
from registry.web.presentation.group_remarks import RemarkKind, list_remark_kinds
from registry.web.presentation.group_table import CELL, CellTable, build_cell_table
from registry.web.presentation.history import get_author_name
from registry.web.presentation.parameters import takes
from registry.web.presentation.text import format_heading, format_number, format_written
from registry.web.presentation.uncertainty import format_components, format_method_spread, list_component_rows
from registry.web.run import InputRow, list_parameters

PLOTS_SHOWN = 3
ROWS_SHOWN = 8
REMARKS_SHOWN = 20
"""Of one kind on the page of a group; that of the run has all, and all plots."""
RUNS_SHOWN = 50
MOST_MEMBERS = 200


@dataclass(frozen=True)
class ValueRow:
    """A value of a group in a table."""

    heading: str
    conditions: str
    text: str
    """The number; empty if it is missing."""
    value: GroupValue

    @property
    def components(self) -> str:
        """Components of the uncertainty in one line; empty if unknown."""
        return format_components(self.value)

    @property
    def methods(self) -> str:
        """The number by each method, in one line; empty if there is only one."""
        return format_method_spread(self.value)


@dataclass(frozen=True)
class RunSection:
    """A run on the page of a group."""

    run: GroupRun
    title: str
    rows: Sequence[ValueRow]
    remarks: Sequence[RemarkKind]
    plots: Sequence[DrawnPlot]
    further_plots: int = 0
    cell_table: CellTable | None = None

    @property
    def first_rows(self) -> Sequence[ValueRow]:
        """The values that are shown without a fold."""
        return self.rows[:ROWS_SHOWN]

    @property
    def further_rows(self) -> Sequence[ValueRow]:
        return self.rows[ROWS_SHOWN:]


@require_safe
@takes()
def group_list(request: HttpRequest) -> HttpResponse:
    """All visible groups with the number of their cells."""
    groups = CellGroup.objects.visible_to(request.user).select_related("project").annotate(cell_count=Count("members"))
    ordered = groups.order_by("project__name", "name", "pk")
    context = {"groups": ordered.filter(~has_simulated_member()), "simulated": ordered.filter(has_simulated_member())}
    return render(request, "web/groups.html", context)


@require_safe
def built_alike_page(request: HttpRequest) -> HttpResponse:
    """Sets of nominally identical cells by their recipe, each with a button that groups them."""
    projects = set(Project.objects.editable_by(request.user).values_list("pk", flat=True))
    sets = [(alike, alike.project.pk in projects) for alike in find_built_alike(request.user)]
    context = {"sets": sets, "tolerance": f"{TOLERANCE:.0%}".replace("%", " %")}
    return render(request, "web/built_alike.html", context)


@require_POST
def group_built_alike(request: HttpRequest) -> HttpResponse:
    """Group the cells with these refcodes as replicates, and show the group."""
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in to group cells.")
    refcodes = request.POST.getlist("cell")[:MOST_MEMBERS]
    cells = list(Cell.objects.visible_to(request.user).filter(refcode__in=refcodes).order_by("pk"))
    try:
        group = group_replicates(cells, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("web:built-alike"))
    messages.success(request, f"{len(cells)} cells grouped as replicates; their statistics are being computed.")
    return HttpResponseRedirect(group.get_absolute_url())


@require_safe
def group_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One group: its cells, and the current results."""
    group = get_object_or_404(CellGroup.objects.visible_to(request.user).select_related("project"), pk=pk)
    members = list(
        group.members.select_related("cell")
        .prefetch_related("cell__layers__formulation__ingredients__material")
        .order_by("position")
    )
    runs = list(group.runs.filter(GroupRun.current).defer("software").order_by("analysis", "pk"))
    latest = [run for run in runs if run.is_latest]
    names = {run.analysis for run in runs}
    techniques = get_techniques([group.pk]).get(group.pk, {})
    may_edit = Project.objects.editable_by(request.user).filter(pk=group.project_id).exists()
    context = {
        "group": group,
        "simulated": any(member.cell.is_simulated for member in members),
        "members": [(member, _recipe_text(member, group.over)) for member in members],
        "sections": [_build_section(run, PLOTS_SHOWN, REMARKS_SHOWN) for run in latest],
        "pending": _name_pending(runs),
        "pending_runs": [(_title(run), run) for run in runs if run.status in PENDING],
        "follow": reverse("web:group-pending", args=[group.pk]),
        "outdated": get_outdated_group_results(runs, may_edit=may_edit),
        "rerun_url": reverse("web:group-due", args=[group.pk]),
        "not_run": [
            analysis
            for analysis in plugin_loading.current().analyses.values()
            if analysis.name not in names and suits_group(analysis, group.kind, len(members), techniques)
        ],
        "may_edit": may_edit,
    }
    return render(request, "web/group.html", context)


@require_safe
def group_pending(request: HttpRequest, pk: int) -> JsonResponse:
    """The runs of a group in progress, polled by its page."""
    group = get_object_or_404(CellGroup.objects.visible_to(request.user), pk=pk)
    return JsonResponse({"pending": _name_pending(group.runs.filter(GroupRun.current).only("pk", "status"))})


def _name_pending(runs: Iterable[GroupRun]) -> list[str]:
    return name_pending((), [(run.pk, run.status) for run in runs])


@sign_in_first
@require_POST
def run_due_of_group(request: HttpRequest, pk: int) -> HttpResponse:
    """Compute the outdated results of a group again, or the analysis that was chosen and has not run yet."""
    user = signed_in(request)
    group = get_object_or_404(CellGroup.objects.visible_to(user).select_related("project"), pk=pk)
    require_editable(group, user)
    outdated = get_outdated_group_results(group.runs.filter(GroupRun.current), may_edit=True)
    chosen = request.POST.get("analysis", "")
    names = [chosen] if chosen else [run.analysis for run in outdated.runs] if outdated else []
    say_queued(request, len(queue_due_group_runs(group, names=names, by=user)))
    return HttpResponseRedirect(group.get_absolute_url())


@require_safe
def group_run_page(request: HttpRequest, pk: int, run_pk: int) -> HttpResponse:
    """One run on a group: results, inputs, parameters and provenance."""
    visible = GroupRun.objects.visible_to(request.user).filter(group=pk)
    run = get_object_or_404(visible.select_related("group", "started_by"), pk=run_pk)
    analysis = plugin_loading.current().analyses.get(run.analysis)
    siblings = visible.filter(analysis=run.analysis).defer("inputs", "software").order_by("-pk")
    context = {
        "run": run,
        "group": run.group,
        "simulated": run.group.members.filter(OF_SIMULATED_CELL).exists(),
        "section": _build_section(run),
        "components": list_component_rows(run.values.order_by("pk")),
        "inputs": list_group_inputs(run),
        "parameters": list_parameters(run, analysis),
        "started_by": get_author_name(run.started_by, request.user),
        "outdated_by": get_outdated_by(run.analysis, run.version, run.source_hash),
        "siblings": siblings[:RUNS_SHOWN],
    }
    return render(request, "web/group_run.html", context)


def list_group_inputs(run: GroupRun) -> list[InputRow]:
    """The inputs of a run, with their current values if it is stale."""
    target = get_group_targets([run.group_id]).get(run.group_id) if run.stale_since else None
    current = {path: fact_to_json(target.facts.get(path)) for path in run.inputs} if target else {}
    over = run.group.over
    return [
        InputRow(
            format_group_path(path),
            path,
            format_group_fact(path, stored, over),
            format_group_fact(path, current[path], over) if path in current and current[path] != stored else "",
        )
        for path, stored in run.inputs.items()
        if is_shown(path)
    ]


def _build_section(run: GroupRun, plots_shown: int | None = None, remarks_shown: int | None = None) -> RunSection:
    curves = list(run.curves.order_by("pk"))
    shown = curves if plots_shown is None else curves[:plots_shown]
    values = list(run.values.order_by("pk"))
    return RunSection(
        run,
        _title(run),
        [_build_row(value) for value in values if value.at_kind != CELL],
        list_remark_kinds(run.messages, remarks_shown),
        [_draw(curve) for curve in shown],
        len(curves) - len(shown),
        build_cell_table(run, values),
    )


def _title(run: GroupRun) -> str:
    analysis = plugin_loading.current().analyses.get(run.analysis)
    return analysis.title if analysis else run.analysis


def _build_row(value: GroupValue) -> ValueRow:
    quantity, estimate = get_or_placeholder(value.quantity), value.estimate()
    heading = format_heading(quantity) + (f", {value.place.label}" if value.place else "")
    number = format_number(estimate, quantity) if estimate else ""
    return ValueRow(heading, format_group_conditions(value.conditions), number, value)


def _draw(curve: GroupCurve) -> DrawnPlot:
    return draw_data(f"group-curve-{curve.pk}", curve.kind, curve.title, curve.data)


def _recipe_text(member: GroupMember, over: str) -> str:
    """The recipe number of a cell as entered."""
    role, _, path = over.partition(".")
    layers = [layer for layer in member.cell.layers.all() if layer.role == role]
    number = layer_number(layers[0], path) if over and len(layers) == 1 else None
    return format_written(number.text or number.missing) if number else ""
