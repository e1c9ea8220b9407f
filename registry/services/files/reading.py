"""Files read in the background. The dataset's row is the truth: queued, then leased by a worker, then as found."""

import logging
from collections.abc import Mapping
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.models import ColumnMapping, Dataset, Measurement, ParseStatus
from registry.services import staleness
from registry.services.background import wake_on_commit
from registry.services.files.dataset import dataset_save, parsed_here, read_again_note, rows_replace, technique_clash
from registry.services.files.staging import content_place, directory_incoming
from registry.services.leases import attempts_spent, heartbeat, lease_claim, lease_held
from registry.services.parsing import Parsed, parse_file
from registry.services.permissions import Actor, require_editor
from registry.services.runs.queue import data_queue

logger = logging.getLogger(__name__)


def queued(dataset: Dataset, *, by: Actor) -> Dataset:
    """Set a row so that a worker will read its file."""
    dataset.status = ParseStatus.QUEUED
    dataset.queued_at, dataset.queued_by = timezone.now(), by
    dataset.attempts, dataset.started_at, dataset.lease_until, dataset.heartbeat_at = 0, None, None, None
    return dataset


@transaction.atomic
def file_queue(dataset: Dataset, *, by: Actor, reason: str = "to be read again") -> Dataset:
    """Have the file of a dataset read again; what was read of it before stands until then."""
    first = _first_part(dataset, by)
    dataset_save(queued(first, by=by), by=by, reason=reason)
    wake_on_commit()
    return first


@transaction.atomic
def file_queue_with(dataset: Dataset, *, mapping: ColumnMapping | None, by: Actor) -> Dataset:
    """Have the file of a dataset read by a column mapping, or without one again."""
    first = _first_part(dataset, by)
    first.mapping = mapping
    reason = f"to be read by the column mapping ‘{mapping}’" if mapping else "to be read without a column mapping"
    dataset_save(queued(first, by=by), by=by, reason=reason)
    wake_on_commit()
    return first


def _first_part(dataset: Dataset, by: Actor) -> Dataset:
    require_editor(dataset.owning_project(), by)
    staleness.measurements_lock(Q(pk=dataset.measurement_id))
    rows = Dataset.objects.filter(measurement=dataset.measurement_id, raw_file=dataset.raw_file_id)
    first: Dataset = rows.select_related("measurement__cell__project", "raw_file", "mapping").order_by("part")[0]
    return first


def file_claim() -> Dataset | None:
    """Take the oldest file that is to be read, or None if none is."""
    return lease_claim(Dataset)


def file_perform(dataset: Dataset) -> bool:
    """Read a file this process has taken up and store what was found; False if another took it over meanwhile."""
    if times := attempts_spent(dataset):
        text = f"The worker ended {times} while it read this file (out of memory, or stopped): look at its log, "
        return _store(dataset, Parsed(refusal=f"{text}then have the file read again."), {})
    raw = Path(default_storage.path(dataset.raw_file.path))
    if not raw.is_file():
        text = "Its bytes are missing from the file store: restore them from a backup, then have the file read again."
        return _store(dataset, Parsed(refusal=text), {})
    mapping = dataset.mapping.mapping if dataset.mapping else None
    try:
        with heartbeat(dataset), directory_incoming() as directory:
            parsed = parse_file(raw, dataset.filename, directory / "results", mapping)
            contents = {part.number: content_place(part) for part in parsed.parts}
    except OSError as error:
        logger.exception("the file of dataset %s could not be read or kept", dataset.pk)
        text = f"The server could not keep what it read ({error.strerror}): once that is mended, have it read again."
        parsed, contents = Parsed(refusal=text), {}
    return _store(dataset, parsed, contents)


@transaction.atomic
def _store(dataset: Dataset, parsed: Parsed, contents: Mapping[int, str]) -> bool:
    """Write what was found and queue what can be computed of it, all at once."""
    staleness.cell_lock(dataset.measurement_id)
    if not lease_held(dataset, dataset.attempts):
        return False
    measurement = Measurement.objects.select_related("cell__project").get(pk=dataset.measurement_id)
    parsed = parsed_here(parsed, measurement, dataset.raw_file)
    if clash := technique_clash(parsed.parts, measurement):
        parsed = Parsed(parsed.reader, parsed.version, (), clash)
    if parsed.refusal and dataset.holds_data:
        dataset.status, dataset.lease_until = ParseStatus.PARSED, None
        dataset.messages = read_again_note(dataset, parsed.refusal)
        dataset_save(dataset, by=dataset.queued_by, reason="kept as it was")
        return True
    rows_replace(
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
    staleness.mark([measurement.cell])
    if parsed.parts:
        data_queue(measurement, by=dataset.queued_by)
    return True
