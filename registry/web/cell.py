"""Cells: the list with its filters, and the page of one."""

from typing import Any

from django.core.paginator import EmptyPage, PageNotAnInteger, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.hookspecs import TECHNIQUES
from registry.models import Cell, CellFormat, CellOrigin, Ingredient, Project
from registry.models.visibility import AnyUser
from registry.selectors.pending import list_pending
from registry.selectors.query import to_sql
from registry.selectors.query.parsing import QueryError, parse_list_query
from registry.web.cell_page.measurement_section import sheets_of
from registry.web.cell_page.results import results_for
from registry.web.cell_page.stack import drawing_of
from registry.web.presentation import filters
from registry.web.presentation.history import SHOWN, changes_of
from registry.web.presentation.text import typeset

CELLS_A_PAGE = 25
RESERVED = ("page", "ordering")
FIELDS = {
    "q": "Search",
    "cathode": "Cathode",
    "electrolyte": "Electrolyte",
    "anode": "Anode",
    "format": "Format",
    "origin": "Origin",
    "project": "Project",
    "technique": "Technique",
    "value_origin": "Values",
    "stack_pressure_mpa__gte": "Stack pressure from",
    "stack_pressure_mpa__lte": "Stack pressure to",
    "capacity_retention_percent__gte": "Retention at least",
}
"""The parameters the form has a field for, and its label."""


@require_safe
def cell_list(request: HttpRequest) -> HttpResponse:
    """Cells that answer the query; a query that cannot be answered gets its reason beside the form."""
    path = reverse("web:cells")
    if address := filters.address_with_condition(path, request.GET):
        return HttpResponseRedirect(address)
    asked = filters.parameters(request.GET, RESERVED)
    context: dict[str, Any] = _form(path, asked, request.user)
    try:
        parsed = parse_list_query(asked)
        ordering = [name for text in request.GET.getlist("ordering") for name in text.split(",") if name]
        found = to_sql.order_cells(to_sql.filter_cells(parsed, request.user), parsed, ordering)
    except QueryError as error:
        context |= {"error": filters.refusal(error, FIELDS), "invalid": error.parameter}
        return render(request, "web/cells.html", context, status=400)
    try:
        page = Paginator(found.select_related("publication", "project"), CELLS_A_PAGE).page(request.GET.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as error:
        raise Http404("The list has no such page: start from its first.") from error
    context |= {"page": page, "results": results_for(list(page.object_list), parsed, request.user), "query": parsed}
    return render(request, "web/cells.html", context)


def _form(path: str, asked: dict[str, list[str]], user: AnyUser) -> dict[str, Any]:
    api = f"{reverse('web:home')}api/cells/"
    text = filters.query_string(asked)
    return {
        "given": {name: values[0] for name, values in asked.items()},
        "labels": FIELDS,
        "conditions": filters.conditions(path, asked, FIELDS, in_sight=("q",)),
        "quantities": filters.choosable(),
        "formats": CellFormat.choices,
        "origins": CellOrigin.choices,
        "techniques": TECHNIQUES.items(),
        "projects": Project.objects.visible_to(user).order_by("name"),
        "api_query": f"{api}?{text}" if text else api,
        "filtered": bool(asked),
    }


@require_safe
def cell_page(request: HttpRequest, refcode: str) -> HttpResponse:
    """All that is known of one cell."""
    visible = Cell.objects.visible_to(request.user).select_related("project", "publication")
    cell = get_object_or_404(visible, refcode=refcode)
    layers = list(cell.layers.select_related("material", "formulation", "batch").order_by("position"))
    contents = _contents([layer.formulation_id for layer in layers if layer.formulation_id])
    changes = changes_of(cell, request.user)
    # Before the results are read: what ends in between is then news to the page, and not lost to it.
    pending = list_pending(cell)
    context = {
        "cell": cell,
        "layers": [(layer, contents.get(layer.formulation_id or 0, "")) for layer in layers],
        "drawing": drawing_of(layers),
        "fabrication_pressure": typeset(cell.fabrication_pressure),
        "found": sheets_of(cell, request.user),
        "pending": pending,
        "changes": changes[:SHOWN],
        "further_changes": max(len(changes) - SHOWN, 0),
        "may_edit": Project.objects.editable_by(request.user).filter(pk=cell.project_id).exists(),
    }
    return render(request, "web/cell.html", context)


@require_safe
def cell_pending(request: HttpRequest, refcode: str) -> JsonResponse:
    """What of a cell has not ended, for its page to follow."""
    cell = get_object_or_404(Cell.objects.visible_to(request.user), refcode=refcode)
    return JsonResponse({"pending": list_pending(cell)})


def _contents(formulations: list[int]) -> dict[int, str]:
    """What each formulation is made of, in one line."""
    lines: dict[int, list[str]] = {}
    ingredients = Ingredient.objects.filter(formulation__in=formulations).select_related("material")
    for one in ingredients.order_by("formulation", "position"):
        lines.setdefault(one.formulation_id, []).append(f"{one.material} {one.mass_fraction}".strip())
    return {pk: ", ".join(parts) for pk, parts in lines.items()}
