"""Files attached to records."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from registry.admin.base.linkable import actor
from registry.admin.base.record import RecordAdmin
from registry.models import Attachment
from registry.models.project import owning_project
from registry.services.files.attachment import attach_file
from registry.services.record import save_record


@admin.display(description="file")
def attachment_link(attachment: Attachment) -> str:
    if attachment.pk is None:
        return "–"
    return format_html('<a href="{}">{}</a>', reverse("web:attachment-file", args=[attachment.pk]), attachment.filename)


class AttachmentForm(forms.ModelForm):
    """A new file and the one record it is attached to, whose project it belongs to."""

    file = forms.FileField(allow_empty_file=True, help_text="Any file; stored unchanged, sent as a download only.")

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        owners = [cleaned[name] for name in Attachment.owner_fields if cleaned.get(name)]
        if len(owners) != 1:
            raise ValidationError("Attach the file to one cell, measurement, material or set-up.")
        self.instance.project = owning_project(owners[0])
        return cleaned


@admin.register(Attachment)
class AttachmentAdmin(RecordAdmin):
    list_display = (attachment_link, "description", "owner", "project", "created_at", "created_by")
    list_display_links = ("description",)
    list_select_related = ("project", "cell", "measurement", "material", "setup", "created_by")
    list_filter = (("project", RelatedOnlyFieldListFilter),)
    search_fields = ("filename", "description", "cell__refcode", "measurement__refcode")
    date_hierarchy = "created_at"
    autocomplete_fields = ("cell", "measurement", "material", "setup")
    new = ("file", "description", *Attachment.owner_fields)
    read_only = (attachment_link, "owner", "project", "created_at", "created_by")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("description", *self.read_only) if obj else self.new

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.read_only if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = forms.ModelForm if change else AttachmentForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            save_record(obj, by=actor(request))
            return
        file = form.cleaned_data["file"]
        attachment = attach_file(
            owner=obj.owner, file=file, filename=file.name or "", description=obj.description, by=actor(request)
        )
        obj.pk = attachment.pk
        obj.refresh_from_db()
