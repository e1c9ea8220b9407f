"""Changes of a user in the table of files to confirm."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import QueryDict

from registry.models import Cell, FileDraft, Measurement
from registry.models.condition import condition_slugs
from registry.models.record import is_key
from registry.selectors.files.file_draft import find_cell
from registry.services.drafts.draft import DraftChanges, change_draft
from registry.services.validation_text import validation_text
from registry.web.entry.files.files_row import ATTACHMENT

OF_ALL = 0
"""In place of the primary key of a file: an error of what is done to all that are ticked."""


def apply_changes(drafts: Sequence[FileDraft], data: QueryDict, user: User) -> dict[int, str]:
    """Store what was changed in the rows of the form; return the errors by primary key; rows with one do not change."""
    errors = {}
    for draft in drafts:
        try:
            if changes := _read_changes(draft, data, user):
                change_draft(draft, DraftChanges(**changes), by=user)
        except ValidationError as error:
            errors[draft.pk] = validation_text(error)
        except PermissionDenied as error:
            errors[draft.pk] = str(error)
    return errors


def set_cell(drafts: Sequence[FileDraft], text: str, user: User) -> dict[int, str]:
    """Set one cell for several drafts; return why that is not possible, if it is not."""
    if not text.strip():
        return {OF_ALL: "Enter the refcode or label of a cell first, then press Set."}
    if not drafts:
        return {OF_ALL: "Every file that is ticked has a cell: tick those without one."}
    try:
        cell = _read_cell(text.strip(), user)
    except ValidationError as error:
        return {OF_ALL: validation_text(error)}
    for draft in drafts:
        change_draft(draft, DraftChanges(cell=cell), by=user)
    return {}


def _read_changes(draft: FileDraft, data: QueryDict, user: User) -> dict[str, Any]:
    """Differences from the draft, by the name of the field."""
    fields = {name.removeprefix(f"d{draft.pk}-"): str(data[name]) for name in data if name.startswith(f"d{draft.pk}-")}
    changes: dict[str, Any] = {}
    is_selected = fields.get("selected") == "on"
    if "row" in fields and is_selected != draft.is_selected:
        changes["is_selected"] = is_selected
    if (text := fields.get("cell", "").strip()) and (cell := _read_cell(text, user)) != draft.cell:
        changes["cell"] = cell
    if "target" in fields and (target := _read_target(fields["target"], user)) != (draft.measurement, draft.role):
        changes["target"] = target
    if "technique" in fields:
        changes |= _read_technique(draft, fields["technique"])
    for name in ("recording", "label"):
        if name in fields and fields[name].strip() != getattr(draft, name):
            changes[name] = fields[name].strip()
    if (measured_on := _read_date(fields.get("measured-on", ""))) and measured_on != draft.measured_on:
        changes["measured_on"] = measured_on
    if conditions := _read_conditions(draft, fields):
        changes["conditions"] = conditions
    return changes


def _read_target(text: str, user: User) -> tuple[Measurement | None, str]:
    """The measurement a file is added to, and its role: `12:continuation`; none for a new one."""
    key, _, role = text.partition(":")
    if not text:
        return None, ""
    measurement = Measurement.objects.editable_by(user).filter(pk=key).first() if is_key(key) else None
    if measurement is None:
        raise ValidationError("This measurement does not exist, or you cannot edit it.", code="unknown-measurement")
    return measurement, role


def _read_technique(draft: FileDraft, text: str) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if (text == ATTACHMENT) != draft.is_attachment:
        changes["is_attachment"] = text == ATTACHMENT
    if text not in (ATTACHMENT, draft.technique):
        changes["technique"] = text
    return changes


def _read_cell(text: str, user: User) -> Cell:
    cell = find_cell(text, user)
    if cell is None:
        error = f"‘{text}’ is not a cell you can edit: enter its refcode, such as C-00012."
        raise ValidationError(error, code="unknown-cell")
    return cell


def _read_date(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise ValidationError(f"‘{text}’ is not a date: write 2026-11-30.", code="invalid-date") from error


def _read_conditions(draft: FileDraft, fields: Mapping[str, str]) -> dict[str, str]:
    slugs = {*condition_slugs(), *draft.conditions}
    texts = {slug: fields[f"c-{slug}"] for slug in slugs if f"c-{slug}" in fields}
    before = {slug: draft.conditions.get(slug, {}).get("text", "") for slug in texts}
    return {slug: text.strip() for slug, text in texts.items() if text.strip() != before[slug]}
