"""Save confirmed files: a measurement with its dataset, or an attachment, in one transaction for each file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from registry.contract.vocabulary import CONTINUATION, MAIN
from registry.models import Attachment, Cell, ColumnMapping, Dataset, FileDraft, Measurement
from registry.models.file_draft import ALL, EACH
from registry.sandbox.file_reader import Parsed
from registry.sandbox.serialization import load_message
from registry.selectors.analysis_inputs.dataset_in_use import datasets_to_split, get_dataset_in_use
from registry.selectors.files.file_draft import find_obstacle, list_same_files
from registry.services.column_mapping import accept_suggested_mapping
from registry.services.drafts.draft import discard_drafts
from registry.services.drafts.proposal import MAX_LABEL_LENGTH, load_part
from registry.services.files.attachment import attach_stored
from registry.services.files.dataset import store_parsed
from registry.services.files.roles import declare_role
from registry.services.files.split import split_measurement
from registry.services.measurement import save_measurement
from registry.services.permissions import require_editor
from registry.services.record import write_record
from registry.services.runs.queue import update_results
from registry.services.validation_text import validation_text
from registry.text.file_name import stem_of


@dataclass
class Confirmed:
    """Saved drafts, and the drafts that were refused."""

    measurements: list[Measurement] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    extended: list[Measurement] = field(default_factory=list)
    """Measurements that a file was added to."""
    files: int = 0
    refused: list[FileDraft] = field(default_factory=list)

    @property
    def cells(self) -> list[Cell]:
        """The cells that have something new."""
        cells = [measurement.cell for measurement in (*self.measurements, *self.extended)]
        cells += [attachment.cell for attachment in self.attachments if attachment.cell]
        return list({cell.pk: cell for cell in cells}.values())


def save_drafts(drafts: Sequence[FileDraft], *, by: User) -> Confirmed:
    """Save each draft by itself; one that is refused keeps its file, with the reason in `problem`."""
    confirmed = Confirmed()
    for draft in drafts:
        try:
            saved = save_draft(draft, by=by)
        except (ValidationError, PermissionDenied) as error:
            draft.problem = _describe(error)
            FileDraft.objects.filter(pk=draft.pk).update(problem=draft.problem)
            confirmed.refused.append(draft)
            continue
        if saved is None:
            continue
        confirmed.files += 1
        if isinstance(saved, Attachment):
            confirmed.attachments.append(saved)
        elif draft.measurement_id:
            confirmed.extended += saved
        else:
            confirmed.measurements += saved
    return confirmed


def _describe(error: ValidationError | PermissionDenied) -> dict[str, str]:
    if isinstance(error, PermissionDenied):
        return {"code": "permission-denied", "text": str(error)}
    errors = (
        [item for items in error.error_dict.values() for item in items] if hasattr(error, "error_dict") else [error]
    )
    return {"code": getattr(errors[0], "code", None) or "invalid", "text": validation_text(error)}


@transaction.atomic
def save_draft(draft: FileDraft, *, by: User) -> list[Measurement] | Attachment | None:
    """Save what a draft proposes and remove the draft; None if it is saved or discarded already.

    A file with several datasets gives a measurement for each if `recording` says so.
    """
    owned = FileDraft.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=draft.pk)
    current: FileDraft | None = owned.select_related(
        "cell__project", "named_cell", "raw_file", "mapping", "measurement"
    ).first()
    if current is None:
        return None
    if obstacle := find_obstacle(current, list_same_files([current], by)[current.pk]):
        raise ValidationError(obstacle.text, code=obstacle.code)
    assert current.cell is not None
    require_editor(current.cell.project, by)
    if current.is_attachment:
        saved: Attachment | list[Measurement] = _attach(current, by)
    else:
        saved = [_extend(current, by)] if current.measurement_id else _save_measurement(current, by)
    discard_drafts([current], by=by)
    return saved


def _attach(draft: FileDraft, by: User) -> Attachment:
    assert draft.cell is not None
    return attach_stored(owner=draft.cell, raw_file=draft.raw_file, filename=draft.filename, by=by)


def _extend(draft: FileDraft, by: User) -> Measurement:
    """Add the file to a measurement; its data become the main data where the file continues them."""
    measurement = draft.measurement
    assert measurement is not None
    if measurement.cell_id != draft.cell_id:
        text = f"{measurement.refcode} is not a measurement of the cell of this file."
        raise ValidationError(text, code="measurement-of-another-cell")
    if draft.role == CONTINUATION:
        main = get_dataset_in_use(measurement).dataset
        if main is None:
            text = f"{measurement.refcode} has no main data for this file to continue: select or declare its main data."
            raise ValidationError(text, code="nothing-to-continue")
        if not main.role:
            declare_role(main, role=MAIN, by=by)
    _store(draft, measurement, by)
    update_results([measurement.cell], by=by)
    return measurement


def _store(draft: FileDraft, measurement: Measurement, by: User) -> list[Dataset]:
    """Save the datasets that were read when the file came."""
    parts = tuple(load_part(entry) for entry in draft.parts)
    _require_data(draft, [part.path for part in parts])
    refusal = load_message(draft.refusal) if draft.refusal else None
    return store_parsed(
        measurement=measurement,
        sha256=draft.raw_file.sha256,
        size=draft.raw_file.size,
        filename=draft.filename,
        parsed=Parsed(draft.reader, draft.reader_version, parts, refusal),
        contents={entry["number"]: entry["content_sha256"] for entry in draft.parts},
        mapping=_mapping(draft, by),
        role=draft.role,
        by=by,
    )


def _save_measurement(draft: FileDraft, by: User) -> list[Measurement]:
    assert draft.cell is not None
    reason = f"from the file {draft.filename}"
    measurement = Measurement(
        cell=draft.cell,
        technique=draft.technique,
        label=_free_label(draft),
        measured_on=draft.measured_on,
    )
    texts = {slug: item["text"] for slug, item in draft.conditions.items() if item["text"]}
    save_measurement(measurement, texts, by=by, reason=reason)
    datasets = _store(draft, measurement, by)
    measurements = [measurement]
    if len(datasets) > 1 and draft.recording == EACH:
        measurements = []
        while datasets_to_split(measurement):
            measurements += split_measurement(measurement=measurement, by=by)
    elif len(datasets) > 1 and draft.recording != ALL:
        measurement.dataset = datasets[int(draft.recording)]
        write_record(measurement, by=by, reason=f"dataset {int(draft.recording) + 1} of {draft.filename}")
    update_results([draft.cell], by=by)
    return measurements


def _require_data(draft: FileDraft, paths: Sequence[Path]) -> None:
    raw = Path(settings.MEDIA_ROOT) / draft.raw_file.path
    if not all(path.is_file() for path in (raw, *paths)):
        text = "This file is missing from the file store: discard it, then upload it again."
        raise ValidationError(text, code="draft-data-missing")


def _mapping(draft: FileDraft, by: User) -> ColumnMapping | None:
    """The column mapping it was read with, saved in the project of the cell if it was a suggested one."""
    if draft.mapping_used is None or draft.mapping is not None:
        return draft.mapping
    assert draft.cell is not None
    name = f"Mapping for {draft.filename}"[:120]
    suggested = ColumnMapping(project=draft.cell.project, name=name, mapping=draft.mapping_used)
    return accept_suggested_mapping(suggested, by=by)


def _free_label(draft: FileDraft) -> str:
    """The label; with a number if it is the proposed one and the cell has it already."""
    proposed = stem_of(draft.filename)[:MAX_LABEL_LENGTH]
    assert draft.cell is not None
    if draft.label != proposed:
        return draft.label
    taken = set(draft.cell.measurements.values_list("label", flat=True))
    label, number = proposed, 2
    while label in taken:
        suffix = f" ({number})"
        label, number = f"{proposed[: MAX_LABEL_LENGTH - len(suffix)]}{suffix}", number + 1
    return label
