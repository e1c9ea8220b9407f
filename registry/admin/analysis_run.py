"""Analysis runs, read-only: inputs, values, curves and messages."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from registry.admin.base.linkable import ScopedAdmin, actor
from registry.admin.value import format_value, value_name
from registry.contract.estimate_encoding import LIST
from registry.models import AnalysisRun, Curve
from registry.selectors.cycle_table import column_label
from registry.selectors.history.history import run_events

ROW = "<tr><th scope=row>{}</th><td>{}</td></tr>"


def facts_table(rows: Any) -> str:
    """Return a two-column table."""
    body = format_html_join("", ROW, rows)
    return format_html('<table class="facts">{}</table>', body) if body else "–"


def format_input(value: Any) -> str:
    """Format a stored input: a magnitude with its bounds, a list of refcodes, or text."""
    if value is None:
        return "not entered"
    if isinstance(value, dict):
        return ", ".join(value[LIST])
    if not isinstance(value, list):
        return str(value)
    magnitude, lower, upper, uncertainty, inferred, *_ = value
    parts = [f"{magnitude:.10g}"]
    if lower != upper:
        parts.append(f"{lower:.10g} to {upper:.10g}")
    if uncertainty:
        parts.append(f"standard uncertainty {uncertainty:.3g}")
    if inferred:
        parts.append("inferred")
    return ", ".join(parts)


@admin.register(AnalysisRun)
class AnalysisRunAdmin(ScopedAdmin):
    list_display = (
        "id",
        "analysis",
        "version",
        "measurement",
        "cell",
        "status",
        "is_latest",
        "stale_since",
        "started_at",
    )
    list_select_related = ("measurement", "cell")
    list_filter = (
        "status",
        "is_latest",
        ("stale_since", admin.EmptyFieldListFilter),
        "analysis",
        ("cell__project", RelatedOnlyFieldListFilter),
    )
    search_fields = ("analysis", "measurement__refcode", "cell__refcode", "cell__label_key")
    date_hierarchy = "started_at"
    fields = readonly_fields = (
        "analysis",
        "plugin",
        "version",
        "cell",
        "measurement",
        "series",
        "status",
        "is_latest",
        "stale_since",
        "messages_table",
        "values_table",
        "curve_titles",
        "per_cycle_numbers",
        "parameters_table",
        "inputs_table",
        "inputs_hash",
        "software_used",
        "queued_at",
        "attempts",
        "started_at",
        "finished_at",
        "started_by",
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        curves = Curve.objects.defer("data").order_by("pk")
        queryset = super().get_queryset(request)
        match = request.resolver_match
        if match and (match.url_name or "").endswith("_change"):
            return queryset.prefetch_related("values", Prefetch("curves", curves))
        return queryset.defer("inputs", "software", "messages")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"events": run_events(record, actor(request))}

    @admin.display(description="messages")
    def messages_table(self, run: AnalysisRun) -> str:
        return facts_table((f"{message['level']}, {message['code']}", message["text"]) for message in run.messages)

    @admin.display(description="values")
    def values_table(self, run: AnalysisRun) -> str:
        return facts_table((value_name(value), format_value(value)) for value in run.values.all())

    @admin.display(description="curves")
    def curve_titles(self, run: AnalysisRun) -> str:
        return ", ".join(curve.title for curve in run.curves.all()) or "–"

    @admin.display(description="per-cycle numbers")
    def per_cycle_numbers(self, run: AnalysisRun) -> str:
        columns = run.cycle_columns.defer("data").order_by("pk")
        rows = ((column_label(item.quantity), f"cycles {item.first_cycle} to {item.last_cycle}") for item in columns)
        return facts_table(rows)

    @admin.display(description="parameters")
    def parameters_table(self, run: AnalysisRun) -> str:
        return facts_table(sorted(run.parameters.items()))

    @admin.display(description="inputs")
    def inputs_table(self, run: AnalysisRun) -> str:
        return facts_table((path, format_input(value)) for path, value in sorted(run.inputs.items()))

    @admin.display(description="software")
    def software_used(self, run: AnalysisRun) -> str:
        return facts_table(sorted(run.software.items()))
