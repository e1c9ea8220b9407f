"""Files of a request, each kept as a draft."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from registry.models import Cell, FileDraft
from registry.services.drafts.draft import add_draft

FILES = "files"
"""Name of the input."""


@dataclass(frozen=True)
class Upload:
    """What became of the files of a request."""

    added: Sequence[FileDraft]
    known: Sequence[FileDraft]
    """Drafts of the same files that were there already."""
    errors: Sequence[tuple[str | None, str]]
    """The name of each file that was refused, and why."""


def receive_files(request: HttpRequest, cell: Cell | None, user: User) -> Upload:
    """Keep each file as a draft, for a cell or for the one its name means."""
    added: list[FileDraft] = []
    known: list[FileDraft] = []
    errors: list[tuple[str | None, str]] = []
    for file in request.FILES.getlist(FILES):
        try:
            draft, is_new = add_draft(file=file, filename=file.name or "", cell=cell, by=user)
        except ValidationError as error:
            errors.append((file.name, " ".join(error.messages)))
            continue
        (added if is_new else known).append(draft)
    return Upload(added, known, errors)


def report_upload(request: HttpRequest, upload: Upload) -> None:
    """Say on the next page what was refused, and what was there already."""
    for name, text in upload.errors:
        messages.error(request, f"{name}: {text}")
    for draft in upload.known:
        messages.info(request, f"{draft.filename} is already in the list of files to confirm.")
