"""Pictures, sketches and certificates are attached to a cell, material or set-up, and removed again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from registry.models import Attachment, Cell, HardwareSetup, Material
from registry.models.attachment import Owner
from registry.services.files.attachment import attach_file
from registry.services.record import delete_record
from registry.services.validation_text import validation_text
from registry.web.entry.base.access import require_editable, sign_in_first, signed_in
from registry.web.entry.base.record_view import record_url

OWNERS: dict[str, type[Owner]] = {"cell": Cell, "material": Material, "setup": HardwareSetup}


class AttachmentForm(forms.Form):
    """A file with what it shows."""

    file = forms.FileField(allow_empty_file=False, max_length=255)
    description = forms.CharField(required=False, max_length=200)


@sign_in_first
@require_POST
def attach(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Attach a file to a record."""
    user = signed_in(request)
    if kind not in OWNERS:
        raise Http404("Files cannot be attached to records of this kind.")
    owner: Any = get_object_or_404(OWNERS[kind].objects.visible_to(user).select_related("project"), pk=pk)
    require_editable(owner, user)
    form = AttachmentForm(request.POST, request.FILES)
    try:
        if not form.is_valid():
            raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
        file, description = form.cleaned_data["file"], form.cleaned_data["description"]
        attachment = attach_file(owner=owner, file=file, filename=file.name, description=description, by=user)
    except ValidationError as error:
        messages.error(request, f"Nothing was attached: {validation_text(error)}")
    else:
        messages.success(request, f"Attached {attachment.filename}.")
    return redirect(_address(owner))


@sign_in_first
@require_POST
def detach(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove an attachment from its record; its history says so."""
    user = signed_in(request)
    attachment = get_object_or_404(Attachment.objects.visible_to(user), pk=pk)
    require_editable(attachment, user)
    owner = attachment.owner
    delete_record(attachment, by=user)
    messages.success(request, f"Removed {attachment.filename}.")
    return redirect(_address(owner))


def _address(owner: Any) -> str:
    return str(owner.get_absolute_url() if hasattr(owner, "get_absolute_url") else record_url(owner))
