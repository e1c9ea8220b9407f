"""The page on which a record with rows is entered or corrected, also in a dialog of another form."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from registry.models import Measurement
from registry.web.entry.access import signed_in
from registry.web.entry.form_state import FormState
from registry.web.entry.record_entry import RecordEntry

SAVE = "save"
PARTIAL, DIALOG = "X-Partial", "dialog"
"""Header of a request by the script of a page, which replaces the form only; its value in a dialog."""
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
    kind, _, change = request.POST.get("action", SAVE).partition(":")
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
        return JsonResponse({"key": key, "name": str(saved), "location": location})
    return redirect(location)


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
