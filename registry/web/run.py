"""The provenance of a result: one run of an analysis, with everything it read."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.contract.estimate_encoding import fact_to_json
from registry.hookspecs import Analysis, Parameter
from registry.models import AnalysisRun, Project, Value
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.analysis_inputs.targets import get_target
from registry.selectors.orphans import plugin_status_note
from registry.web.plots.plot import plot_of
from registry.web.presentation.history import who
from registry.web.presentation.text import fact_text, heading, path_words, typeset, value_text

RUNS_SHOWN = 50
LONGEST_WORD = 30
UNIT_WORDS = ("hz", "percent", "volt")


@dataclass(frozen=True)
class InputRead:
    """A fact the run read, and what stands there now if that is another."""

    words: str
    path: str
    text: str
    now: str = ""

    @property
    def is_long(self) -> bool:
        """Whether it has a word no phone has room for, such as a hash."""
        return any(len(word) > LONGEST_WORD for word in self.text.split())


@require_safe
def run_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One run."""
    visible = AnalysisRun.objects.visible_to(request.user)
    run = get_object_or_404(visible.select_related("cell", "measurement", "measurement__cell", "started_by"), pk=pk)
    analysis = plugin_loading.current().analyses.get(run.analysis)
    values = [_row(value) for value in run.values.order_by("pk")]
    has_ended = run.finished_at is not None and run.started_at is not None
    siblings = visible.filter(cell=run.cell, measurement=run.measurement, analysis=run.analysis)
    context = {
        "run": run,
        "may_edit": Project.objects.editable_by(request.user).filter(pk=run.cell.project_id).exists(),
        "title": analysis.title if analysis else run.analysis,
        "newer_version": analysis.version if analysis and analysis.version != run.version else "",
        "gone": "" if analysis else plugin_status_note(run.plugin),
        "who": who(run.started_by, request.user),
        "inputs": inputs_of(run),
        "parameters": parameters_of(run, analysis),
        "values": values,
        "in_doubt": any(set("([") & set(text) for _, text, _ in values),
        "said": [{**message, "text": typeset(message["text"])} for message in run.messages],
        "plots": [plot_of(curve) for curve in run.curves.order_by("pk")],
        "latest": None if run.is_latest or not has_ended else siblings.filter(is_latest=True).first(),
        "siblings": siblings.defer("inputs", "software").order_by("-pk")[:RUNS_SHOWN],
        "seconds": f"{(run.finished_at - run.started_at).total_seconds():.2f}" if has_ended else "",
        "has_ended": has_ended,
        "address": run.of.get_absolute_url(),
    }
    return render(request, "web/run.html", context)


def inputs_of(run: AnalysisRun) -> list[InputRead]:
    """Every fact the run read; where the run is stale, beside it what changed since."""
    now: dict[str, Any] = {}
    if run.stale_since:
        facts = get_target(measurement=run.measurement, cell=run.cell).facts
        now = {path: fact_to_json(facts.get(path)) for path in run.inputs}
    return [
        InputRead(
            path_words(path),
            path,
            fact_text(path, kept),
            fact_text(path, now[path]) if path in now and now[path] != kept else "",
        )
        for path, kept in run.inputs.items()
    ]


def parameters_of(run: AnalysisRun, analysis: Analysis | None) -> list[tuple[str, str, str]]:
    """Label, value with unit, and help of each parameter."""
    declared = {one.name: one for one in analysis.parameters} if analysis else {}
    return [(_label(name), *_set_to(value, declared.get(name))) for name, value in run.parameters.items()]


def _label(name: str) -> str:
    """A parameter's name as words, less the unit at its end: that stands with the value."""
    words = name.split("_")
    return " ".join(words[:-1] if words[-1] in UNIT_WORDS else words).capitalize()


def _set_to(value: Any, parameter: Parameter | None) -> tuple[str, str]:
    """What a parameter was set to, in words, and what it does."""
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    if isinstance(value, bool):
        text = "yes" if value else "no"
    if parameter is None:
        return text or "–", ""
    left_to_it = "empty to have one chosen" in parameter.help
    return f"{text} {parameter.unit}".strip() or ("chosen automatically" if left_to_it else "–"), parameter.help


def _row(value: Value) -> tuple[str, str, Value]:
    """Quantity, number and the value; no number where the value is a reason for none."""
    return heading(get_or_placeholder(value.quantity)), "" if value.missing else value_text(value), value
