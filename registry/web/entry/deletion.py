"""Deletion of a record that no other uses, after a question."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from registry.models import Cell, Formulation, HardwareSetup, Ingredient, Layer, Material, Publication
from registry.models.record import ProjectRecord, Record
from registry.selectors.usage import find_usage, usage_name
from registry.services.record import delete_record
from registry.services.validation_text import validation_text
from registry.web.entry.base.access import require_editable, sign_in_first, signed_in
from registry.web.entry.base.record_view import record_url

MODELS: dict[str, type[ProjectRecord]] = {
    "cell": Cell,
    "material": Material,
    "formulation": Formulation,
    "setup": HardwareSetup,
    "publication": Publication,
}
LISTS = {"cell": "web:cells", "publication": "web:publications"}
"""Where to go after the deletion; the list of materials has the other kinds."""


def usage_context(record: Record, user: User) -> dict[str, Any]:
    """The records that use another, with their pages, for the page that deletes it."""
    usage = find_usage(record, user)
    return {"usage": usage, "users": [(usage_name(item), _page_of(item)) for item in usage.records]}


def _page_of(record: Any) -> str:
    """The page of a record, or of the record it is part of; empty if it has none."""
    whole = record.cell if isinstance(record, Layer) else record
    whole = whole.formulation if isinstance(whole, Ingredient) else whole
    if hasattr(whole, "get_absolute_url"):
        return str(whole.get_absolute_url())
    return record_url(whole) if type(whole) in MODELS.values() else ""


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Ask, then delete a record; its history is kept. One that is in use stays."""
    user = signed_in(request)
    if kind not in MODELS:
        raise Http404("Records of this kind cannot be deleted here.")
    record: Any = get_object_or_404(MODELS[kind].objects.visible_to(user).select_related("project"), pk=pk)
    require_editable(record, user)
    address = record.get_absolute_url() if isinstance(record, Cell) else record_url(record)
    if request.method != "POST":
        measurements = record.measurements.count() if isinstance(record, Cell) else 0
        context = {
            "record": record,
            "kind": record._meta.verbose_name,
            "address": address,
            "measurements": measurements,
            **usage_context(record, user),
        }
        return render(request, "web/entry/delete.html", context)
    name = str(record)
    try:
        delete_record(record, by=user, reason=request.POST.get("reason", "").strip())
    except ValidationError as error:
        messages.error(request, validation_text(error))
        return redirect(address)
    messages.success(request, f"Deleted {name}.")
    return redirect(LISTS.get(kind, "web:materials"))
