"""The notice of outdated results at the head of a page, and its button, which computes them again."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.models import PENDING, AnalysisRun, Cell, Project
from registry.models.record import is_key
from registry.models.visibility import AnyUser
from registry.selectors.comparison import tables
from registry.selectors.query.errors import QueryError
from registry.selectors.runs.pending import name_pending
from registry.selectors.staleness.outdated_results import (
    FOLLOWED,
    RunSummary,
    get_outdated_results,
    list_run_summaries,
)
from registry.services.runs.outdated import queue_outdated
from registry.web.entry.base.access import require_editable, sign_in_first, signed_in
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.presentation import filters


def get_notice(runs: Collection[RunSummary], user: AnyUser, address: str, query: Any = None) -> dict[str, Any]:
    """The notice on those of these runs that are outdated, as context of a page: `address` computes them again."""
    outdated = get_outdated_results(runs, user)
    if outdated is None:
        return {}
    followed = ",".join(name.split("-")[1] for name in outdated.pending)
    return {
        "outdated": outdated,
        "rerun_url": f"{address}?{query.urlencode()}" if query else address,
        "pending": outdated.pending,
        "follow": f"{reverse('web:runs-pending')}?runs={followed}",
    }


@require_safe
def pending_runs(request: HttpRequest) -> JsonResponse:
    """Which of these runs are in progress, polled by a page that shows their results."""
    numbers = [int(text) for text in request.GET.get("runs", "").split(",") if is_key(text)][:FOLLOWED]
    runs = AnalysisRun.objects.visible_to(request.user).filter(pk__in=numbers, status__in=PENDING)
    return JsonResponse({"pending": name_pending((), runs.values_list("pk", "status"))})


@sign_in_first
@require_POST
def run_outdated_of_cell(request: HttpRequest, refcode: str) -> HttpResponse:
    """Compute the outdated results of a cell again."""
    cell = get_object_or_404(Cell.objects.visible_to(request.user), refcode=refcode)
    require_editable(cell, signed_in(request))
    _run(request, list_run_summaries(AnalysisRun.objects.visible_to(request.user).filter(cell=cell)))
    return HttpResponseRedirect(cell.get_absolute_url())


@sign_in_first
@require_POST
def run_outdated_of_table(request: HttpRequest, slug: str) -> HttpResponse:
    """Compute the outdated results that a table shows again, in the projects the user may edit."""
    parameters = filters.get_file_parameters(request.GET, (), ("this_work", "compare_with"))
    try:
        table = tables.get_table(slug, request.user)
        formatted = tables.format_with_runs(table, request.user, parameters)
    except (tables.UnknownTableError, QueryError, ValueError) as error:
        raise Http404(str(error)) from error
    _run(request, formatted.computed.runs)
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("web:comparison", args=[slug]) + (f"?{query}" if query else ""))


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def outdated_of_project(request: HttpRequest, slug: str) -> HttpResponse:
    """The notice on a project, which its home page loads after the rest; a POST computes the results again."""
    project = get_object_or_404(Project.objects.visible_to(request.user), slug=slug)
    address = reverse("web:project-outdated", args=[slug])
    runs = AnalysisRun.objects.visible_to(request.user).filter(cell__project=project)
    if request.method == "POST":
        require_editable(project, signed_in(request))
        _run(request, list_run_summaries(runs))
    if request.method == "POST" or not is_by_htmx(request):
        return redirect(f"{reverse('web:home')}?project={slug}")
    context = get_notice(list_run_summaries(runs), request.user, address)
    return render(request, "web/_outdated_of_project.html", {"project": project, **context})


def _run(request: HttpRequest, runs: Collection[RunSummary]) -> None:
    """Queue the outdated ones of these runs that the user may run, and say how many."""
    user = signed_in(request)
    outdated = get_outdated_results(runs, user)
    say_queued(request, len(queue_outdated(outdated.runs, by=user)) if outdated else 0)


def say_queued(request: HttpRequest, number: int) -> None:
    """Say how many runs were queued."""
    if number:
        messages.success(request, f"{number} {'analysis is' if number == 1 else 'analyses are'} queued.")
    else:
        messages.info(request, "Nothing was queued: no result here is outdated that you may compute again.")
