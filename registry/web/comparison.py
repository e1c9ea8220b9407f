"""The list of comparison tables, and one table as a page or a file."""

from collections.abc import Collection
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.hookspecs import Table
from registry.selectors.comparison import tables
from registry.selectors.comparison.formatting import is_numeric
from registry.selectors.comparison.rendering import RenderingError, render_table
from registry.selectors.comparison.replicates import SETTINGS
from registry.selectors.query.errors import QueryError
from registry.selectors.query.parsing import nearest
from registry.web.outdated import get_notice
from registry.web.presentation import filters, list_export
from registry.web.presentation.comparison_table import build_page_table, list_row_names
from registry.web.presentation.parameters import takes

RESERVED = ("format", *SETTINGS)
CLEARABLE = ("this_work", "compare_with")
"""Settings that an empty field takes away."""
COMPARING = ("compare_with", "comparable")
"""Settings that the form below the filters sends."""
FIELDS = ("q",)
REPLICATE_CHOICES = (("each", "Each in a row"), ("mean", "Their mean"), ("champion", "The champion"))
FORMAT_NAMES = {"csv": "CSV", "html": "HTML", "json": "JSON", "latex": "LaTeX", "md": "Markdown", "xlsx": "Excel"}
"""Display names of the usual table formats."""


@require_safe
@takes()
def comparison_list(request: HttpRequest) -> HttpResponse:
    """Tables defined by plugins or saved in projects."""
    return render(request, "web/comparisons.html", {"tables": tables.list_tables(request.user)})


@require_safe
def comparison_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One table; `format` returns it as a file, other parameters filter it."""
    path = reverse("web:comparison", args=[slug])
    if redirect_url := filters.get_condition_redirect_url(path, request.GET, CLEARABLE):
        return HttpResponseRedirect(redirect_url)
    if "format" in request.GET:
        return send_file(request, slug, request.GET["format"], ("format",))
    try:
        table = tables.get_table(slug, request.user)
    except tables.UnknownTableError as error:
        raise Http404(str(error)) from error
    except ValueError as error:
        context = {"slug": slug, "title": slug, "invalid_definition": error}
        return render(request, "web/comparison.html", context, status=400)
    parameters = filters.get_query_parameters(request.GET, RESERVED)
    settings = _get_settings(request.GET, table)
    context = _get_context(table, path, parameters, settings)
    try:
        formatted = tables.format_with_runs(table, request.user, parameters | settings)
    except QueryError as error:
        context |= {"error": filters.format_query_error(error, {}), "invalid": error.parameter}
        return render(request, "web/comparison.html", context, status=400)
    printed, sentence = formatted.printed, formatted.computed.shared_sentence
    context |= {
        "printed": printed,
        "table": build_page_table(printed, request.user, sentence),
        **get_notice(formatted.computed.runs, request.user, reverse("web:table-outdated", args=[slug]), request.GET),
        "row_names": list_row_names(printed),
    }
    return render(request, "web/comparison.html", context)


def send_file(request: HttpRequest, slug: str, name: str, reserved: tuple[str, ...] = ()) -> HttpResponse:
    """A table as a file, or in words why there is none."""
    formats = plugin_loading.current().table_formats
    try:
        if name not in formats:
            hint = nearest(name, formats)
            text = f"Unknown format ‘{name}’.{hint} Available formats: {', '.join(formats) or 'none'}."
            raise QueryError("format", text, "unknown-format")
        table = tables.get_table(slug, request.user)
        parameters = filters.get_file_parameters(request.GET, reserved, CLEARABLE)
        printed = tables.format_table(table, request.user, parameters)
        content = render_table(formats[name], printed)
    except tables.UnknownTableError as error:
        raise Http404(str(error)) from error
    except QueryError as error:
        return list_export.refuse(error, name)
    except ValueError as error:
        return list_export.refuse(QueryError("definition", str(error), "invalid-definition"), name)
    except RenderingError as error:
        return list_export.refuse(QueryError("format", str(error), "table-format-failed"), name, status=500)
    response = HttpResponse(content, content_type=formats[name].media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{printed.slug}.{formats[name].extension}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _get_settings(querydict: QueryDict, table: Table) -> dict[str, list[str]]:
    """The settings that differ from those of the table."""
    chosen = {name: ",".join(querydict.getlist(name)) for name in SETTINGS if name in querydict}
    return {
        name: [value]
        for name, value in chosen.items()
        if (value or name in CLEARABLE) and value != getattr(table, name)
    }


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
        "conditions": filters.list_conditions(path, parameters, FIELDS, settings=settings),
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
        "replicate_choices": REPLICATE_CHOICES,
        "kept_by_filters": _pairs(settings, COMPARING),
        "kept_by_comparing": [*_pairs(parameters, parameters), *_pairs(settings, set(SETTINGS) - set(COMPARING))],
        "views": _list_views(table, path, parameters, settings),
        "downloads": [
            (FORMAT_NAMES.get(name, name), f"{path}?format={name}" + (f"&{query_string}" if query_string else ""))
            for name in plugin_loading.current().table_formats
        ],
    }


def _pairs(parameters: dict[str, list[str]], names: Collection[str]) -> list[tuple[str, str]]:
    """Names and values that a form sends along unseen."""
    return [(name, value) for name, values in parameters.items() if name in names for value in values]


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
