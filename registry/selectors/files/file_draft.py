"""Files to confirm: the cell a name means, records that have the same file, and what keeps one from being saved."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from registry.contract.reader import PACKAGE_MISSING
from registry.hookspecs import Message
from registry.models import Attachment, Cell, CellReason, Dataset, FileDraft
from registry.models.file_draft import ALL, EACH
from registry.models.record import RecordQuerySet
from registry.models.visibility import AnyUser
from registry.plugin_loading.suitability import DataKind, misfit, not_registered
from registry.text.cleaning import name_key
from registry.text.file_name import full_refcodes, label_candidates, short_refcodes

MOST_SUGGESTED = 12


def list_drafts(user: AnyUser, cell: Cell | None = None) -> list[FileDraft]:
    """The files a user has to confirm, the oldest first; with a cell, those dropped on its page or proposed for it."""
    links = ("raw_file", "cell__project", "named_cell", "mapping", "measurement")
    return list(_drafts(user, cell).select_related(*links).order_by("pk"))


def list_versions(user: AnyUser, cell: Cell | None = None) -> dict[int, str]:
    """The version of each of these files, by primary key."""
    return {draft.pk: draft.version for draft in _drafts(user, cell).only("status", "changed_at").order_by("pk")}


def _drafts(user: AnyUser, cell: Cell | None) -> RecordQuerySet:
    drafts: RecordQuerySet = FileDraft.objects.visible_to(user)
    return drafts if cell is None else drafts.filter(dropped_on=cell) | drafts.filter(cell=cell)


def match_cell(filename: str, user: AnyUser) -> tuple[Cell, CellReason] | None:
    """The cell a file name means, of those the user may edit: by its refcode, else by the longest label; None if no
    cell or several are meant."""
    editable = Cell.objects.editable_by(user).select_related("project")
    for refcodes in (full_refcodes(filename), short_refcodes(filename)):
        named = list(editable.filter(refcode__in=refcodes)[:2]) if refcodes else []
        if len(named) == 1:
            return named[0], CellReason.REFCODE
        if named:
            return None
    return _match_label(filename, editable)


def names_cell(filename: str, cell: Cell) -> bool:
    """Whether a file name has the refcode or the label of a cell."""
    refcodes = full_refcodes(filename) or short_refcodes(filename)
    return cell.refcode in refcodes or cell.label_key in {name_key(text) for text in label_candidates(filename)}


def find_cell(text: str, user: AnyUser) -> Cell | None:
    """The cell a user may edit with this refcode (C-00047, C47, 47) or label; None if there is none, or several."""
    editable = Cell.objects.editable_by(user).select_related("project")
    refcodes = short_refcodes(f"C{text.strip()}" if text.strip().isdecimal() else text.strip())
    if len(refcodes) == 1 and (cell := editable.filter(refcode=refcodes[0]).first()):
        return cell
    labelled = list(editable.filter(label_key=text)[:2])
    return labelled[0] if len(labelled) == 1 else None


def list_editable_cells(text: str, user: AnyUser) -> list[Cell]:
    """Cells a user may edit whose refcode or label has this text, the newest first."""
    editable = Cell.objects.editable_by(user).select_related("project").order_by("-pk")
    if typed := text.strip():
        editable = editable.filter(Q(refcode__icontains=typed) | Q(label_key__contains=typed))
    return list(editable[:MOST_SUGGESTED])


def _match_label(filename: str, editable: RecordQuerySet) -> tuple[Cell, CellReason] | None:
    keys = {name_key(text) for text in label_candidates(filename)}
    labelled = list(editable.filter(label_key__in=keys)[:20]) if keys else []
    longest = max((len(cell.label_key) for cell in labelled), default=0)
    best = [cell for cell in labelled if len(cell.label_key) == longest]
    return (best[0], CellReason.LABEL) if len(best) == 1 else None


@dataclass(frozen=True)
class SameFile:
    """Records the user can see that have the same bytes as a draft."""

    datasets: list[Dataset] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def list_same_files(drafts: Collection[FileDraft], user: AnyUser) -> dict[int, SameFile]:
    """The records with the same file, by the primary key of the draft, in two queries."""
    files = {draft.raw_file_id: SameFile() for draft in drafts}
    if not files:
        return {}
    datasets = Dataset.objects.visible_to(user).filter(raw_file__in=files).select_related("measurement__cell")
    for dataset in datasets.order_by("measurement__refcode", "part"):
        same = files[dataset.raw_file_id].datasets
        if all(other.measurement_id != dataset.measurement_id for other in same):
            same.append(dataset)
    attached = Attachment.objects.visible_to(user).filter(raw_file__in=files, cell__isnull=False)
    for attachment in attached.select_related("cell").order_by("pk"):
        files[attachment.raw_file_id].attachments.append(attachment)
    return {draft.pk: files[draft.raw_file_id] for draft in drafts}


def kinds_of(draft: FileDraft) -> list[DataKind]:
    """Properties that decide which techniques the datasets of a draft fit."""
    return [
        DataKind(technique=part["technique"], columns=tuple(part["columns"]), has_picture=part["image"] is not None)
        for part in draft.parts
    ]


def fitting_techniques(draft: FileDraft) -> list[str]:
    """The techniques at least one dataset of a draft fits."""
    return list(dict.fromkeys(slug for kind in kinds_of(draft) for slug in kind.fitting()))


def chosen_parts(draft: FileDraft) -> Sequence[int]:
    """Positions of the datasets that are saved; all unless one is chosen."""
    is_one = draft.recording not in ("", EACH, ALL)
    return [int(draft.recording)] if is_one else range(len(draft.parts))


def is_kept_unread(draft: FileDraft) -> bool:
    """Whether the file is saved although it was not read: the package that reads it is not installed."""
    return draft.refusal is not None and draft.refusal["code"] == PACKAGE_MISSING


def find_obstacle(draft: FileDraft, same: SameFile) -> Message | None:
    """Why a draft cannot be saved as it is; None if it is ready."""
    if not draft.is_read:
        return _obstacle("file-being-read", "The file is being read.")
    if draft.refusal is not None and not is_kept_unread(draft) and not draft.is_attachment:
        return _obstacle("not-recognised", "{reason}", reason=draft.refusal["text"])
    if obstacle := _obstacle_of_cell(draft):
        return obstacle
    if draft.is_attachment:
        return _obstacle_of_attachment(draft, same)
    of_data = None if draft.measurement_id else _obstacle_of_data(draft)
    return of_data or _obstacle_of_duplicate(draft, same)


def _obstacle_of_cell(draft: FileDraft) -> Message | None:
    """Why the cell has to be chosen."""
    if draft.cell is None:
        return _obstacle("no-cell", "The file name does not contain a known cell: choose the cell.")
    if draft.named_cell and draft.named_cell != draft.cell and draft.cell_reason != CellReason.CHOSEN:
        text = "The file name refers to {named}, but the file was dropped on {cell}: choose the cell."
        return _obstacle("another-cell-named", text, named=draft.named_cell.refcode, cell=draft.cell.refcode)
    return None


def _obstacle_of_attachment(draft: FileDraft, same: SameFile) -> Message | None:
    attached = any(attachment.cell_id == draft.cell_id for attachment in same.attachments)
    text = "{cell} already has this file as an attachment."
    return _obstacle("already-attached", text, cell=draft.cell.refcode if draft.cell else "") if attached else None


def _obstacle_of_data(draft: FileDraft) -> Message | None:
    if len(draft.parts) > 1 and not draft.recording:
        text = "The file contains {count} datasets: choose one, or one measurement for each."
        return _obstacle("several-recordings", text, count=len(draft.parts))
    if not draft.technique:
        return _obstacle("no-technique", "The file does not state its technique: choose one.")
    kinds = kinds_of(draft)
    chosen = [kinds[index] for index in chosen_parts(draft)]
    if unregistered := not_registered(draft.technique):
        return unregistered
    if chosen and not any(kind.suits(draft.technique) for kind in chosen):
        return misfit("The file", chosen, draft.technique)
    return None


def _obstacle_of_duplicate(draft: FileDraft, same: SameFile) -> Message | None:
    for dataset in same.datasets:
        measurement = dataset.measurement
        is_alike = measurement.cell_id == draft.cell_id and measurement.technique == draft.technique
        if measurement.pk == draft.measurement_id if draft.measurement_id else is_alike:
            text = "{measurement} of {cell} already has this file."
            return _obstacle(
                "already-there", text, measurement=measurement.refcode, cell=draft.cell.refcode if draft.cell else ""
            )
    return None


def _obstacle(code: str, text: str, **parameters: Any) -> Message:
    return Message(code, text, level="warning", **parameters)
