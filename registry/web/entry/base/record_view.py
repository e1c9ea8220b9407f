"""The page on which a record with rows is entered or corrected, also in a dialog of another form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from registry.models import Measurement
from registry.web.entry.base.access import View, editors_only, require_editable, sign_in_first, signed_in
from registry.web.entry.base.conflict import SAVE, accept_overwriting
from registry.web.entry.base.form_state import FormState
from registry.web.entry.base.htmx import PARTIAL
from registry.web.entry.base.record_entry import RecordEntry

DIALOG = "dialog"
"""Value of the header of a request by the script of a dialog."""
PRESET = ("name", "project")
"""Fields that the address of the page of a new record may preset."""


def enter_record(request: HttpRequest, entry_class: type[RecordEntry], record: Any = None) -> HttpResponse:
    """Show the form, change its rows, or save it: then go to the record, or answer the dialog with its key."""
    options = {"user": signed_in(request), "record": record, "is_dialog": request.headers.get(PARTIAL) == DIALOG}
    if request.method != "POST":
        state = entry_class.initial_state(record, options["user"])
        if record is None:
            state.fields |= {name: text for name in PRESET if (text := request.GET.get(name, ""))}
        return _show(request, entry_class(state, **options))
    state = FormState.from_post(request.POST, entry_class.prefix)
    kind, _, change = accept_overwriting(state, request.POST.get("action", SAVE)).partition(":")
    if kind != SAVE:
        index = state.change_rows(change, dict(entry_class.new_row)) if kind == "rows" else None
        return _show(request, entry_class(state, **options), focus=index)
    entry = entry_class(state, is_complete=True, **options)
    saved: Any = entry.save()
    if saved is None:
        return _show(request, entry, status=422)
    if not entry.is_dialog:
        messages.success(request, f"Saved {entry.noun} {saved}.")
    location = record_url(saved)
    if PARTIAL in request.headers:
        key = f"{saved._meta.model_name}:{saved.pk}"
        return JsonResponse({"key": key, "name": str(saved), "page": location, "location": location})
    return redirect(location)


def new_view(entry_class: type[RecordEntry]) -> View:
    """The view that enters a record of a project."""

    @editors_only
    @require_http_methods(["GET", "HEAD", "POST"])
    def enter(request: HttpRequest) -> HttpResponse:
        return enter_record(request, entry_class)

    return enter


def edit_view(entry_class: type[RecordEntry]) -> View:
    """The view that corrects a record of a project."""

    @sign_in_first
    @require_http_methods(["GET", "HEAD", "POST"])
    def correct(request: HttpRequest, pk: int) -> HttpResponse:
        user = signed_in(request)
        visible = entry_class.model._default_manager.visible_to(user)
        record = get_object_or_404(visible.select_related("project"), pk=pk)
        require_editable(record, user)
        return enter_record(request, entry_class, record)

    return correct


def record_url(record: Any) -> str:
    """Return the address of the page of a record."""
    if isinstance(record, Measurement):
        return record.get_absolute_url()
    name = {"hardwaresetup": "setup"}.get(record._meta.model_name, record._meta.model_name)
    return reverse(f"web:{name}", args=[record.slug if name == "project" else record.pk])


def _show(request: HttpRequest, entry: RecordEntry, *, focus: int | None = None, status: int = 200) -> HttpResponse:
    context = {
        "entry": entry,
        "record": entry.record,
        "record_url": record_url(entry.record) if entry.record is not None else "",
        "focus": focus,
        "address": request.path,
    }
    if PARTIAL in request.headers:
        return render(request, "web/entry/_record_form.html", context)
    return render(request, entry.template, context, status=status)
