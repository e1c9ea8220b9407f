"""Raw files, stored byte for byte under their SHA-256, and the datasets parsed from them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from registry import plugin_loading
from registry.hookspecs import Message
from registry.models import ColumnMapping, Dataset, Measurement, MessageCode, ParseStatus, RawFile
from registry.models.message_code import message_codes
from registry.plugin_loading.dataset_roles import OF_THE_TEST
from registry.plugin_loading.suitability import misfit, not_registered, suits
from registry.sandbox.file_reader import Parsed, ParsedPart, parse_file
from registry.sandbox.manifest import ParsedImage
from registry.sandbox.serialization import dump_message
from registry.selectors.files.dataset_role import get_order, role_mismatch
from registry.services.files.staging import StagedFile, stage, store_data
from registry.services.permissions import Actor, require_editor
from registry.services.record import write_record
from registry.services.staleness import staleness
from registry.text.cleaning import replace_unstorable

MAX_FILENAME_LENGTH = 255
IMAGE_FIELDS = ("image_width", "image_height", "grey_levels", "pixel_width_um", "pixel_height_um")
PARSED_FIELDS = (
    *("part_label", "columns", "rows", "header", "messages", "content_sha256", "status", "reader", "reader_version"),
    *("technique", "mapping", "mapping_used", "start_time", *IMAGE_FIELDS),
)
REREAD_FAILED = "read-again-failed"


def base_filename(filename: str) -> str:
    """Return the name of a file without its path."""
    visible = " ".join(replace_unstorable(filename).split())
    return Path(visible.replace("\\", "/")).name[:MAX_FILENAME_LENGTH].strip() or "unnamed"


def add_file(
    *, measurement: Measurement, file: IO[bytes], filename: str, mapping: ColumnMapping | None = None, by: Actor
) -> list[Dataset]:
    """Store a file on a measurement and parse it immediately; an unreadable file is stored with the reason."""
    require_editor(measurement.cell.project, by)
    filename = base_filename(filename)
    with stage(file) as staged:
        if existing := _get_existing(measurement, staged.sha256, mapping):
            return existing
        parsed = parse_file(
            staged.raw,
            filename,
            staged.results,
            mapping.mapping if mapping else None,
            plugins=plugin_loading.plugin_set(),
        )
        return store_file(
            measurement=measurement, staged=staged, filename=filename, parsed=parsed, mapping=mapping, by=by
        )


def store_file(
    *,
    measurement: Measurement,
    staged: StagedFile,
    filename: str,
    parsed: Parsed,
    mapping: ColumnMapping | None = None,
    role: str = "",
    order: int | None = None,
    by: Actor,
) -> list[Dataset]:
    """Move a parsed file and its columns to their final paths, then save their rows in one transaction."""
    _refuse_misfit(parsed, measurement, role)
    contents = {part.number: store_data(part) for part in parsed.parts}
    staged.store_raw()
    return store_parsed(
        measurement=measurement,
        sha256=staged.sha256,
        size=staged.size,
        filename=filename,
        parsed=parsed,
        contents=contents,
        mapping=mapping,
        role=role,
        order=order,
        by=by,
    )


@transaction.atomic
def store_parsed(
    *,
    measurement: Measurement,
    sha256: str,
    size: int,
    filename: str,
    parsed: Parsed,
    contents: Mapping[int, str],
    mapping: ColumnMapping | None = None,
    role: str = "",
    order: int | None = None,
    by: Actor,
) -> list[Dataset]:
    """Save the rows of a parsed file whose bytes and columns are stored already."""
    _refuse_misfit(parsed, measurement, role)
    staleness.lock_cell_of(measurement.pk)
    if existing := _get_existing(measurement, sha256, mapping):
        return existing
    raw_file, _ = RawFile.objects.get_or_create(sha256=sha256, defaults={"size": size})
    datasets = replace_datasets(
        measurement=measurement,
        raw_file=raw_file,
        filename=filename,
        parsed=parsed,
        contents=contents,
        mapping=mapping,
        role=role,
        order=order,
        created_by=by,
        by=by,
    )
    staleness.mark_stale([measurement.cell])
    return datasets


def _refuse_misfit(parsed: Parsed, measurement: Measurement, role: str) -> None:
    if clash := technique_mismatch(parsed.parts, measurement.technique, role):
        raise ValidationError({"file": ValidationError(clash.text, code=clash.code)})


def _get_existing(measurement: Measurement, sha256: str, mapping: ColumnMapping | None) -> list[Dataset]:
    """The datasets already read from the same bytes; none if another column mapping is requested."""
    datasets = list(measurement.datasets.filter(raw_file__sha256=sha256).order_by("part"))
    has_other_mapping = mapping is not None and any(dataset.mapping_id != mapping.pk for dataset in datasets)
    return datasets if any(dataset.holds_data for dataset in datasets) and not has_other_mapping else []


def replace_datasets(
    *,
    measurement: Measurement,
    raw_file: RawFile,
    filename: str,
    parsed: Parsed,
    contents: Mapping[int, str],
    mapping: ColumnMapping | None,
    created_by: Actor,
    by: Actor,
    role: str = "",
    order: int | None = None,
    reason: str = "",
) -> list[Dataset]:
    """Update the rows of one file on a measurement to match the parsed data, within the transaction of the caller.

    A file with several datasets loses the role it was uploaded with: each is declared by itself.
    """
    rows = {row.part: row for row in measurement.datasets.filter(raw_file=raw_file)}
    is_ambiguous = len(parsed.parts) > 1 and not any(row.holds_data for row in rows.values())
    datasets = []
    parsed_rows = build_datasets(
        measurement, raw_file, filename=filename, parsed=parsed, contents=contents, mapping=mapping
    )
    for new in parsed_rows:
        row = rows.pop(new.part, None)
        if is_ambiguous and (role or (row and row.role)):
            new.messages = [
                dump_message(
                    refuse_file("ambiguous-role", "The file contains several datasets: declare the role of each.")
                ),
                *new.messages,
            ]
            role = ""
            if row:
                row.role, row.order = "", None
        if row is None:
            row = new
            row.created_by = created_by
            row.role, row.order = role, get_order(measurement, role, order)
            save_dataset(row, by=by, reason=reason)
        elif any(getattr(row, name) != getattr(new, name) for name in PARSED_FIELDS):
            for name in PARSED_FIELDS:
                setattr(row, name, getattr(new, name))
            row.lease_until = None
            save_dataset(row, by=by, reason=reason)
        datasets.append(row)
    for removed in rows.values():
        if measurement.dataset_id == removed.pk:
            measurement.dataset = None
            write_record(measurement, by=by, reason="the selected dataset is no longer in its file")
        removed._history_user = by
        removed._change_reason = reason
        removed.delete()
    return datasets


def keep_own_parts(parsed: Parsed, measurement: Measurement, raw_file: RawFile) -> Parsed:
    """Drop the parsed datasets that were split off to other measurements."""
    split_off = set(measurement.datasets.filter(raw_file=raw_file, split_off=True).values_list("part", flat=True))
    if not split_off or not parsed.parts:
        return parsed
    parts = tuple(part for part in parsed.parts if part.number in split_off)
    count = len(parsed.parts)
    refusal = (
        None
        if parts
        else refuse_file(
            "dataset-not-in-file",
            "The file now contains {count} datasets but not the one of this measurement: upload the original file.",
            count=count,
        )
    )
    return replace(parsed, parts=parts, refusal=refusal)


def reread_messages(dataset: Dataset, refusal: Message) -> list[dict[str, Any]]:
    """The messages of a dataset whose file was refused when read again."""
    other_messages = [message for message in dataset.messages if message["code"] != REREAD_FAILED]
    failed = refuse_file(
        "read-again-failed",
        "The file could not be read again: {reason} The data of the previous import are kept.",
        reason=refusal.text,
        reason_code=refusal.code,
    )
    return [dump_message(failed), *other_messages]


def refuse_file(code: str, text: str, **parameters: Any) -> Message:
    """Return the message of a file that is refused."""
    return Message(code, text, level="warning", **parameters)


def save_dataset(dataset: Dataset, *, by: Actor, reason: str = "") -> None:
    """Validate and save a dataset with its history."""
    dataset._history_user = by  # type: ignore[attr-defined]
    dataset._change_reason = reason  # type: ignore[attr-defined]
    # These may be empty, which full_clean would refuse because blank=False.
    dataset.full_clean(exclude=("columns", "header", "messages"))
    dataset.save()
    MessageCode.objects.filter(dataset=dataset).delete()
    MessageCode.objects.bulk_create(message_codes(dataset, dataset.messages))


def technique_mismatch(parts: Sequence[ParsedPart], technique: str, role: str = "") -> Message | None:
    """Why no dataset suits the technique of the measurement, or the declared role; None if at least one does."""
    if parts and (unregistered := not_registered(technique)):
        return unregistered
    if role not in OF_THE_TEST:
        mismatches = [role_mismatch(part.columns, technique, role) for part in parts]
        return mismatches[0] if mismatches and all(mismatches) else None
    if not parts or any(suits(part, technique) for part in parts):
        return None
    return misfit("The file", parts, technique)


def _image_fields(image: ParsedImage | None) -> dict[str, Any]:
    """The fields of an image; none for columns."""
    if image is None:
        return {}
    width_um, height_um = image.pixel_size_um or (None, None)
    return dict(zip(IMAGE_FIELDS, (image.width, image.height, image.grey_levels, width_um, height_um), strict=True))


def build_datasets(
    measurement: Measurement,
    raw_file: RawFile,
    *,
    filename: str,
    parsed: Parsed,
    contents: Mapping[int, str],
    mapping: ColumnMapping | None,
) -> list[Dataset]:
    """Build the rows of a file: one per dataset, or a single failed one with the reason."""
    common = {
        "measurement": measurement,
        "raw_file": raw_file,
        "filename": filename,
        "reader": parsed.reader,
        "reader_version": parsed.version,
        "mapping": mapping,
        "mapping_used": mapping.mapping if mapping else None,
    }
    if not parsed.parts:
        messages = [dump_message(parsed.refusal)] if parsed.refusal else []
        return [Dataset(status=ParseStatus.FAILED, messages=messages, **common)]
    return [
        Dataset(
            part=part.number,
            part_label=part.label,
            technique=part.technique,
            status=ParseStatus.PARSED,
            columns=list(part.columns),
            rows=part.rows,
            header=dict(part.header),
            start_time=part.start_time,
            messages=[dict(message) for message in part.messages],
            content_sha256=contents[part.number],
            **_image_fields(part.image),
            **common,
        )
        for part in parsed.parts
    ]
