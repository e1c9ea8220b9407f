"""Parse stored files again with the current readers; raw files are never changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from django.core.files.storage import default_storage
from django.db import transaction

from registry import plugin_loading
from registry.models import Dataset, Measurement, ParseStatus
from registry.sandbox.file_reader import Parsed, parse_file
from registry.services.files.dataset import keep_own_parts, replace_datasets, technique_mismatch
from registry.services.files.staging import content_sha256, staging_directory, store_data
from registry.services.permissions import Actor
from registry.services.staleness import staleness

Change = Literal["new data", "same data", "still unreadable", "previous data kept", "file missing"]


@dataclass(frozen=True)
class ReparsedFile:
    """The result of reading one file of one measurement again."""

    measurement: Measurement
    filename: str
    reader: str
    change: Change
    why: str = ""
    stale: int = 0
    """Number of runs that became stale."""


def list_files_to_reparse(*, reader: str = "", failed_only: bool = False) -> list[Dataset]:
    """One dataset for each file that failed, or whose reader or column mapping has changed."""
    readers = plugin_loading.current().readers
    first_parts = Dataset.objects.select_related("measurement__cell__project", "raw_file", "mapping").order_by("pk")
    if reader:
        first_parts = first_parts.filter(reader=reader)
    datasets: dict[tuple[int, int], Dataset] = {}
    for dataset in first_parts:
        current = readers.get(dataset.reader)
        is_outdated = (current is not None and current.version != dataset.reader_version) or dataset.mapping_changed
        if dataset.status == ParseStatus.FAILED or (is_outdated and not failed_only):
            datasets.setdefault((dataset.measurement_id, dataset.raw_file_id), dataset)
    return list(datasets.values())


def reparse_files(datasets: list[Dataset], *, by: Actor, dry_run: bool = False) -> Iterator[ReparsedFile]:
    """Read the files again one by one and store new data."""
    for dataset in datasets:
        yield reparse_file(dataset, by=by, dry_run=dry_run)


def reparse_file(dataset: Dataset, *, by: Actor, dry_run: bool = False) -> ReparsedFile:
    """Read the file of a dataset again; if it can no longer be read, keep the previous data."""
    raw = Path(default_storage.path(dataset.raw_file.path))
    result = ReparsedFile(dataset.measurement, dataset.filename, dataset.reader, "still unreadable")
    if not raw.is_file():
        return replace(result, change="file missing", why=f"File not found: {raw}.")
    mapping = dataset.mapping
    existing = Dataset.objects.filter(measurement=dataset.measurement_id, raw_file=dataset.raw_file_id)
    with staging_directory() as directory:
        parsed = parse_file(
            raw,
            dataset.filename,
            directory / "results",
            mapping.mapping if mapping else None,
            plugins=plugin_loading.plugin_set(),
        )
        parsed = keep_own_parts(parsed, dataset.measurement, dataset.raw_file)
        result = replace(result, reader=f"{parsed.reader} {parsed.version}".strip())
        refusal = parsed.refusal or technique_mismatch(parsed.parts, dataset.measurement.technique, dataset.role)
        if refusal and existing.exclude(content_sha256="").exists():
            return replace(result, change="previous data kept", why=refusal.text if refusal else "")
        if refusal:
            parsed = Parsed(parsed.reader, parsed.version, (), refusal)
        before = list(existing.order_by("part").values_list("content_sha256", flat=True))
        contents = {part.number: content_sha256(part) for part in parsed.parts}
        is_new = bool(contents) and list(contents.values()) != before
        result = replace(result, change="still unreadable" if refusal else "new data" if is_new else "same data")
        if dry_run:
            return replace(result, why=refusal.text if refusal else "")
        for part in parsed.parts:
            store_data(part)
        stale = _store(dataset, parsed, contents, by=by)
    return replace(result, why=refusal.text if refusal else "", stale=stale)


@transaction.atomic
def _store(dataset: Dataset, parsed: Parsed, contents: Mapping[int, str], *, by: Actor) -> int:
    """Store the newly parsed data of one file; return how many runs became stale."""
    measurement = dataset.measurement
    staleness.lock_cell_of(measurement.pk)
    replace_datasets(
        measurement=measurement,
        raw_file=dataset.raw_file,
        filename=dataset.filename,
        parsed=parsed,
        contents=contents,
        mapping=dataset.mapping,
        created_by=dataset.created_by,
        by=by,
        reason=f"re-read by {parsed.reader} {parsed.version}".strip(),
    )
    return staleness.mark_stale([measurement.cell])
