"""The home page: what is new and what needs a person in one's project; for others, what the registry holds."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.models import Cell, CellOrigin, Measurement, Project, Publication, Value
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors.attention import get_attention, list_progress
from registry.selectors.audit.disagreement import list_disagreements
from registry.selectors.comparison import tables
from registry.selectors.history.recent_changes import list_recent_changes
from registry.selectors.project_slug import projects_named
from registry.selectors.query.parsing import ListQuery
from registry.selectors.simulated import OF_SIMULATED_CELL
from registry.web.cell_page.outcome import get_analysis_title, get_reason
from registry.web.cell_page.remedy import get_remedy
from registry.web.cell_page.results import list_results
from registry.web.entry.first_steps import get_first_steps
from registry.web.presentation.list_page import count_to_limit
from registry.web.presentation.parameters import takes

RECENT = 8
REFUSALS_SHOWN = 6
DISAGREEMENTS_SHOWN = 4
COMPARED = 10_000
"""Newest values among which disagreements are looked for: the page must not take longer the more are stored."""


@require_safe
@takes("project")
def home_page(request: HttpRequest) -> HttpResponse:
    """One's project, or the counts, recent cells and tables that everybody may see."""
    user = request.user
    projects = list(Project.objects.visible_to(user).filter(memberships__user=user)) if user.is_authenticated else []
    project = _choose_project(projects, request.GET.get("project", ""))
    visible = Cell.objects.visible_to(user)
    cells = visible.exclude(origin=CellOrigin.SIMULATED)
    context: dict[str, Any] = {
        "counts": [(name, count_to_limit(records), route) for name, records, route in _list_counted(user)],
        "recent": cells.select_related("publication", "project").order_by("-pk")[:RECENT],
        "simulated": count_to_limit(visible.filter(origin=CellOrigin.SIMULATED)),
        "tables": tables.list_tables(user),
        "problems": len(plugin_loading.current().problems),
        "may_enter": Project.objects.editable_by(user).exists(),
        "first_steps": get_first_steps(user),
        "projects": projects,
        "project": project,
    }
    if project:
        context |= _get_project_context(project, user)
    else:
        context["disagreeing"] = len(list_disagreements(user, among=COMPARED))
    return render(request, "web/home.html", context)


def _list_counted(user: AnyUser) -> list[tuple[str, Any, str]]:
    """Name, records and route of what the registry holds; simulated cells are counted by themselves."""
    return [
        ("cells", Cell.objects.visible_to(user).exclude(origin=CellOrigin.SIMULATED), "web:cells"),
        ("measurements", Measurement.objects.visible_to(user).filter(~OF_SIMULATED_CELL), "web:measurements"),
        ("values", Value.objects.visible_to(user).filter(~OF_SIMULATED_CELL, is_latest=True), ""),
        ("publications", Publication.objects.visible_to(user), "web:publications"),
    ]


def _choose_project(projects: list[Project], slug: str) -> Project | None:
    """The project asked for, or the one in which a cell was entered last."""
    chosen = next((project for project in projects if project.slug == slug), None)
    if slug and not chosen:
        chosen = projects_named([slug]).filter(pk__in=[project.pk for project in projects]).first()
    if chosen or not projects:
        return chosen
    newest = Cell.objects.filter(project__in=projects).order_by("-pk").values_list("project", flat=True)
    last = newest.first()
    return next((project for project in projects if project.pk == last), projects[0])


def _get_project_context(project: Project, user: AnyUser) -> dict[str, Any]:
    attention = get_attention(project, user)
    disagreements = list_disagreements(user, project=project, among=COMPARED)
    groups = attention.refused[:REFUSALS_SHOWN]
    cells = list(Cell.objects.visible_to(user).filter(project=project).order_by("-pk")[:RECENT])
    return {
        "attention": attention,
        "disagreements": [
            (get_or_placeholder(item.reported.quantity).name, item) for item in disagreements[:DISAGREEMENTS_SHOWN]
        ],
        "refusals": [
            (get_analysis_title(group.runs[0]), get_reason(group.runs[0]), group, get_remedy(group.runs[0]))
            for group in groups
        ],
        "failures": [(get_analysis_title(run), get_reason(run), run) for run in attention.failed],
        "further_refusals": len(attention.refused) - len(groups),
        "progress": list_progress(project, user),
        "project_cells": list_results(cells, ListQuery(), user),
        "project_counts": {
            "cells": count_to_limit(Cell.objects.visible_to(user).filter(project=project)),
            "measurements": count_to_limit(Measurement.objects.visible_to(user).filter(cell__project=project)),
            "members": project.memberships.count(),
        },
        "recent_changes": list_recent_changes(project, user),
    }
