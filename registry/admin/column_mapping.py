"""Column mappings, entered by hand or created from a file that failed to import."""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from registry.admin.base.linkable import actor
from registry.admin.base.record import RecordAdmin
from registry.admin.comparison import ReadableJSONField
from registry.contract.reader_support.files.number_table import DELIMITERS
from registry.models import ColumnMapping, Dataset
from registry.models.record import is_key
from registry.selectors.column_mapping import draft_mapping, list_mappable_columns, suggestion_of
from registry.selectors.files.file_head import FileHead, read_file_head
from registry.services.column_mapping import save_column_mapping
from registry.services.files.reading import queue_file_with_mapping

EXAMPLE = {"columns": {"Freq": "frequency_hertz", "Zreal": "Z' / Ohm", "Zimag": "-Z'' / Ohm"}, "delimiter": ","}


HELP = format_html(
    "<code>columns</code> maps each column header, or the column index from 0 if the file has no headers, to a name "
    "with a unit; <code>Test time / clock</code> for times as hours:minutes:seconds, with or without days. "
    "Optional: <code>header_line</code> (from 1), <code>delimiter</code> (<code>,</code> <code>;</code> "
    "tab, or a space for any whitespace) and <code>decimal</code> (<code>.</code> or <code>,</code>). A minus before a "
    "name inverts the sign; <code>{}</code> has further headers. "
    "Example: <code>{}</code>",
    json.dumps({"name": "Current / mA", "any of": ["I", "Strom"]}),
    json.dumps(EXAMPLE),
)


class ColumnMappingForm(forms.ModelForm):
    mapping = ReadableJSONField(
        widget=forms.Textarea(attrs={"rows": 16, "cols": 90, "spellcheck": "false", "class": "vLargeTextField"}),
        help_text=HELP,
    )


@admin.register(ColumnMapping)
class ColumnMappingAdmin(RecordAdmin):
    form = ColumnMappingForm
    list_display = ("name", "project", "file_count", "created_at")
    ordering = ("name",)
    list_select_related = ("project",)
    list_filter = (("project", RelatedOnlyFieldListFilter),)
    search_fields = ("name_key", "notes")
    fields = ("project", "name", "notes", "mapping")
    change_form_template = "admin/registry/columnmapping/change_form.html"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Collapse the mapping as JSON if the columns of a file are listed above it."""
        (title, options), *rest = super().get_fieldsets(request, obj)
        _, head = get_requested_file(request)
        if obj is not None or head is None or not head.columns:
            return [(title, options), *rest]
        first = {**options, "fields": [name for name in options["fields"] if name != "mapping"]}
        return [(title, first), ("Mapping as JSON", {"fields": ["mapping"], "classes": ["collapse"]}), *rest]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(file_count=Count("datasets__raw_file", distinct=True))

    @admin.display(description="files", ordering="file_count")
    def file_count(self, mapping: ColumnMapping) -> int:
        return int(mapping.file_count)  # type: ignore[attr-defined]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        dataset, head = get_requested_file(request)
        if dataset:
            initial |= {
                "project": dataset.measurement.cell.project_id,
                "name": f"Mapping for {dataset.filename}"[:120],
                "mapping": draft_mapping(head, suggestion_of(dataset.messages)),
            }
        return initial

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        dataset, head = get_requested_file(request)
        if dataset:
            context |= {
                "dataset": dataset,
                "head": head,
                "suggestion": suggestion_of(dataset.messages),
                "separator": DELIMITERS.get(head.delimiter, "") if head else "",
            }
        context["known_columns"] = list_mappable_columns().items()
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save the mapping and queue the file it was created from."""
        save_column_mapping(obj, by=actor(request))
        dataset, _ = get_requested_file(request)
        if dataset is not None and not change:
            queue_file_with_mapping(dataset, mapping=obj, by=actor(request))
            self.message_user(request, f"‘{dataset.filename}’ is queued for import with this mapping.")


def get_requested_file(request: HttpRequest) -> tuple[Dataset | None, FileHead | None]:
    """Return the editable dataset a new mapping is for (`?dataset=`) and the first lines of its file.

    Cached on the request.
    """
    if not hasattr(request, "requested_file"):
        key = request.GET.get("dataset", "")
        editable = Dataset.objects.editable_by(actor(request)).select_related("measurement__cell__project", "raw_file")
        dataset = editable.filter(pk=int(key)).first() if is_key(key) else None
        request.requested_file = dataset, read_file_head(dataset.raw_file) if dataset else None  # type: ignore[attr-defined]
    return request.requested_file  # type: ignore[attr-defined]
