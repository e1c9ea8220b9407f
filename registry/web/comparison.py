"""Comparison tables: the list, and one table on a page or in a format to take away."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.hookspecs import PrintedTable, Table
from registry.selectors.comparison import tables
from registry.selectors.comparison.rendering import RenderingError, render_table
from registry.selectors.query.parsing import QueryError, nearest
from registry.web.presentation import filters
from registry.web.presentation.comparison_table import page_table

RESERVED = ("format",)
FIELDS = ("q",)
FORMAT_NAMES = {"csv": "CSV", "html": "HTML", "json": "JSON", "latex": "LaTeX", "md": "Markdown", "xlsx": "Excel"}
"""How people call the formats that are commonly there; any other goes by its own name."""


@require_safe
def comparison_list(request: HttpRequest) -> HttpResponse:
    """Tables that plugins declare and people saved."""
    return render(request, "web/comparisons.html", {"tables": tables.list_tables(request.user)})


@require_safe
def comparison_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One table; `format` sends it as a file, other parameters narrow it."""
    path = reverse("web:comparison", args=[slug])
    if address := filters.address_with_condition(path, request.GET):
        return HttpResponseRedirect(address)
    try:
        table = tables.get_table(slug, request.user)
    except tables.UnknownTableError as error:
        raise Http404(str(error)) from error
    except ValueError as error:
        context = {"slug": slug, "title": slug, "unsound": error}
        return render(request, "web/comparison.html", context, status=400)
    asked = filters.parameters(request.GET, RESERVED)
    context = _around(table, path, asked)
    name = request.GET.get("format", "")
    formats = plugin_loading.current().table_formats
    if name and name not in formats:
        context["error"] = (
            f"There is no format ‘{name}’.{nearest(name, formats)} There are {', '.join(formats) or 'none'}."
        )
        return render(request, "web/comparison.html", context, status=400)
    try:
        printed = tables.format_table(table, request.user, asked)
    except QueryError as error:
        context |= {"error": filters.refusal(error, {}), "invalid": error.parameter}
        return render(request, "web/comparison.html", context, status=400)
    if name:
        return _file(request, context, printed, name)
    context |= {"printed": printed, "table": page_table(printed, request.user)}
    return render(request, "web/comparison.html", context)


def _around(table: Table, path: str, asked: dict[str, list[str]]) -> dict[str, Any]:
    """The form and the links around a table."""
    text = filters.query_string(asked)
    return {
        "slug": table.slug,
        "title": table.title,
        "caption": "" if table.caption == table.title else table.caption,
        "given": {name: values[0] for name, values in asked.items()},
        "conditions": filters.conditions(path, asked, FIELDS),
        "quantities": filters.choosable(),
        "filtered": bool(asked),
        "downloads": [
            (FORMAT_NAMES.get(one.name, one.name), f"{path}?format={one.name}" + (f"&{text}" if text else ""))
            for one in plugin_loading.current().table_formats.values()
        ],
    }


def _file(request: HttpRequest, context: dict[str, Any], printed: PrintedTable, name: str) -> HttpResponse:
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
