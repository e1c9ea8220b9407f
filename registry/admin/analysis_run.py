"""Analysis runs, to read: what was computed, from what, and what the analysis said."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Prefetch
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from registry.admin.base.linkable import ScopedAdmin, actor
from registry.admin.value import printed, quantity_name
from registry.models import AnalysisRun, Curve
from registry.selectors.history import run_events

ROW = "<tr><th scope=row>{}</th><td>{}</td></tr>"


def facts(rows: Any) -> str:
    """A two-column table."""
    inside = format_html_join("", ROW, rows)
    return format_html('<table class="facts">{}</table>', inside) if inside else "–"


def fact(kept: Any) -> str:
    """A fact as the run kept it: magnitude with its bounds, or a word."""
    if kept is None:
        return "not entered"
    if not isinstance(kept, list):
        return str(kept)
    magnitude, lower, upper, uncertainty, inferred, *_ = kept
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
        "status",
        "is_latest",
        "stale_since",
        "said",
        "gave",
        "drew",
        "given",
        "read",
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
        found = super().get_queryset(request)
        match = request.resolver_match
        if match and (match.url_name or "").endswith("_change"):
            return found.prefetch_related("values", Prefetch("curves", curves))
        return found.defer("inputs", "software", "messages")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"events": run_events(record, actor(request))}

    @admin.display(description="messages")
    def said(self, run: AnalysisRun) -> str:
        return facts((message["level"], message["text"]) for message in run.messages)

    @admin.display(description="values")
    def gave(self, run: AnalysisRun) -> str:
        return facts((quantity_name(value.quantity), printed(value)) for value in run.values.all())

    @admin.display(description="curves")
    def drew(self, run: AnalysisRun) -> str:
        return ", ".join(curve.title for curve in run.curves.all()) or "–"

    @admin.display(description="parameters")
    def given(self, run: AnalysisRun) -> str:
        return facts(sorted(run.parameters.items()))

    @admin.display(description="inputs it read")
    def read(self, run: AnalysisRun) -> str:
        return facts((path, fact(kept)) for path, kept in sorted(run.inputs.items()))

    @admin.display(description="software")
    def software_used(self, run: AnalysisRun) -> str:
        return facts(sorted(run.software.items()))
