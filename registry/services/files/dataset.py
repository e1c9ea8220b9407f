"""Raw files in: kept byte for byte by their SHA-256, parsed by the first reader that recognises them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction

from registry import plugin_loading
from registry.hookspecs import TECHNIQUES, Message
from registry.models import ColumnMapping, Dataset, Measurement, ParseStatus, RawFile
from registry.sandbox.file_reader import Parsed, ParsedPart, parse_file
from registry.services import staleness
from registry.services.files.staging import StagedFile, stage, store_columns
from registry.services.permissions import Actor, require_editor
from registry.services.record import write_record
from registry.text.cleaning import replace_unstorable

LONGEST_NAME = 255
OF_A_READING = (
    *("part_label", "columns", "rows", "header", "messages", "content_sha256", "status", "reader", "reader_version"),
    *("technique", "mapping", "mapping_used"),
)
READ_AGAIN = "Read again, the file was refused: "


def base_filename(filename: str) -> str:
    """The name a file came by, without any path."""
    visible = " ".join(replace_unstorable(filename).split())
    return Path(visible.replace("\\", "/")).name[:LONGEST_NAME].strip() or "unnamed"


def add_file(
    *, measurement: Measurement, file: IO[bytes], filename: str, mapping: ColumnMapping | None = None, by: Actor
) -> list[Dataset]:
    """Keep a file and what it holds on a measurement, at once. One that cannot be read is kept with the reason."""
    require_editor(measurement.cell.project, by)
    filename = base_filename(filename)
    with stage(file) as arrived:
        if standing := _standing(measurement, arrived.sha256, mapping):
            return standing
        parsed = parse_file(
            arrived.raw,
            filename,
            arrived.results,
            mapping.mapping if mapping else None,
            plugins=plugin_loading.plugin_set(),
        )
        return store_file(
            measurement=measurement, arrived=arrived, filename=filename, parsed=parsed, mapping=mapping, by=by
        )


def store_file(
    *,
    measurement: Measurement,
    arrived: StagedFile,
    filename: str,
    parsed: Parsed,
    mapping: ColumnMapping | None = None,
    by: Actor,
) -> list[Dataset]:
    """Move a parsed file and its columns into place, then write the rows that name them, all at once."""
    if clash := technique_mismatch(parsed.parts, measurement):
        raise ValidationError({"file": clash})
    contents = {part.number: store_columns(part) for part in parsed.parts}
    arrived.raw_place()
    with transaction.atomic():
        staleness.lock_cell_of(measurement.pk)
        if standing := _standing(measurement, arrived.sha256, mapping):
            return standing
        raw_file, _ = RawFile.objects.get_or_create(sha256=arrived.sha256, defaults={"size": arrived.size})
        datasets = replace_datasets(
            measurement=measurement,
            raw_file=raw_file,
            filename=filename,
            parsed=parsed,
            contents=contents,
            mapping=mapping,
            created_by=by,
            by=by,
        )
        staleness.mark_stale([measurement.cell])
    return datasets


def _standing(measurement: Measurement, sha256: str, mapping: ColumnMapping | None) -> list[Dataset]:
    """What was read of the same bytes before, unless by another column mapping than is asked for."""
    found = list(measurement.datasets.filter(raw_file__sha256=sha256).order_by("part"))
    is_other = mapping is not None and any(item.mapping_id != mapping.pk for item in found)
    return found if any(entry.holds_data for entry in found) and not is_other else []


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
    reason: str = "",
) -> list[Dataset]:
    """Bring the rows of one file on a measurement up to what was read now, within the caller's transaction."""
    rows = {row.part: row for row in measurement.datasets.filter(raw_file=raw_file)}
    kept = []
    found = build_datasets(measurement, raw_file, filename=filename, parsed=parsed, contents=contents, mapping=mapping)
    for new in found:
        row = rows.pop(new.part, None)
        if row is None:
            row = new
            row.created_by = created_by
            save_dataset(row, by=by, reason=reason)
        elif any(getattr(row, name) != getattr(new, name) for name in OF_A_READING):
            for name in OF_A_READING:
                setattr(row, name, getattr(new, name))
            row.lease_until = None
            save_dataset(row, by=by, reason=reason)
        kept.append(row)
    for gone in rows.values():
        if measurement.dataset_id == gone.pk:
            measurement.dataset = None
            write_record(measurement, by=by, reason="the dataset used is not in its file any more")
        gone._history_user = by
        gone._change_reason = reason
        gone.delete()
    return kept


def keep_own_parts(parsed: Parsed, measurement: Measurement, raw_file: RawFile) -> Parsed:
    """What was read of a file, less the datasets that belong to measurements of their own."""
    split_off = set(measurement.datasets.filter(raw_file=raw_file, split_off=True).values_list("part", flat=True))
    if not split_off or not parsed.parts:
        return parsed
    parts = tuple(part for part in parsed.parts if part.number in split_off)
    count = len(parsed.parts)
    refusal = "" if parts else f"The file holds {count} datasets now, and not the one that belonged here."
    return replace(parsed, parts=parts, refusal=refusal)


def reread_messages(dataset: Dataset, refusal: str) -> list[dict[str, str]]:
    """The messages of a dataset that stands although its file, read again, was refused."""
    said = [message for message in dataset.messages if not message["text"].startswith(READ_AGAIN)]
    return [asdict(Message(f"{READ_AGAIN}{refusal} What stands here is the reading before.", "warning")), *said]


def save_dataset(dataset: Dataset, *, by: Actor, reason: str = "") -> None:
    """Validate and save one dataset with its history."""
    dataset._history_user = by  # type: ignore[attr-defined]
    dataset._change_reason = reason  # type: ignore[attr-defined]
    # A file without a header or without remarks leaves these lists empty, which blank=False would refuse.
    dataset.full_clean(exclude=("columns", "header", "messages"))
    dataset.save()


def technique_mismatch(parts: Sequence[ParsedPart], measurement: Measurement) -> str:
    """Why a measurement can use none of these datasets; empty if it can use one."""
    if not parts or any(part.suits(measurement.technique) for part in parts):
        return ""
    found = " and ".join(dict.fromkeys(TECHNIQUES[part.technique].lower() for part in parts))
    here = TECHNIQUES[measurement.technique].lower()
    return f"The file holds {found}, but this measurement is {here}: put it on a measurement of its technique."


def build_datasets(
    measurement: Measurement,
    raw_file: RawFile,
    *,
    filename: str,
    parsed: Parsed,
    contents: Mapping[int, str],
    mapping: ColumnMapping | None,
) -> list[Dataset]:
    """The rows that say what was found in a file: one for each dataset, or one with the reason why there is none."""
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
        refusal = asdict(Message(parsed.refusal, "warning"))
        return [Dataset(status=ParseStatus.FAILED, messages=[refusal], **common)]
    return [
        Dataset(
            part=part.number,
            part_label=part.label,
            technique=part.technique,
            status=ParseStatus.PARSED,
            columns=list(part.columns),
            rows=part.rows,
            header=dict(part.header),
            messages=[dict(message) for message in part.messages],
            content_sha256=contents[part.number],
            **common,
        )
        for part in parsed.parts
    ]
