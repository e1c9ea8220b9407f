"""The list of cells: facets, filters, columns of numbers, and the same as CSV or JSON."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.models import Cell, CellFormat, CellOrigin, Project
from registry.models.tag import join_tags
from registry.models.visibility import AnyUser
from registry.models.vocabulary import registered_names
from registry.selectors import facets
from registry.selectors.list_numbers import CELL_COLUMNS, list_cell_numbers, list_columns, origins_of
from registry.selectors.query import to_sql
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import SIMULATED, ListQuery, parse_list_query
from registry.selectors.simulated import has_simulated_cells
from registry.selectors.tag import CellTags, list_cell_tags
from registry.web.cell_page.results import Result, list_results
from registry.web.presentation import filters, list_export
from registry.web.presentation.list_page import COUNT_LIMIT, build_sort_links, count_to_limit, get_ordering, page_of
from registry.web.presentation.number_columns import NumberText, build_columns

RESERVED = ("page", "ordering")
FIELD_LABELS = {
    "q": "Search",
    "cathode": "Cathode",
    "electrolyte": "Electrolyte",
    "anode": "Anode",
    "format": "Format",
    "origin": "Origin",
    "project": "Project",
    "tag": "Tag",
    "technique": "Technique",
    "measurement_tag": "Measurement tag",
    "value_origin": "Value origin",
    "stack_pressure_mpa__gte": "Stack pressure at least",
    "stack_pressure_mpa__lte": "Stack pressure at most",
    "capacity_retention_percent__gte": "Capacity retention at least",
}
"""Parameters with a form field, and its label."""
FACETS = ("origin", "project", "format", "tag", "technique", "measurement_tag", "cathode", "electrolyte", "anode")
"""Parameters with a facet, which is loaded after the page."""


@dataclass(frozen=True)
class Row:
    """A row of the list."""

    result: Result
    numbers: tuple[NumberText | None, ...]
    origins: str
    tags: CellTags

    @property
    def cell(self) -> Cell:
        return self.result.cell


@require_safe
def cell_list(request: HttpRequest) -> HttpResponse:
    """Cells that match the query, the newest first; an invalid query shows its error above the form."""
    path = reverse("web:cells")
    if redirect_url := filters.get_condition_redirect_url(path, request.GET):
        return HttpResponseRedirect(redirect_url)
    parameters = filters.get_query_parameters(request.GET, RESERVED)
    context: dict[str, Any] = _get_form_context(path, parameters, request.user)
    try:
        query, ordering = parse_list_query(parameters, request.user), get_ordering(request)
        cells = _order(query, ordering, request.user)
    except QueryError as error:
        context |= {"error": filters.format_query_error(error, FIELD_LABELS), "invalid": error.parameter}
        return render(request, "web/cells.html", context, status=400)
    page = page_of(cells, request.GET.get("page", "1"), ("publication", "project"))
    if page is None:
        raise Http404("This page of the cell list does not exist.")
    context |= _get_simulated_context(path, parameters, query, request.user)
    results = (
        list_results(page.records, query, request.user)
        if query.names_measurements
        else [Result(cell, (), (), 0) for cell in page.records]
    )
    slugs = list_columns(query, ordering, CELL_COLUMNS)
    numbers = list_cell_numbers([cell.pk for cell in page.records], slugs, query, request.user)
    columns = build_columns(slugs, [numbers[cell.pk] for cell in page.records])
    tags = list_cell_tags([cell.pk for cell in page.records])
    rows = [
        Row(
            result,
            tuple(column.cells[index] for column in columns),
            " and ".join(origins_of(numbers[result.cell.pk])),
            tags[result.cell.pk],
        )
        for index, result in enumerate(results)
    ]
    names = ["label", *(column.slug for column in columns)]
    context |= {
        "page": page,
        "ordering": ordering,
        "rows": rows,
        "results": results,
        "columns": columns,
        "query": query,
        "sort": build_sort_links(path, request.GET, ordering, names),
        "count": page.count,
        "is_capped": page.count > COUNT_LIMIT,
    }
    return render(request, "web/cells.html", context)


@require_safe
def cell_facets(request: HttpRequest) -> HttpResponse:
    """The facets of a query, as the part of the page that is loaded after it."""
    parameters = filters.get_query_parameters(request.GET, RESERVED)
    try:
        query = parse_list_query(parameters, request.user)
        listed = facets.list_facets(query, request.user)
    except QueryError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    others = {name: values for name, values in parameters.items() if not name.startswith(f"{facets.PRESSURE}__")}
    links = {
        option.value: f"{reverse('web:cells')}?"
        + filters.encode_query({**others, **({} if option.is_chosen else _as_lists(option.parameters))})
        for facet in listed
        if facet.name == facets.PRESSURE
        for option in facet.options
    }
    context = {"facets": listed, "links": links, "pressure": facets.PRESSURE, "limit": facets.COUNTED_CELLS}
    context["noun"] = "cells"
    return render(request, "web/_facets.html", context)


@require_safe
def cell_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """All cells that match the query, as CSV or JSON."""
    try:
        parameters = filters.get_file_parameters(request.GET, ("ordering",))
        query, ordering = parse_list_query(parameters, request.user), get_ordering(request)
        cells = _order(query, ordering, request.user)
    except QueryError as error:
        return list_export.refuse(error, ending)
    slugs = list_columns(query, ordering, CELL_COLUMNS)
    texts = ("refcode", "label", "configuration", "format", "origin", "project", "publication", "doi", "tags")

    def describe(pks: list[int]) -> list[list_export.ExportRow]:
        chunk = Cell.objects.filter(pk__in=pks).select_related("project", "publication").prefetch_related("tags")
        by_pk = {cell.pk: cell for cell in chunk}
        numbers = list_cell_numbers(pks, slugs, query, request.user)
        return [list_export.ExportRow(_texts(by_pk[pk]), numbers[pk]) for pk in pks if pk in by_pk]

    pks = list(cells.values_list("pk", flat=True))
    return list_export.send(f"cells.{ending}", texts, slugs, pks=pks, describe=describe)


def _texts(cell: Cell) -> list[str]:
    publication = cell.publication
    return [
        cell.refcode,
        cell.label,
        cell.configuration,
        cell.format,
        cell.origin,
        cell.project.slug,
        publication.key if publication else "",
        publication.doi if publication else "",
        join_tags([tag.name for tag in cell.tags.all()]),
    ]


def _order(query: ListQuery, ordering: list[str], user: AnyUser) -> Any:
    cells = to_sql.filter_cells(query, user)
    return to_sql.order_cells(cells, query, ordering) if ordering else cells.order_by("-pk")


def _as_lists(parameters: Any) -> dict[str, list[str]]:
    return {name: [value] for name, value in parameters.items()}


def _get_simulated_context(
    path: str, parameters: dict[str, list[str]], query: ListQuery, user: AnyUser
) -> dict[str, Any]:
    """The number of simulated cells that the query leaves out, and the address of their list."""
    if not (query.leaves_out_simulated and has_simulated_cells()):
        return {}
    simulated = to_sql.filter_cells(replace(query, words={**query.words, "origin": (SIMULATED,)}), user)
    url = f"{path}?{filters.encode_query({**parameters, 'origin': [SIMULATED]})}"
    return {"simulated": count_to_limit(simulated), "simulated_url": url}


def _get_form_context(path: str, parameters: dict[str, list[str]], user: AnyUser) -> dict[str, Any]:
    api_url = f"{reverse('web:home')}api/cells/"
    query_string = filters.encode_query(parameters)
    suffix = f"?{query_string}" if query_string else ""
    return {
        "field_values": {name: values[0] for name, values in parameters.items()},
        "search_text": parameters.get("q", [""])[0],
        "labels": FIELD_LABELS,
        "conditions": filters.list_conditions(path, parameters, FIELD_LABELS),
        "facet_values": [(name, value) for name in FACETS for value in parameters.get(name, [])],
        "facets_url": f"{reverse('web:cell-facets')}{suffix}",
        "quantities": filters.list_filterable_quantities(),
        "formats": CellFormat.choices,
        "origins": CellOrigin.choices,
        "techniques": registered_names("technique").items(),
        "projects": Project.objects.visible_to(user).order_by("name"),
        "api_query_url": f"{api_url}{suffix}",
        "query_suffix": suffix,
        "filtered": bool(parameters),
        "conditions_set": len([name for name in parameters if name != "q"]),
    }
