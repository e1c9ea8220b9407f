"""Raw files and their datasets."""

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
from registry.selectors.files.dataset_role import get_order
from registry.services.files.reading import queue_file, queue_file_with_mapping
from registry.services.files.roles import declare_role
from registry.services.files.upload import upload_file


class MultipleFileInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class MultipleFileField(forms.FileField):
    """Any number of files. Empty files are accepted here; the service refuses them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=MultipleFileInput, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(MultipleFileField, self).clean(file, initial) for file in files if file]


def add_files(
    measurement: Measurement,
    files: Any,
    request: HttpRequest,
    *,
    mapping: ColumnMapping | None,
    field: str,
    role: str = "",
) -> list[Dataset]:
    """Upload files to a measurement; an error names the file and is reported on the field."""
    datasets = []
    for file in files:
        try:
            datasets += upload_file(
                measurement=measurement,
                file=file,
                filename=file.name or "",
                mapping=mapping,
                role=role,
                by=actor(request),
            )
        except ValidationError as error:
            raise ValidationError({field: f"{file.name}: {' '.join(error.messages)}"}) from error
    for dataset in datasets:
        page = measurement.get_absolute_url()
        if dataset.status in UNREAD:
            text = '‘{}’ uploaded, queued for import. <a href="{}">View results</a>'
            messages.info(request, format_html(text, dataset.filename, page))
        elif dataset.part == 0:
            messages.info(
                request, f"This measurement already has this file as ‘{dataset.filename}’; nothing was added."
            )
    return datasets


@admin.display(description="file")
def file_link(dataset: Dataset) -> str:
    if dataset.pk is None:
        return "–"
    return format_html('<a href="{}">{}</a>', reverse("web:dataset-file", args=[dataset.pk]), dataset.filename)


@admin.display(description="messages")
def message_list(dataset: Dataset) -> str:
    row = '<div>{} <code class="message-code">{}</code></div>'
    items = format_html_join("", row, ((item["text"], item["code"]) for item in dataset.messages))
    if dataset.pk and may_need_mapping(dataset):
        url = f"{reverse('admin:registry_columnmapping_add')}?dataset={dataset.pk}"
        items += format_html('<div><a href="{}">Create a column mapping</a></div>', url)
    return items or "–"


@admin.display(description="column mapping at import")
def mapping_used(dataset: Dataset) -> str:
    if dataset.mapping_used is None:
        return "–"
    text = json.dumps(dataset.mapping_used, indent=2, ensure_ascii=False)
    note = "The mapping has changed since: import the file again." if dataset.mapping_changed else ""
    return format_html("<pre>{}</pre>{}", text, note)


@admin.display(description="columns")
def column_names(dataset: Dataset) -> str:
    return ", ".join(dataset.columns) or "–"


@admin.display(description="picture")
def picture(dataset: Dataset) -> str:
    """Return the thumbnail with the size of the image and of its pixels."""
    if not dataset.has_picture:
        return "–"
    return format_html(
        '<img src="{}" alt="" width="160"><div>{} × {} pixels of {}, pixel size {}</div>',
        reverse("web:dataset-thumbnail", args=[dataset.pk]),
        dataset.image_width,
        dataset.image_height,
        dataset.grey_levels,
        dataset.pixel_size or "not stated in the file",
    )


@admin.display(description="file")
def file_and_part(dataset: Dataset) -> str:
    return format_html("{}<div>{}</div>", file_link(dataset), dataset.part_label)


@admin.display(description="status")
def status_and_messages(dataset: Dataset) -> str:
    """Return the status with the messages."""
    items = message_list(dataset)
    return format_html("{}{}", dataset.get_status_display(), "" if items == "–" else items)


@admin.display(description="data")
def data_summary(dataset: Dataset) -> str:
    if not dataset.holds_data:
        return "–"
    rows = picture(dataset) if dataset.has_picture else f"{dataset.size_text} of {column_names(dataset)}"
    return format_html("{}<div>reader: {} {}</div>", rows, dataset.reader, dataset.reader_version)


class DatasetInline(ScopedInline, admin.TabularInline):
    """Files of a measurement; new files are uploaded with the field above."""

    model = Dataset
    fields: Any = (file_and_part, status_and_messages, data_summary)
    readonly_fields: Any = fields
    verbose_name_plural = "data"
    when_empty = "No files yet. Upload them with ‘Add data files’ above."
    ordering = ["pk"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DatasetForm(forms.ModelForm):
    file = forms.FileField(allow_empty_file=True, help_text="Original instrument file; stored unchanged.")


class DatasetChangeForm(forms.ModelForm):
    """The role of an existing dataset; its position is the next one unless it is entered."""

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        role, order = cleaned.get("role", ""), cleaned.get("order")
        is_new_role = role != self.instance.role
        order = None if is_new_role and "order" not in self.changed_data else order
        cleaned["order"] = get_order(self.instance.measurement, role, order, except_for=self.instance.pk)
        return cleaned


@admin.register(Dataset)
class DatasetAdmin(LiveReloadAdmin, RecordAdmin):
    form = DatasetForm
    actions = ["delete_selected", "reimport"]
    list_display = ("filename", "part_label", "status", "size", "reader", "measurement", "created_at", "created_by")
    list_select_related = ("measurement", "created_by")
    list_filter = ("status", "reader", ("measurement__cell__project", RelatedOnlyFieldListFilter))
    search_fields = ("filename", "measurement__refcode", "measurement__label", "measurement__cell__label_key")
    date_hierarchy = "created_at"
    autocomplete_fields = ("measurement", "mapping")
    read_only = (
        "measurement",
        file_link,
        "part",
        "part_label",
        "technique",
        "split_off",
        "status",
        message_list,
        "rows",
        column_names,
        picture,
        "header",
        "start_time",
        "reader",
        "reader_version",
        mapping_used,
        "content_sha256",
        "created_at",
        "created_by",
    )

    @admin.display(description="size", ordering="rows")
    def size(self, dataset: Dataset) -> str:
        return dataset.size_text if dataset.holds_data else "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = ("role", "order", "mapping")
        return (*own, *self.read_only) if obj else ("measurement", "file", "role", "mapping")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.read_only if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Only the column mapping of an existing dataset can be changed, not its file."""
        form = DatasetChangeForm if change else DatasetForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_cell(self, record: Dataset) -> Cell:
        return record.measurement.cell

    @admin.action(permissions=["change"], description="Import the selected files again")
    def reimport(self, request: HttpRequest, queryset: Any) -> None:
        files = {
            (dataset.measurement_id, dataset.raw_file_id): dataset for dataset in queryset.editable_by(request.user)
        }
        for dataset in files.values():
            queue_file(dataset, by=actor(request))
        self.message_user(
            request, f"{len(files)} files queued for import: reload the list to see their status.", messages.SUCCESS
        )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            files = [form.cleaned_data["file"]]
            datasets = add_files(
                obj.measurement, files, request, mapping=obj.mapping, role=form.cleaned_data["role"], field="file"
            )
            obj.pk = datasets[0].pk
        else:
            self._save_changes(request, obj, form)
        obj.refresh_from_db()

    def _save_changes(self, request: HttpRequest, obj: Any, form: Any) -> None:
        """Declare the role, and read the file again if the column mapping has changed."""
        stored = Dataset.objects.get(pk=obj.pk)
        role, order = form.cleaned_data["role"], form.cleaned_data["order"]
        if {"role", "order"} & set(form.changed_data):
            declare_role(stored, role=role, order=order, by=actor(request))
        if "mapping" in form.changed_data:
            queue_file_with_mapping(stored, mapping=form.cleaned_data["mapping"], by=actor(request))
