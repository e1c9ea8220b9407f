"""Column mappings, made from scratch or from a file that could not be read."""

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
from registry.models import ColumnMapping, Dataset
from registry.models.record import is_key
from registry.selectors.column_mapping import draft_mapping, list_mappable_columns
from registry.selectors.file_head import DELIMITERS, FileHead, read_file_head
from registry.services.column_mapping import save_column_mapping
from registry.services.files.reading import queue_file_with_mapping

EXAMPLE = {"columns": {"Freq": "frequency_hertz", "Zreal": "Z' / Ohm", "Zimag": "-Z'' / Ohm"}, "delimiter": ","}


HELP = format_html(
    "<code>columns</code> gives each head of the file, or its place from 0 in a table without heads, a name with a "
    "unit. <code>header_line</code> (from 1), <code>delimiter</code> (<code>,</code> <code>;</code> tab, or a blank "
    "for any run of blanks) and <code>decimal</code> (<code>.</code> or <code>,</code>) are optional. "
    "For example <code>{}</code>",
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
        """The mapping as text is folded away where the heads of a file stand above it to be filled in."""
        (title, options), *others = super().get_fieldsets(request, obj)
        _, beginning = file_asked_for(request)
        if obj is not None or beginning is None or not beginning.columns:
            return [(title, options), *others]
        first = {**options, "fields": [name for name in options["fields"] if name != "mapping"]}
        return [(title, first), ("The mapping as text", {"fields": ["mapping"], "classes": ["collapse"]}), *others]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(file_count=Count("datasets__raw_file", distinct=True))

    @admin.display(description="files", ordering="file_count")
    def file_count(self, mapping: ColumnMapping) -> int:
        return int(mapping.file_count)  # type: ignore[attr-defined]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        dataset, beginning = file_asked_for(request)
        if dataset:
            initial |= {
                "project": dataset.measurement.cell.project_id,
                "name": f"Like {dataset.filename}"[:120],
                "mapping": draft_mapping(beginning),
            }
        return initial

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        dataset, beginning = file_asked_for(request)
        if dataset:
            context |= {
                "dataset": dataset,
                "beginning": beginning,
                "parted_by": DELIMITERS.get(beginning.delimiter, "") if beginning else "",
            }
        context["known_columns"] = list_mappable_columns().items()
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save it; the file it was made from is then read by it."""
        save_column_mapping(obj, by=actor(request))
        dataset, _ = file_asked_for(request)
        if dataset is not None and not change:
            queue_file_with_mapping(dataset, mapping=obj, by=actor(request))
            self.message_user(request, f"‘{dataset.filename}’ is read by it in the background.")


def file_asked_for(request: HttpRequest) -> tuple[Dataset | None, FileHead | None]:
    """The dataset a new mapping is to be for (`?dataset=`), of those the user may change, and how its file begins.

    Read once a request.
    """
    if not hasattr(request, "file_asked_for"):
        asked = request.GET.get("dataset", "")
        editable = Dataset.objects.editable_by(actor(request)).select_related("measurement__cell__project", "raw_file")
        dataset = editable.filter(pk=int(asked)).first() if is_key(asked) else None
        request.file_asked_for = dataset, read_file_head(dataset) if dataset else None  # type: ignore[attr-defined]
    return request.file_asked_for  # type: ignore[attr-defined]
