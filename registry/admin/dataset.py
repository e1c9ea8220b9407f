"""Raw files and what readers made of them."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from registry.admin.base.linkable import ScopedInline, actor
from registry.admin.base.live_reload import LiveReloadAdmin
from registry.admin.base.record import RecordAdmin
from registry.models import UNREAD, Cell, ColumnMapping, Dataset, Measurement
from registry.selectors.column_mapping import may_need_mapping
from registry.services.files.reading import queue_file, queue_file_with_mapping
from registry.services.files.upload import upload_file


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """Any number of files; empty ones pass, for the service says what to do about them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=SeveralFilesInput, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in files if file]


def files_add(
    measurement: Measurement, files: Any, request: HttpRequest, *, mapping: ColumnMapping | None, field: str
) -> list[Dataset]:
    """Keep files on a measurement; a refusal names the file beside the field it came by."""
    kept = []
    for file in files:
        try:
            kept += upload_file(
                measurement=measurement, file=file, filename=file.name or "", mapping=mapping, by=actor(request)
            )
        except ValidationError as error:
            raise ValidationError({field: f"{file.name}: {' '.join(error.messages)}"}) from error
    for dataset in kept:
        page = measurement.get_absolute_url()
        if dataset.status in UNREAD:
            text = format_html(
                '‘{}’ is kept and waits to be read: <a href="{}">its results</a>.', dataset.filename, page
            )
            messages.info(request, text)
        elif dataset.part == 0:
            messages.info(request, f"‘{dataset.filename}’ is on this measurement already: nothing was added.")
    return kept


@admin.display(description="file")
def download(dataset: Dataset) -> str:
    if dataset.pk is None:
        return "–"
    return format_html('<a href="{}">{}</a>', reverse("web:dataset-file", args=[dataset.pk]), dataset.filename)


@admin.display(description="messages")
def remarks(dataset: Dataset) -> str:
    said = format_html_join("", "<div>{}</div>", ((message["text"],) for message in dataset.messages))
    if dataset.pk and may_need_mapping(dataset):
        address = f"{reverse('admin:registry_columnmapping_add')}?dataset={dataset.pk}"
        said += format_html('<div><a href="{}">Make a column mapping for it</a></div>', address)
    return said or "–"


@admin.display(description="column mapping, as read by")
def mapping_used(dataset: Dataset) -> str:
    if dataset.mapping_used is None:
        return "–"
    text = json.dumps(dataset.mapping_used, indent=2, ensure_ascii=False)
    since = "It says another thing now: have the file read again." if dataset.mapping_changed else ""
    return format_html("<pre>{}</pre>{}", text, since)


@admin.display(description="columns")
def column_names(dataset: Dataset) -> str:
    return ", ".join(dataset.columns) or "–"


@admin.display(description="file")
def file_and_part(dataset: Dataset) -> str:
    return format_html("{}<div>{}</div>", download(dataset), dataset.part_label)


@admin.display(description="state")
def state(dataset: Dataset) -> str:
    """The status, and what there is to say of the file."""
    said = remarks(dataset)
    return format_html("{}{}", dataset.get_status_display(), "" if said == "–" else said)


@admin.display(description="data found")
def found(dataset: Dataset) -> str:
    if not dataset.holds_data:
        return "–"
    rows = f"{dataset.rows:,} rows of {column_names(dataset)}"
    return format_html("{}<div>read by {} {}</div>", rows, dataset.reader, dataset.reader_version)


class DatasetInline(ScopedInline, admin.TabularInline):
    """Files of a measurement; new ones come by the upload field above."""

    model = Dataset
    fields: Any = (file_and_part, state, found)
    readonly_fields: Any = fields
    verbose_name_plural = "data"
    when_empty = "No file yet: files go in by ‘Add data files’ above."
    ordering = ["pk"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DatasetForm(forms.ModelForm):
    file = forms.FileField(allow_empty_file=True, help_text="The instrument's own file. It is kept byte for byte.")


@admin.register(Dataset)
class DatasetAdmin(LiveReloadAdmin, RecordAdmin):
    form = DatasetForm
    actions = ["delete_selected", "read_again"]
    list_display = ("filename", "part_label", "status", "rows", "reader", "measurement", "created_at", "created_by")
    list_select_related = ("measurement", "created_by")
    list_filter = ("status", "reader", ("measurement__cell__project", RelatedOnlyFieldListFilter))
    search_fields = ("filename", "measurement__refcode", "measurement__label", "measurement__cell__label_key")
    date_hierarchy = "created_at"
    autocomplete_fields = ("measurement", "mapping")
    shown = (
        "measurement",
        download,
        "part",
        "part_label",
        "technique",
        "split_off",
        "status",
        remarks,
        "rows",
        column_names,
        "header",
        "reader",
        "reader_version",
        mapping_used,
        "content_sha256",
        "created_at",
        "created_by",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("mapping", *self.shown) if obj else ("measurement", "file", "mapping")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """A file never changes, only by which column mapping it is read: delete it and add another."""
        form = forms.ModelForm if change else DatasetForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def cell_of(self, record: Dataset) -> Cell:
        return record.measurement.cell

    @admin.action(permissions=["change"], description="Read the selected files again")
    def read_again(self, request: HttpRequest, queryset: Any) -> None:
        files = {(item.measurement_id, item.raw_file_id): item for item in queryset.editable_by(request.user)}
        for dataset in files.values():
            queue_file(dataset, by=actor(request))
        self.message_user(request, f"{len(files)} queued: reload this list to see how they come on.", messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            kept = files_add(obj.measurement, [form.cleaned_data["file"]], request, mapping=obj.mapping, field="file")
            obj.pk = kept[0].pk
        elif "mapping" in form.changed_data:
            queue_file_with_mapping(obj, mapping=obj.mapping, by=actor(request))
        obj.refresh_from_db()
