"""The list of measurements, and the same as CSV or JSON."""

from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.models import CellOrigin, Measurement, Project
from registry.models.tag import join_tags
from registry.models.visibility import AnyUser
from registry.models.vocabulary import registered_names
from registry.selectors.list_numbers import MEASUREMENT_COLUMNS, list_columns, list_measurement_numbers, origins_of
from registry.selectors.measurement import filter_measurement_list, order_measurements
from registry.selectors.measurement_facets import COUNTED_MEASUREMENTS, list_measurement_facets
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import ListQuery, parse_list_query
from registry.selectors.simulated import has_simulated_cells
from registry.web.presentation import filters, list_export
from registry.web.presentation.list_page import COUNT_LIMIT, build_sort_links, get_ordering, page_of
from registry.web.presentation.number_columns import NumberText, build_columns

RESERVED = ("page", "ordering")
FIELD_LABELS = {
    "q": "Search",
    "technique": "Technique",
    "project": "Project",
    "origin": "Origin",
    "cell": "Cell",
    "measurement_tag": "Tag",
    "tag": "Tag of the cell",
    "stack_pressure_mpa__gte": "Stack pressure at least",
    "stack_pressure_mpa__lte": "Stack pressure at most",
}
TEXTS = ("refcode", "cell", "cell label", "technique", "label", "cell origin", "project", "measured on", "tags")


@dataclass(frozen=True)
class Row:
    """A row of the list."""

    measurement: Measurement
    numbers: tuple[NumberText | None, ...]
    origins: str


@require_safe
def measurement_list(request: HttpRequest) -> HttpResponse:
    """Measurements that match the query, the newest first."""
    path = reverse("web:measurements")
    if redirect_url := filters.get_condition_redirect_url(path, request.GET):
        return HttpResponseRedirect(redirect_url)
    parameters = filters.get_query_parameters(request.GET, RESERVED)
    context = _get_form_context(path, parameters, request.user)
    try:
        query, ordering = parse_list_query(_as_query(parameters), request.user), get_ordering(request)
        measurements = _order(query, ordering, request.user)
    except QueryError as error:
        context |= {"error": filters.format_query_error(error, FIELD_LABELS), "invalid": error.parameter}
        return render(request, "web/measurements.html", context, status=400)
    page = page_of(measurements, request.GET.get("page", "1"), ("cell__project",), ("tags",))
    if page is None:
        raise Http404("This page of the list of measurements does not exist.")
    slugs = list_columns(query, ordering, MEASUREMENT_COLUMNS)
    numbers = list_measurement_numbers([item.pk for item in page.records], slugs, query)
    columns = build_columns(slugs, [numbers[item.pk] for item in page.records])
    context |= {
        "page": page,
        "ordering": ordering,
        "columns": columns,
        "query": query,
        "rows": [
            Row(item, tuple(column.cells[index] for column in columns), " and ".join(origins_of(numbers[item.pk])))
            for index, item in enumerate(page.records)
        ],
        "sort": build_sort_links(path, request.GET, ordering, ["technique", *(column.slug for column in columns)]),
        "count": page.count,
        "is_capped": page.count > COUNT_LIMIT,
    }
    if query.leaves_out_simulated and has_simulated_cells():
        simulated = replace(query, words={**query.words, "origin": (CellOrigin.SIMULATED.value,)})
        context["simulated"] = filter_measurement_list(simulated, request.user).order_by()[: COUNT_LIMIT + 1].count()
        context["simulated_url"] = f"{path}?{filters.encode_query({**parameters, 'origin': ['simulated']})}"
    return render(request, "web/measurements.html", context)


@require_safe
def measurement_facets(request: HttpRequest) -> HttpResponse:
    """The facets of a query, as the part of the page that is loaded after it."""
    parameters = filters.get_query_parameters(request.GET, RESERVED)
    try:
        facets = list_measurement_facets(parse_list_query(_as_query(parameters), request.user), request.user)
    except QueryError as error:
        return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
    context = {"facets": facets, "limit": COUNTED_MEASUREMENTS, "noun": "measurements"}
    return render(request, "web/_facets.html", context)


@require_safe
def measurement_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """All measurements that match the query, as CSV or JSON."""
    try:
        parameters = filters.get_file_parameters(request.GET, ("ordering",))
        query, ordering = parse_list_query(_as_query(parameters), request.user), get_ordering(request)
        measurements = _order(query, ordering, request.user)
    except QueryError as error:
        return list_export.refuse(error, ending)
    slugs = list_columns(query, ordering, MEASUREMENT_COLUMNS)

    def describe(pks: list[int]) -> list[list_export.ExportRow]:
        chunk = Measurement.objects.filter(pk__in=pks).select_related("cell__project").prefetch_related("tags")
        by_pk = {item.pk: item for item in chunk}
        numbers = list_measurement_numbers(pks, slugs, query)
        return [list_export.ExportRow(_texts(by_pk[pk]), numbers[pk]) for pk in pks if pk in by_pk]

    pks = list(measurements.values_list("pk", flat=True))
    return list_export.send(f"measurements.{ending}", TEXTS, slugs, pks=pks, describe=describe)


def _as_query(parameters: dict[str, list[str]]) -> dict[str, list[str]]:
    """`refcode` is that of the measurement, as in the API."""
    return {"measurement" if name == "refcode" else name: values for name, values in parameters.items()}


def _texts(measurement: Measurement) -> list[str]:
    cell = measurement.cell
    return [
        measurement.refcode,
        cell.refcode,
        cell.label,
        measurement.technique,
        measurement.label,
        cell.origin,
        cell.project.slug,
        measurement.measured_on.isoformat() if measurement.measured_on else "",
        join_tags([tag.name for tag in measurement.tags.all()]),
    ]


def _order(query: ListQuery, ordering: list[str], user: AnyUser) -> Any:
    measurements = filter_measurement_list(query, user)
    return order_measurements(measurements, query, ordering) if ordering else measurements.order_by("-pk")


def _get_form_context(path: str, parameters: dict[str, list[str]], user: AnyUser) -> dict[str, Any]:
    query_string = filters.encode_query(parameters)
    suffix = f"?{query_string}" if query_string else ""
    return {
        "field_values": {name: values[0] for name, values in parameters.items()},
        "search_text": parameters.get("q", [""])[0],
        "labels": FIELD_LABELS,
        "conditions": filters.list_conditions(path, parameters, FIELD_LABELS),
        "facets_url": f"{reverse('web:measurement-facets')}{suffix}",
        "quantities": filters.list_filterable_quantities(),
        "origins": CellOrigin.choices,
        "techniques": registered_names("technique").items(),
        "projects": Project.objects.visible_to(user).order_by("name"),
        "api_query_url": f"{reverse('web:home')}api/measurements/{suffix}",
        "query_suffix": suffix,
        "filtered": bool(parameters),
        "conditions_set": len([name for name in parameters if name != "q"]),
    }
