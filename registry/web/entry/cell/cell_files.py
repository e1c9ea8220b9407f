"""Files dropped on the form of a new cell: drafts that are proposed for it once it is saved."""

from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from registry.models import Cell, FileDraft
from registry.models.record import is_key
from registry.models.visibility import AnyUser
from registry.selectors.files.file_draft import SameFile
from registry.services.drafts.draft import MOST_DRAFTS, discard_drafts
from registry.web.entry.base.form_state import FormState
from registry.web.entry.files.files_row import DraftRow
from registry.web.entry.files.upload import receive_files, report_upload

FIELD = "file_drafts"
"""Hidden field of the form: the primary keys of these drafts."""


def list_dropped_files(state: FormState, user: AnyUser) -> list[DraftRow]:
    """The drafts of the form that still wait, the oldest first."""
    if not (keys := _keys(state)):
        return []
    drafts = FileDraft.objects.visible_to(user).filter(pk__in=keys).order_by("pk")
    return [DraftRow(draft, SameFile(), ()) for draft in drafts]


def receive_dropped_files(request: HttpRequest, state: FormState, user: User) -> None:
    """Keep the files that a browser without scripts sends with the form."""
    if request.FILES:
        upload = receive_files(request, None, user)
        report_upload(request, upload)
        state.fields[FIELD] = _join([*_keys(state), *(draft.pk for draft in (*upload.added, *upload.known))])


def discard_dropped_file(state: FormState, key: str, user: User) -> None:
    """Discard one of these drafts."""
    keys = _keys(state)
    if not is_key(key) or int(key) not in keys:
        return
    discard_drafts(list(FileDraft.objects.visible_to(user).filter(pk=int(key))), by=user)
    state.fields[FIELD] = _join(other for other in keys if other != int(key))


def announce_dropped_files(request: HttpRequest, files: Sequence[DraftRow], cell: Cell | None = None) -> None:
    """Say where the files wait: for the cell that was saved, or for any if it was discarded."""
    if files:
        url = reverse("web:cell-files", args=[cell.refcode]) if cell else reverse("web:files")
        noun = "1 file" if len(files) == 1 else f"{len(files)} files"
        messages.info(request, format_html('<a href="{}">{} to confirm</a>.', url, noun))


def _keys(state: FormState) -> list[int]:
    return [int(key) for key in state.fields.get(FIELD, "").split() if is_key(key)][:MOST_DRAFTS]


def _join(keys: Iterable[int]) -> str:
    return " ".join(map(str, dict.fromkeys(keys)))
