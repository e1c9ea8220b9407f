"""The run page and the changes it offers: results, inputs, parameters and provenance of one analysis run."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from registry import plugin_loading
from registry.contract.estimate_encoding import fact_to_json
from registry.hookspecs import Analysis, Parameter
from registry.models import AnalysisRun, Project, RunStatus, Value
from registry.models.analysis_run import PENDING, Run
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.parameters import setting_text
from registry.selectors.analysis_inputs.targets import get_run_target
from registry.selectors.cycle_axis import has_cycle_axis, list_cycle_positions
from registry.selectors.plugins.orphans import missing_quantity_note, plugin_status_note
from registry.selectors.runs.pending import list_pending
from registry.selectors.staleness.outdated import get_outdated_by
from registry.services.run_requests import accept_offer
from registry.web.cell_page.outcome import list_offers
from registry.web.cell_page.place_table import list_place_tables
from registry.web.cell_page.remedy import get_remedy
from registry.web.plots.frame import DrawnPlot
from registry.web.plots.plot import draw_plot
from registry.web.presentation.history import get_author_name
from registry.web.presentation.text import (
    format_fact,
    format_fixed_conditions,
    format_heading,
    format_input_path,
    format_value,
    shows_uncertainty,
    typeset,
)
from registry.web.presentation.uncertainty import format_method_spread, list_component_rows

RUNS_SHOWN = 50
MAX_WORD_LENGTH = 30


@dataclass(frozen=True)
class InputRow:
    """An input of the run, with its current value if that has changed."""

    label: str
    path: str
    text: str
    current: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it has a word too long for a phone screen, such as a hash."""
        return any(len(word) > MAX_WORD_LENGTH for word in self.text.split())


@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run."""
    visible = AnalysisRun.objects.visible_to(request.user)
    run = get_object_or_404(visible.select_related("cell", "measurement", "measurement__cell", "started_by"), pk=pk)
    analysis = plugin_loading.current().analyses.get(run.analysis)
    stored = list(run.values.order_by("pk"))
    values = [_build_value_row(value) for value in stored if not value.place]
    components = list_component_rows(stored)
    has_ended = run.finished_at is not None and run.started_at is not None
    siblings = visible.filter(**run.target._asdict(), analysis=run.analysis)
    shown_siblings = list(siblings.defer("inputs", "software").order_by("-pk")[:RUNS_SHOWN])
    is_queued = any(sibling.status in PENDING for sibling in shown_siblings)
    context = {
        "run": run,
        "may_edit": Project.objects.editable_by(request.user).filter(pk=run.cell.project_id).exists(),
        "remedy": get_remedy(run) if run.status == RunStatus.REFUSED else None,
        "title": analysis.title if analysis else run.analysis,
        "outdated_by": get_outdated_by(run.analysis, run.version, run.source_hash),
        "loaded_version": analysis.version if analysis else "",
        "removed_reason": "" if analysis else plugin_status_note(run.plugin),
        "started_by": get_author_name(run.started_by, request.user),
        "inputs": list_inputs(run),
        "parameters": list_parameters(run, analysis),
        "values": values,
        "place_tables": list_place_tables(stored, {}),
        "components": components,
        "shows_uncertainty": any(map(shows_uncertainty, stored)),
        "scope": _format_scope(run),
        "run_messages": [
            {**message, "text": typeset(message["text"]), "offers": () if is_queued else list_offers(run, index)}
            for index, message in enumerate(run.messages)
        ],
        "plots": _list_plots(run, request),
        "latest": None if run.is_latest or not has_ended else siblings.filter(is_latest=True).first(),
        "siblings": shown_siblings,
        "seconds": f"{(run.finished_at - run.started_at).total_seconds():.2f}" if has_ended else "",
        "has_ended": has_ended,
        # A run that has ended since it was loaded is no longer in the list: the page then asks again at once.
        "pending": [] if has_ended else list_pending(run.cell) or ["ended"],
        "target_url": run.of.get_absolute_url(),
    }
    return render(request, "web/run.html", context)


def _list_plots(run: AnalysisRun, request: HttpRequest) -> list[DrawnPlot]:
    curves = list(run.curves.order_by("pk"))
    test = run.measurement_id if any(map(has_cycle_axis, curves)) else None
    axes = list_cycle_positions([test]).get(test, {}) if test else {}
    return [draw_plot(curve, axes if has_cycle_axis(curve) else {}, request.GET) for curve in curves]


@require_POST
def accept_run_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """Make the change of a parameter that a message offers, and show the record again."""
    visible = AnalysisRun.objects.visible_to(request.user)
    run = get_object_or_404(visible.select_related("cell__project", "measurement__cell"), pk=pk)
    try:
        places = int(request.POST["message"]), int(request.POST["offer"])
    except (KeyError, ValueError) as error:
        raise Http404("This change is not available.") from error
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in to change parameters.")
    try:
        new = accept_offer(run, message=places[0], offer=places[1], by=request.user)
    except ObjectDoesNotExist as error:
        raise Http404("This change is not available.") from error
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _describe_change(run, new))
    return HttpResponseRedirect(run.of.get_absolute_url())


def _describe_change(run: AnalysisRun, new: AnalysisRun) -> str:
    """The parameter that changed, before and after, and what is computed again."""
    analysis = plugin_loading.current().analyses[run.analysis]
    before = {label: text for label, text, _ in list_parameters(run, analysis)}
    after = [(label, text) for label, text, _ in list_parameters(new, analysis) if before.get(label) != text]
    changes = "; ".join(f"{label}: {text} (before: {before.get(label, 'not set')})" for label, text in after)
    return f"{changes}. {analysis.title} is queued again."


def list_inputs(run: AnalysisRun) -> list[InputRow]:
    """All inputs of the run, with their current values if the run is stale."""
    current: dict[str, Any] = {}
    target = get_run_target(run) if run.stale_since else None
    if target:
        facts = target.facts
        current = {path: fact_to_json(facts.get(path)) for path in run.inputs}
    return [
        InputRow(
            format_input_path(path),
            path,
            format_fact(path, stored),
            format_fact(path, current[path]) if path in current and current[path] != stored else "",
        )
        for path, stored in run.inputs.items()
    ]


def list_parameters(run: Run, analysis: Analysis | None) -> list[tuple[str, str, str]]:
    """Label, value with unit, and help of each parameter."""
    declared = {parameter.name: parameter for parameter in analysis.parameters} if analysis else {}
    return [_format_parameter(name, value, declared.get(name)) for name, value in run.parameters.items()]


def _format_parameter(name: str, value: Any, parameter: Parameter | None) -> tuple[str, str, str]:
    """A parameter that was set, also one that is no longer declared."""
    text = setting_text(value)
    if isinstance(value, int | float):
        text = typeset(text)
    if parameter is None:
        return name.replace("_", " ").capitalize(), text or "not set", ""
    return parameter.label, f"{text} {parameter.unit}".strip() if text else "not set", parameter.help


def _format_scope(run: AnalysisRun) -> str:
    """Subject of a run on a cell: the cell, or the series under its fixed conditions."""
    if not run.series:
        return "cell level"
    fixed = format_fixed_conditions(run.fixed_conditions)
    return f"series at {fixed}" if fixed else "series"


def _build_value_row(value: Value) -> tuple[str, str, str, str, Value]:
    """Heading, a note if the quantity is not registered, number, the number by each method, and value; the number is
    empty if it is missing."""
    heading, note = format_heading(get_or_placeholder(value.quantity)), missing_quantity_note(value.quantity)
    return heading, note, "" if value.missing else format_value(value), format_method_spread(value), value
