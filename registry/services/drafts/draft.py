"""Uploaded files that wait to be confirmed: kept for their owner, read in a separate process, changed and discarded."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.models import (
    Attachment,
    Cell,
    CellReason,
    ColumnMapping,
    Dataset,
    DraftStatus,
    FileDraft,
    Measurement,
    Project,
    RawFile,
    Source,
)
from registry.models.condition import condition_slugs
from registry.models.file_draft import ALL, EACH
from registry.models.record import is_key
from registry.sandbox.file_reader import Parsed
from registry.sandbox.serialization import dump_message
from registry.selectors.files.file_draft import list_same_files, match_cell, names_cell
from registry.services.column_mapping import validate_column_mapping
from registry.services.drafts.proposal import dump_part, propose, propose_conditions, propose_technique
from registry.services.files.dataset import base_filename, refuse_file
from registry.services.files.reading import parse_stored
from registry.services.files.roles import check_role
from registry.services.files.staging import StagedFile, stage
from registry.services.jobs.background import wake_on_commit
from registry.services.jobs.leases import claim_row, holds_lease
from registry.services.permissions import require_editor
from registry.text.cleaning import TextError, clean_text

MOST_DRAFTS = 300
KEPT = timedelta(days=14)
"""How long a draft is kept after its last change."""
READ_AT_ONCE_BYTES = 32 * 1024**2
"""Larger files are read by a worker, not while their upload is answered."""
LONGEST_TEXT = 200
MOST_RECORDINGS = 1000
"""Datasets of a file above which it is not listed, but uploaded to a measurement."""


def may_add_drafts(user: Any) -> bool:
    """Whether a user may upload files to any project."""
    return bool(user.is_authenticated and Project.objects.editable_by(user).exists())


def add_draft(*, file: IO[bytes], filename: str, cell: Cell | None = None, by: User) -> tuple[FileDraft, bool]:
    """Store a file for its owner to confirm and queue it for reading; return the draft and whether it is new.

    The cell is that of the page, or the one its name means. The same file again gives the draft there is.
    """
    if cell is not None:
        require_editor(cell.project, by)
    elif not may_add_drafts(by):
        raise PermissionDenied("You are not an editor of any project.")
    if FileDraft.objects.visible_to(by).count() >= MOST_DRAFTS:
        text = f"You have {MOST_DRAFTS} files to confirm: save or discard some first."
        raise ValidationError({"file": ValidationError(text, code="too-many-drafts")})
    with stage(file) as staged:
        staged.store_raw()
        return _add(staged, base_filename(filename), cell, by)


@transaction.atomic
def _add(staged: StagedFile, filename: str, cell: Cell | None, by: User) -> tuple[FileDraft, bool]:
    raw_file, is_new = RawFile.objects.get_or_create(sha256=staged.sha256, defaults={"size": staged.size})
    existing: FileDraft | None = FileDraft.objects.visible_to(by).filter(raw_file=raw_file).first()
    if existing:
        return existing, False
    draft = FileDraft(owner=by, raw_file=raw_file, has_new_file=is_new, filename=filename)
    match = match_cell(filename, by)
    if cell is not None:
        _drop_on(draft, cell, match)
    elif match:
        draft.cell, draft.cell_reason = match
    _queue(draft)
    return draft, True


def _queue(draft: FileDraft) -> None:
    draft.status, draft.queued_at, draft.problem = DraftStatus.QUEUED, timezone.now(), None
    draft.attempts, draft.started_at, draft.lease_until, draft.heartbeat_at = 0, None, None, None
    _save(draft)
    wake_on_commit()


def _save(draft: FileDraft) -> None:
    draft.full_clean(exclude=["refusal", "problem", "mapping_used"])
    draft.save()


def claim_draft() -> FileDraft | None:
    """Claim the oldest queued draft; None if there are none."""
    return claim_row(FileDraft)


def read_at_once(draft: FileDraft) -> FileDraft:
    """Read a queued draft without waiting for a worker, unless it is large; return it as it is now."""
    if draft.raw_file.size <= READ_AT_ONCE_BYTES:
        queued = FileDraft.objects.filter(pk=draft.pk, status=DraftStatus.QUEUED)
        while queued.exists() and (claimed := claim_row(FileDraft, ready=Q(pk=draft.pk))) is not None:
            read_claimed_draft(claimed)
    return FileDraft.objects.select_related("raw_file", "cell__project", "named_cell").get(pk=draft.pk)


def read_claimed_draft(draft: FileDraft) -> bool:
    """Read a claimed draft and propose its measurement; False if another worker has taken over the lease."""
    parsed, contents = parse_stored(draft, draft.raw_file, draft.filename, draft.mapping_used)
    if len(parsed.parts) > MOST_RECORDINGS:
        refusal = refuse_file(
            "too-many-recordings",
            "The file contains {count} datasets, more than {most}: enter a measurement, then upload the file to it.",
            count=len(parsed.parts),
            most=MOST_RECORDINGS,
        )
        parsed = Parsed(parsed.reader, parsed.version, (), refusal)
    parts = [dump_part(part, contents[part.number]) for part in parsed.parts]
    return _store(draft, parsed, parts)


@transaction.atomic
def _store(claimed: FileDraft, parsed: Parsed, parts: list[dict[str, Any]]) -> bool:
    if not holds_lease(claimed, claimed.attempts):
        return False
    draft = FileDraft.objects.select_related("cell", "owner", "raw_file").get(pk=claimed.pk)
    draft.status, draft.lease_until = DraftStatus.READ, None
    draft.reader, draft.reader_version = parsed.reader, parsed.version
    draft.parts, draft.refusal = parts, dump_message(parsed.refusal) if parsed.refusal else None
    propose(draft)
    same = list_same_files([draft], draft.owner)[draft.pk]
    if same.datasets or same.attachments:
        draft.is_selected = False
    _save(draft)
    return True


@dataclass(frozen=True, kw_only=True)
class DraftChanges:
    """Entries of the owner of a draft; None leaves a field unchanged."""

    cell: Cell | None = None
    target: tuple[Measurement | None, str] | None = None
    """Measurement the file is added to, and its role there; a new one if the first is None."""
    is_attachment: bool | None = None
    technique: str | None = None
    recording: str | None = None
    label: str | None = None
    measured_on: date | None = None
    conditions: Mapping[str, str] | None = None
    """Texts by slug; an empty one removes the condition."""
    is_selected: bool | None = None


@transaction.atomic
def change_draft(draft: FileDraft, changes: DraftChanges, *, by: User) -> FileDraft:
    """Change what is proposed; what was entered is kept when the file is read again."""
    _lock(draft, by)
    if changes.cell is not None and changes.cell != draft.cell:
        require_editor(changes.cell.project, by)
        _set_cell(draft, changes.cell, CellReason.CHOSEN)
    if changes.target is not None:
        _set_target(draft, *changes.target)
    if changes.is_attachment is not None:
        draft.is_attachment = changes.is_attachment
    if changes.technique is not None and changes.technique != draft.technique:
        draft.technique, draft.technique_source = changes.technique, Source.ENTERED if changes.technique else ""
        propose_conditions(draft)
    if changes.recording is not None and changes.recording != draft.recording:
        draft.recording = _checked_recording(draft, changes.recording)
        propose_conditions(draft)
    if changes.label is not None:
        draft.label = changes.label
    if changes.measured_on is not None:
        draft.measured_on = changes.measured_on
    if changes.conditions is not None:
        _change_conditions(draft, changes.conditions)
    if changes.is_selected is not None:
        draft.is_selected = changes.is_selected
    draft.problem = None
    _save(draft)
    return draft


def _set_target(draft: FileDraft, measurement: Measurement | None, role: str) -> None:
    if measurement is not None:
        if measurement.cell_id != draft.cell_id:
            text = f"{measurement.refcode} is not a measurement of the cell of this file."
            raise ValidationError({"measurement": ValidationError(text, code="measurement-of-another-cell")})
        check_role(measurement, role)
    draft.measurement, draft.role = measurement, role if measurement else ""


@transaction.atomic
def place_waiting_drafts(cell: Cell, *, by: User) -> None:
    """Propose a cell for files of a user that wait for one, if their names mean it and no other."""
    waiting = FileDraft.objects.visible_to(by).filter(cell=None).select_related("raw_file")
    for draft in waiting.exclude(status=DraftStatus.READING):
        if not names_cell(draft.filename, cell):
            continue
        match = match_cell(draft.filename, by)
        if match is None or match[0] != cell:
            continue
        _set_cell(draft, *match)
        _save(draft)


@transaction.atomic
def place_dropped_drafts(cell: Cell, keys: Collection[int], *, by: User) -> int:
    """Propose a cell for files of a user that were dropped on its form before it was saved; return how many."""
    require_editor(cell.project, by)
    drafts = FileDraft.objects.visible_to(by).filter(pk__in=keys).select_for_update(of=("self",))
    dropped = list(drafts.select_related("raw_file", "cell"))
    for draft in dropped:
        _drop_on(draft, cell, match_cell(draft.filename, by))
        _save(draft)
    return len(dropped)


def _drop_on(draft: FileDraft, cell: Cell, match: tuple[Cell, CellReason] | None) -> None:
    """Propose the cell a file was dropped on; another one that its name means has to be looked at."""
    _set_cell(draft, cell, CellReason.PAGE)
    draft.dropped_on = cell
    draft.named_cell = match[0] if match and match[0] != cell else None


@transaction.atomic
def confirm_cell(draft: FileDraft, cell: Cell, *, by: User) -> FileDraft:
    """Choose a cell, also the one proposed already although the file name says another."""
    _lock(draft, by)
    require_editor(cell.project, by)
    _set_cell(draft, cell, CellReason.CHOSEN)
    draft.problem = None
    _save(draft)
    return draft


def _set_cell(draft: FileDraft, cell: Cell, reason: CellReason) -> None:
    """Set the cell, and propose the technique of its kind."""
    if cell != draft.cell:
        draft.measurement, draft.role = None, ""
    draft.cell, draft.cell_reason = cell, reason
    if draft.parts:
        propose_technique(draft)


def _checked_recording(draft: FileDraft, recording: str) -> str:
    is_index = is_key(recording) and int(recording) < len(draft.parts)
    if recording not in ("", EACH, ALL) and not is_index:
        text = f"The file has no dataset {recording}."
        raise ValidationError({"recording": ValidationError(text, code="unknown-recording")})
    return recording


def _change_conditions(draft: FileDraft, texts: Mapping[str, str]) -> None:
    for slug, text in texts.items():
        before = draft.conditions.get(slug, {}).get("text", "")
        try:
            cleaned = clean_text(text)[:LONGEST_TEXT]
        except TextError as error:
            raise ValidationError({f"conditions.{slug}": ValidationError(str(error), code="text")}) from error
        is_known = slug in condition_slugs() or (slug in draft.conditions and not cleaned)
        if not is_known or cleaned == before:
            continue
        draft.conditions[slug] = {"text": cleaned, "source": Source.ENTERED.value}


@transaction.atomic
def read_with_mapping(
    draft: FileDraft, *, mapping: Mapping[str, Any] | None, saved: ColumnMapping | None = None, by: User
) -> FileDraft:
    """Queue a draft to be read with a column mapping, a saved one or one that is suggested; None for without."""
    _lock(draft, by)
    if mapping is not None:
        validate_column_mapping(mapping)
    draft.mapping, draft.mapping_used = saved, dict(mapping) if mapping is not None else None
    draft.parts, draft.refusal, draft.recording = [], None, ""
    draft.measurement, draft.role = None, ""
    _queue(draft)
    return draft


def _lock(draft: FileDraft, by: User) -> None:
    """Make others wait that change the draft, and load what they have changed since it was listed."""
    _require_owner(draft, by)
    try:
        draft.refresh_from_db(from_queryset=FileDraft.objects.select_for_update())
    except FileDraft.DoesNotExist as error:
        text = f"‘{draft.filename}’ was saved or discarded in the meantime."
        raise ValidationError(text, code="draft-gone") from error


def _require_owner(draft: FileDraft, by: User) -> None:
    if draft.owner_id != by.pk:
        raise PermissionDenied("This file was uploaded by another user.")


@transaction.atomic
def discard_drafts(drafts: Sequence[FileDraft], *, by: User | None) -> int:
    """Discard drafts, and the row of a file that no record has; `clean_files` then deletes the file."""
    for draft in drafts:
        if by is not None:
            _require_owner(draft, by)
        raw_file, has_new_file = draft.raw_file_id, draft.has_new_file
        draft.delete()
        if has_new_file and not _is_used(raw_file):
            RawFile.objects.filter(pk=raw_file).delete()
    return len(drafts)


def _is_used(raw_file: int) -> bool:
    """Whether any record has a file, or had it before."""
    models: Sequence[Any] = (Dataset.objects, Attachment.objects, FileDraft.objects)
    earlier: Sequence[Any] = (Dataset.history, Attachment.history)
    return any(rows.filter(raw_file=raw_file).exists() for rows in (*models, *earlier))


def discard_old_drafts() -> int:
    """Discard drafts that nobody has changed for some days."""
    old = FileDraft.objects.filter(changed_at__lt=timezone.now() - KEPT).exclude(status=DraftStatus.READING)
    return discard_drafts(list(old), by=None)
