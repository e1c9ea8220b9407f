"""Where a number comes from: its analysis with inputs, files and parameters, or who entered it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.models import AnalysisRun, Dataset, Publication, Value
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.runs.run_files import list_run_files
from registry.selectors.staleness.outdated import get_outdated_note
from registry.web.cell_page.outcome import get_analysis_title
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.presentation.history import get_author_name
from registry.web.presentation.text import typeset
from registry.web.presentation.uncertainty import format_components, format_method_spread
from registry.web.presentation.value_column import format_with_unit
from registry.web.run import InputRow, list_inputs, list_parameters

INPUTS_SHOWN = 8
FILES_SHOWN = 6


@require_safe
def value_provenance(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one number comes from, as a page or as a part of one."""
    related = ("cell", "measurement__cell", "created_by", "run__started_by", "run__cell", "run__measurement")
    value = get_object_or_404(Value.objects.visible_to(request.user).select_related(*related), pk=pk)
    quantity = get_or_placeholder(value.quantity)
    context = {
        "value": value,
        "name": f"{quantity.name}, {value.place.label}" if value.place else quantity.name,
        "text": "not computed" if value.missing and value.run else format_with_unit(value),
        "record": value.measurement or value.cell,
        "cell": value.cell,
        **(_describe_run(value, value.run, request.user) if value.run else _describe_report(value, request.user)),
    }
    response = render(request, "web/_provenance.html" if is_by_htmx(request) else "web/provenance.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _describe_run(value: Value, run: AnalysisRun, user: AnyUser) -> dict[str, Any]:
    files = list_run_files(run, user)
    inputs = [row for row in list_inputs(run) if _is_telling(row, run)]
    analysis = plugin_loading.current().analyses.get(run.analysis)
    return {
        "run": run,
        "title": get_analysis_title(run),
        "outdated": get_outdated_note(run.analysis, run.version, run.source_hash),
        "components": format_components(value),
        "methods": format_method_spread(value),
        "files": files.datasets[:FILES_SHOWN],
        "further_files": max(len(files.datasets) - FILES_SHOWN, 0),
        "were_read": files.were_read,
        "inputs": inputs[:INPUTS_SHOWN],
        "further_inputs": max(len(inputs) - INPUTS_SHOWN, 0),
        "parameters": [(label, text) for label, text, _ in list_parameters(run, analysis)],
        "author": get_author_name(run.started_by, user),
    }


def _is_telling(row: InputRow, run: AnalysisRun) -> bool:
    """Whether an input says something to a person: a number or word that was entered or computed."""
    stored = run.inputs[row.path]
    is_technical = row.path.endswith("sha256") or ".header." in row.path or row.path.endswith(".keys")
    return stored is not None and not is_technical and not row.is_long


def _describe_report(value: Value, user: AnyUser) -> dict[str, Any]:
    publications = Publication.objects.visible_to(user)
    return {
        "publication": publications.filter(pk=value.publication_id).first() if value.publication_id else None,
        "files": _list_measured_files(value, user)[:FILES_SHOWN],
        "written": typeset(value.written or value.missing),
        "author": get_author_name(value.created_by, user),
    }


def _list_measured_files(value: Value, user: AnyUser) -> list[Dataset]:
    if value.measurement_id is None:
        return []
    datasets = Dataset.objects.visible_to(user).filter(measurement=value.measurement_id)
    return list(datasets.select_related("raw_file", "measurement").order_by("pk"))
