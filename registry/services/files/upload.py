"""Uploads: the file is stored immediately and parsed in the background."""

from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from registry.models import ColumnMapping, Dataset, Measurement, ParseStatus, RawFile
from registry.plugin_loading.suitability import not_registered
from registry.selectors.files.dataset_role import get_order
from registry.services.files.dataset import base_filename, save_dataset
from registry.services.files.reading import mark_queued, queue_file, queue_file_with_mapping
from registry.services.files.roles import check_role
from registry.services.files.staging import StagedFile, stage
from registry.services.jobs.background import wake_on_commit
from registry.services.permissions import Actor, require_editor
from registry.services.staleness import staleness


def upload_file(
    *,
    measurement: Measurement,
    file: IO[bytes],
    filename: str,
    mapping: ColumnMapping | None = None,
    role: str = "",
    by: Actor,
) -> list[Dataset]:
    """Store a file on a measurement and queue it for parsing; analyses run afterwards.

    Uploading the same file again returns the existing datasets; the file is read again only if it failed before or if
    the column mapping differs. With a role, it is a further dataset next to the main data, such as a pressure log.
    """
    require_editor(measurement.cell.project, by)
    if unregistered := not_registered(measurement.technique):
        raise ValidationError({"file": ValidationError(unregistered.text, code=unregistered.code)})
    check_role(measurement, role)
    with stage(file) as staged:
        staged.store_raw()
        return _queue_upload(measurement, staged, base_filename(filename), mapping, role=role, by=by)


@transaction.atomic
def _queue_upload(
    measurement: Measurement,
    staged: StagedFile,
    filename: str,
    mapping: ColumnMapping | None,
    *,
    role: str,
    by: Actor,
) -> list[Dataset]:
    staleness.lock_measurements(Q(pk=measurement.pk))
    existing = list(measurement.datasets.filter(raw_file__sha256=staged.sha256).order_by("part"))
    if existing and mapping and existing[0].mapping_id != mapping.pk:
        return [queue_file_with_mapping(existing[0], mapping=mapping, by=by)]
    if existing and existing[0].status == ParseStatus.FAILED:
        return [queue_file(existing[0], by=by, reason="uploaded again")]
    if existing:
        return existing
    raw_file, _ = RawFile.objects.get_or_create(sha256=staged.sha256, defaults={"size": staged.size})
    dataset = Dataset(
        measurement=measurement,
        raw_file=raw_file,
        filename=filename,
        mapping=mapping,
        role=role,
        order=get_order(measurement, role, None),
        created_by=by,
    )
    save_dataset(mark_queued(dataset, by=by), by=by)
    wake_on_commit()
    return [dataset]
