"""The list of comparison tables, and one table as a page or a file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.hookspecs import PrintedTable, Table
from registry.selectors.comparison import tables
from registry.selectors.comparison.formatting import is_numeric
from registry.selectors.comparison.rendering import RenderingError, render_table
from registry.selectors.comparison.replicates import SETTINGS
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest
from registry.web.presentation import filters
from registry.web.presentation.comparison_table import build_page_table, list_row_names

RESERVED = ("format", *SETTINGS)
FIELDS = ("q",)
FORMAT_NAMES = {"csv": "CSV", "html": "HTML", "json": "JSON", "latex": "LaTeX", "md": "Markdown", "xlsx": "Excel"}
"""Display names of the usual table formats."""


@require_safe
def comparison_list(request: HttpRequest) -> HttpResponse:
    """Tables defined by plugins or saved in projects."""
    return render(request, "web/comparisons.html", {"tables": tables.list_tables(request.user)})


@require_safe
def comparison_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One table; `format` returns it as a file, other parameters filter it."""
    path = reverse("web:comparison", args=[slug])
    if redirect_url := filters.get_condition_redirect_url(path, request.GET):
        return HttpResponseRedirect(redirect_url)
    try:
        table = tables.get_table(slug, request.user)
    except tables.UnknownTableError as error:
        raise Http404(str(error)) from error
    except ValueError as error:
        context = {"slug": slug, "title": slug, "invalid_definition": error}
        return render(request, "web/comparison.html", context, status=400)
    parameters = filters.get_query_parameters(request.GET, RESERVED)
    settings = {name: [value] for name in SETTINGS if (value := request.GET.get(name, ""))}
    context = _get_context(table, path, parameters, settings)
    name = request.GET.get("format", "")
    formats = plugin_loading.current().table_formats
    if name and name not in formats:
        context["error"] = (
            f"Unknown format ‘{name}’.{nearest(name, formats)} Available formats: {', '.join(formats) or 'none'}."
        )
        return render(request, "web/comparison.html", context, status=400)
    try:
        printed = tables.format_table(table, request.user, parameters | settings)
    except QueryError as error:
        context |= {"error": filters.format_query_error(error, {}), "invalid": error.parameter}
        return render(request, "web/comparison.html", context, status=400)
    if name:
        return _send_file(request, context, printed, name)
    context |= {
        "printed": printed,
        "table": build_page_table(printed, request.user),
        "row_names": list_row_names(printed),
    }
    return render(request, "web/comparison.html", context)


def _get_context(
    table: Table, path: str, parameters: dict[str, list[str]], settings: dict[str, list[str]]
) -> dict[str, Any]:
    """The title, the filter form and the downloads of a table."""
    query_string = filters.encode_query(parameters | settings)
    return {
        "slug": table.slug,
        "title": table.title,
        "caption": "" if table.caption == table.title else table.caption,
        "field_values": {name: values[0] for name, values in parameters.items()},
        "conditions": filters.list_conditions(path, parameters, FIELDS),
        "quantities": filters.list_filterable_quantities(),
        "filtered": bool(parameters or settings),
        "replicates": settings.get("replicates", [table.replicates])[0],
        "champion": settings.get("champion", [table.champion])[0],
        "champion_columns": [
            (column.key, tables.column_title(column)) for column in table.columns if is_numeric(column.key)
        ],
        "this_work": settings.get("this_work", [table.this_work])[0],
        "compare_with": settings.get("compare_with", [table.compare_with])[0].upper(),
        "comparable": settings.get("comparable", [table.comparable])[0],
        "views": _list_views(table, path, parameters, settings),
        "downloads": [
            (FORMAT_NAMES.get(name, name), f"{path}?format={name}" + (f"&{query_string}" if query_string else ""))
            for name in plugin_loading.current().table_formats
        ],
    }


def _list_views(
    table: Table, path: str, parameters: dict[str, list[str]], settings: dict[str, list[str]]
) -> list[tuple[str, str, bool]]:
    """Title and address of all rows and of the comparable ones, and which is shown; none if no rows are compared."""
    compare_with = settings.get("compare_with", [table.compare_with])
    if not compare_with[0]:
        return []
    shown = settings.get("comparable", [table.comparable])[0]
    others = parameters | settings | {"compare_with": compare_with}
    return [
        (title, f"{path}?{filters.encode_query(others | {'comparable': [name]})}", name == shown)
        for name, title in (("all", "All rows"), ("only", "Comparable only"))
    ]


def _send_file(request: HttpRequest, context: dict[str, Any], printed: PrintedTable, name: str) -> HttpResponse:
    table_format = plugin_loading.current().table_formats[name]
    try:
        content = render_table(table_format, printed)
    except RenderingError as error:
        context["error"] = str(error)
        return render(request, "web/comparison.html", context, status=500)
    response = HttpResponse(content, content_type=table_format.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{printed.slug}.{table_format.extension}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
