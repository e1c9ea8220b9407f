"""Parse files in the background: the row of a dataset is queued, leased by a worker, then contains the result."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry import plugin_loading
from registry.models import ColumnMapping, Dataset, Measurement, ParseStatus, RawFile
from registry.models.lease import Leased
from registry.models.project import owning_project
from registry.sandbox.file_reader import Parsed, parse_file
from registry.services.files.dataset import (
    keep_own_parts,
    refuse_file,
    replace_datasets,
    reread_messages,
    save_dataset,
    technique_mismatch,
)
from registry.services.files.staging import staging_directory, store_data
from registry.services.jobs.background import wake_on_commit
from registry.services.jobs.leases import claim_row, exhausted_attempts, heartbeat, holds_lease
from registry.services.permissions import Actor, require_editor
from registry.services.runs.queue import queue_for_new_data
from registry.services.staleness import staleness

logger = logging.getLogger(__name__)


def mark_queued(dataset: Dataset, *, by: Actor) -> Dataset:
    """Set the fields of a row so that a worker will read its file."""
    dataset.status = ParseStatus.QUEUED
    dataset.queued_at, dataset.queued_by = timezone.now(), by
    dataset.attempts, dataset.started_at, dataset.lease_until, dataset.heartbeat_at = 0, None, None, None
    return dataset


@transaction.atomic
def queue_file(dataset: Dataset, *, by: Actor, reason: str = "queued for re-reading") -> Dataset:
    """Queue the file of a dataset for re-reading; the previous data stay in use until then."""
    first = _first_part(dataset, by)
    save_dataset(mark_queued(first, by=by), by=by, reason=reason)
    wake_on_commit()
    return first


@transaction.atomic
def queue_file_with_mapping(dataset: Dataset, *, mapping: ColumnMapping | None, by: Actor) -> Dataset:
    """Queue the file of a dataset for reading with a column mapping, or with none."""
    first = _first_part(dataset, by)
    first.mapping = mapping
    reason = f"queued with the column mapping ‘{mapping}’" if mapping else "queued without a column mapping"
    save_dataset(mark_queued(first, by=by), by=by, reason=reason)
    wake_on_commit()
    return first


def _first_part(dataset: Dataset, by: Actor) -> Dataset:
    require_editor(owning_project(dataset), by)
    staleness.lock_measurements(Q(pk=dataset.measurement_id))
    rows = Dataset.objects.filter(measurement=dataset.measurement_id, raw_file=dataset.raw_file_id)
    first: Dataset = rows.select_related("measurement__cell__project", "raw_file", "mapping").order_by("part")[0]
    return first


def claim_file() -> Dataset | None:
    """Claim the oldest queued file; None if there are none."""
    return claim_row(Dataset)


def read_claimed_file(dataset: Dataset) -> bool:
    """Read a claimed file and store the result; False if another worker has taken over the lease."""
    parsed, contents = parse_stored(
        dataset, dataset.raw_file, dataset.filename, dataset.mapping.mapping if dataset.mapping else None
    )
    return _store(dataset, parsed, contents)


def parse_stored(
    row: Leased, raw_file: RawFile, filename: str, mapping: Mapping[str, Any] | None
) -> tuple[Parsed, dict[int, str]]:
    """Read a stored file for a claimed row and store its columns; return the result and the SHA-256 of each dataset."""
    if times := exhausted_attempts(row):
        refusal = refuse_file(
            "worker-stopped",
            "The worker stopped {times} while reading this file (out of memory or killed): check its log, then read "
            "the file again.",
            times=times,
        )
        return Parsed(refusal=refusal), {}
    raw = Path(default_storage.path(raw_file.path))
    if not raw.is_file():
        refusal = refuse_file(
            "raw-file-missing",
            "The raw file is missing from the file store: restore it from a backup, then read it again.",
        )
        return Parsed(refusal=refusal), {}
    try:
        with heartbeat(row), staging_directory() as directory:
            parsed = parse_file(raw, filename, directory / "results", mapping, plugins=plugin_loading.plugin_set())
            return parsed, {part.number: store_data(part) for part in parsed.parts}
    except OSError as error:
        logger.exception("file %s could not be read or stored", raw_file)
        refusal = refuse_file(
            "data-not-stored",
            "The server could not store the data ({reason}): fix this, then read the file again.",
            reason=error.strerror,
        )
        return Parsed(refusal=refusal), {}


@transaction.atomic
def _store(dataset: Dataset, parsed: Parsed, contents: Mapping[int, str]) -> bool:
    """Store the parsed data and queue the analyses that are due, in one transaction."""
    staleness.lock_cell_of(dataset.measurement_id)
    if not holds_lease(dataset, dataset.attempts):
        return False
    measurement = Measurement.objects.select_related("cell__project").get(pk=dataset.measurement_id)
    parsed = keep_own_parts(parsed, measurement, dataset.raw_file)
    if clash := technique_mismatch(parsed.parts, measurement.technique, dataset.role):
        parsed = Parsed(parsed.reader, parsed.version, (), clash)
    if parsed.refusal and dataset.holds_data:
        dataset.status, dataset.lease_until = ParseStatus.PARSED, None
        dataset.messages = reread_messages(dataset, parsed.refusal)
        save_dataset(dataset, by=dataset.queued_by, reason="re-reading failed, previous data kept")
        return True
    replace_datasets(
        measurement=measurement,
        raw_file=dataset.raw_file,
        filename=dataset.filename,
        parsed=parsed,
        contents=contents,
        mapping=dataset.mapping,
        created_by=dataset.created_by,
        by=dataset.queued_by,
        reason=f"read by {parsed.reader} {parsed.version}" if parsed.reader else "",
    )
    staleness.mark_stale([measurement.cell])
    if parsed.parts:
        queue_for_new_data(measurement, by=dataset.queued_by)
    return True
