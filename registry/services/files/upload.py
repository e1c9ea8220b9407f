"""A file from a person: its bytes kept at once, read in the background."""

from typing import IO

from django.db import transaction
from django.db.models import Q

from registry.models import ColumnMapping, Dataset, Measurement, ParseStatus, RawFile
from registry.services import staleness
from registry.services.background import wake_on_commit
from registry.services.files.dataset import base_filename, save_dataset
from registry.services.files.reading import mark_queued, queue_file, queue_file_with_mapping
from registry.services.files.staging import StagedFile, stage
from registry.services.permissions import Actor, require_editor


def upload_file(
    *, measurement: Measurement, file: IO[bytes], filename: str, mapping: ColumnMapping | None = None, by: Actor
) -> list[Dataset]:
    """Keep a file on a measurement, to be read in the background with what can be computed of it.

    The same file again is the one that is there; one that could not be read, or that comes with another column mapping,
    is read again.
    """
    require_editor(measurement.cell.project, by)
    with stage(file) as arrived:
        arrived.raw_place()
        return _rows(measurement, arrived, base_filename(filename), mapping, by)


@transaction.atomic
def _rows(
    measurement: Measurement, arrived: StagedFile, filename: str, mapping: ColumnMapping | None, by: Actor
) -> list[Dataset]:
    staleness.lock_measurements(Q(pk=measurement.pk))
    standing = list(measurement.datasets.filter(raw_file__sha256=arrived.sha256).order_by("part"))
    if standing and mapping and standing[0].mapping_id != mapping.pk:
        return [queue_file_with_mapping(standing[0], mapping=mapping, by=by)]
    if standing and standing[0].status == ParseStatus.FAILED:
        return [queue_file(standing[0], by=by, reason="sent again")]
    if standing:
        return standing
    raw_file, _ = RawFile.objects.get_or_create(sha256=arrived.sha256, defaults={"size": arrived.size})
    dataset = Dataset(measurement=measurement, raw_file=raw_file, filename=filename, mapping=mapping, created_by=by)
    save_dataset(mark_queued(dataset, by=by), by=by)
    wake_on_commit()
    return [dataset]
