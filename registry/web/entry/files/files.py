"""Files to confirm: dropped on the page of a cell or on the home page, checked in one table, then saved."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.file_responses import thumbnail_response
from registry.models import Cell, ColumnMapping, Dataset, FileDraft
from registry.models.record import is_key
from registry.selectors.files.file_draft import list_drafts, list_editable_cells, list_versions
from registry.services.drafts.confirmation import Confirmed, save_drafts
from registry.services.drafts.draft import (
    DraftChanges,
    change_draft,
    confirm_cell,
    discard_drafts,
    read_at_once,
    read_with_mapping,
)
from registry.services.permissions import require_editor
from registry.services.validation_text import validation_text
from registry.web.entry.base.access import editors_only, sign_in_first
from registry.web.entry.files.files_form import OF_ALL, apply_changes, set_cell
from registry.web.entry.files.files_table import DraftTable, build_table, get_table
from registry.web.entry.files.upload import receive_files, report_upload

SUGGESTED, WITHOUT = "suggested", "without"
"""Column mappings of a draft: the one its reader suggests, and none; others are saved ones, by primary key."""


@editors_only
@require_http_methods(["GET", "HEAD", "POST"])
def files_page(request: HttpRequest) -> HttpResponse:
    """All files a user has to confirm; files posted here go to the cells their names mean."""
    if request.method == "POST":
        return _upload(request, None)
    return render(request, "web/entry/files.html", {"table": get_table(request.user)})


@sign_in_first
@require_http_methods(["GET", "HEAD", "POST"])
def cell_files_page(request: HttpRequest, refcode: str) -> HttpResponse:
    """The files to confirm of one cell; files posted here are proposed for it."""
    cell = _get_editable_cell(request, refcode)
    if request.method == "POST":
        return _upload(request, cell)
    return render(request, "web/entry/files.html", {"table": get_table(request.user, cell), "cell": cell})


def _get_editable_cell(request: HttpRequest, refcode: str) -> Cell:
    cell = get_object_or_404(Cell.objects.visible_to(request.user).select_related("project"), refcode=refcode)
    require_editor(cell.project, _user(request))
    return cell


def _user(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied("Sign in to add files.")
    return request.user


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _upload(request: HttpRequest, cell: Cell | None) -> HttpResponse:
    """Keep each posted file as a draft; those of a script are read before it is answered.

    Its answer is 200 even with errors: browsers log other statuses as errors of the page.
    """
    upload = receive_files(request, cell, _user(request))
    if _wants_json(request):
        for draft in upload.added:
            read_at_once(draft)
        return JsonResponse(
            {
                "added": [draft.pk for draft in upload.added],
                "drafts": [draft.pk for draft in (*upload.added, *upload.known)],
                "known": [draft.filename for draft in upload.known],
                "errors": [text for _, text in upload.errors],
            },
        )
    report_upload(request, upload)
    if not request.FILES:
        messages.error(request, "No file was chosen.")
    return HttpResponseRedirect(_page_url(cell))


def _page_url(cell: Cell | None) -> str:
    return reverse("web:cell-files", args=[cell.refcode]) if cell else reverse("web:files")


def _get_cell_of_page(request: HttpRequest, parameters: Any) -> Cell | None:
    """The cell whose page shows the table; None on other pages."""
    refcode = parameters.get("page_cell", "")
    return _get_editable_cell(request, refcode) if refcode else None


@require_safe
def files_table(request: HttpRequest) -> HttpResponse:
    """The table alone, for pages that have it already."""
    cell = _get_cell_of_page(request, request.GET)
    return render(request, "web/entry/files_table.html", {"table": get_table(_user(request), cell)})


@require_safe
def files_status(request: HttpRequest) -> JsonResponse:
    """The version of each row, polled while files are read."""
    versions = list_versions(_user(request), _get_cell_of_page(request, request.GET))
    return JsonResponse({"drafts": {f"draft-{pk}": version for pk, version in versions.items()}})


@require_safe
def draft_thumbnail(request: HttpRequest, pk: int) -> FileResponse:
    """Send the thumbnail of the first image of a file."""
    draft = get_object_or_404(FileDraft.objects.visible_to(request.user), pk=pk)
    if not draft.parts or draft.parts[0]["image"] is None:
        raise Http404(f"‘{draft.filename}’ has no image.")
    return thumbnail_response(Dataset(filename=draft.filename, content_sha256=draft.parts[0]["content_sha256"]))


@require_safe
def cell_lookup(request: HttpRequest) -> JsonResponse:
    """Cells a user may edit whose refcode or label has the text that is typed."""
    cells = list_editable_cells(request.GET.get("q", ""), _user(request))
    return JsonResponse(
        {"cells": [{"refcode": cell.refcode, "label": cell.label, "project": cell.project.name} for cell in cells]}
    )


@require_POST
def files_save(request: HttpRequest) -> HttpResponse:
    """Store what was changed in the table, then do what its button says."""
    user = _user(request)
    cell = _get_cell_of_page(request, request.POST)
    shown = [int(key) for key in request.POST.getlist("draft") if is_key(key)]
    drafts = [draft for draft in list_drafts(user) if draft.pk in shown]
    errors = apply_changes(drafts, request.POST, user)
    action, _, argument = request.POST.get("action", "").partition(":")
    if action == "save":
        return _save(request, build_table(drafts, user, cell), errors)
    if action == "cell-of-all":
        argument = request.POST.get("cell_of_all", "")
    problem = _act(action, argument, drafts, user)
    if _wants_json(request):
        return _render_table(request, cell, errors | problem)
    if OF_ALL in problem:
        messages.error(request, problem[OF_ALL])
    for draft in drafts:
        if text := (errors | problem).get(draft.pk):
            messages.error(request, f"{draft.filename}: {text}")
    return HttpResponseRedirect(_page_url(cell))


def _render_table(request: HttpRequest, cell: Cell | None, errors: dict[int, str]) -> HttpResponse:
    return render(request, "web/entry/files_table.html", {"table": get_table(_user(request), cell, errors)})


def _act(action: str, argument: str, drafts: list[FileDraft], user: User) -> dict[int, str]:
    """Do what a button says; return the error by primary key, if there is one, or that of all files."""
    if action == "discard-selected":
        discard_drafts([draft for draft in drafts if draft.is_selected], by=user)
        return {}
    if action == "cell-of-all":
        without = [draft for draft in drafts if draft.is_selected and draft.cell is None]
        return set_cell(without, argument, user)
    key, _, value = argument.partition(":")
    draft = next((item for item in drafts if str(item.pk) == key), None)
    if draft is None:
        return {}
    try:
        if action == "discard":
            discard_drafts([draft], by=user)
        elif action == "cell":
            confirm_cell(draft, get_object_or_404(Cell.objects.visible_to(user), refcode=value), by=user)
        elif action == "attach":
            change_draft(draft, DraftChanges(is_attachment=True), by=user)
        elif action == "mapping":
            _read_again(draft, value, user)
    except ValidationError as error:
        return {draft.pk: validation_text(error)}
    return {}


def _read_again(draft: FileDraft, choice: str, user: User) -> None:
    """Read a file with the suggested column mapping, a saved one, or none."""
    mapping, saved = None, None
    if choice == SUGGESTED and draft.refusal is not None:
        mapping = draft.refusal["parameters"].get("suggested_mapping")
    elif is_key(choice):
        saved = get_object_or_404(ColumnMapping.objects.visible_to(user), pk=choice)
        mapping = saved.mapping
    elif choice != WITHOUT:
        raise Http404("This column mapping does not exist.")
    read_at_once(read_with_mapping(draft, mapping=mapping, saved=saved, by=user))


def _save(request: HttpRequest, table: DraftTable, errors: dict[int, str]) -> HttpResponse:
    """Save the ticked rows that are ready; a row with an error in what was entered waits."""
    ready = [row.draft for row in table.rows if row.is_ready and row.draft.is_selected and row.draft.pk not in errors]
    confirmed = save_drafts(ready, by=_user(request))
    for row in table.rows:
        if text := errors.get(row.draft.pk):
            messages.error(request, f"{row.draft.filename}: {text}")
    for draft in confirmed.refused:
        messages.error(request, f"{draft.filename} was not saved: {draft.problem['text'] if draft.problem else ''}")
    if confirmed.files:
        messages.success(request, _describe(confirmed))
    elif not confirmed.refused:
        messages.warning(request, "Nothing was saved: no selected file is ready.")
    return HttpResponseRedirect(_url_after(table, confirmed))


def _url_after(table: DraftTable, confirmed: Confirmed) -> str:
    """The page that shows what was saved, or the files that are left."""
    is_rest = confirmed.files < len(table.rows)
    if table.cell:
        return table.cell.get_absolute_url() if confirmed.files else _page_url(table.cell)
    if is_rest:
        return _page_url(None)
    return confirmed.cells[0].get_absolute_url() if len(confirmed.cells) == 1 else reverse("web:home")


def _describe(confirmed: Confirmed) -> str:
    """Message about the saved files, with a link to each cell."""
    counts = [
        f"{number} {noun}{'' if number == 1 else 's'}"
        for number, noun in ((len(confirmed.measurements), "measurement"), (len(confirmed.attachments), "attachment"))
        if number
    ]
    files = len(confirmed.extended)
    if files:
        names = ", ".join(dict.fromkeys(measurement.refcode for measurement in confirmed.extended))
        counts.append(f"{files} file{'' if files == 1 else 's'} of {names}")
    links = format_html_join(", ", '<a href="{}">{}</a>', ((c.get_absolute_url(), c.refcode) for c in confirmed.cells))
    return format_html("Saved {} on {}. The analyses are queued.", " and ".join(counts), links)
