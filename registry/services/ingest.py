"""Files from the command line onto a measurement, new or standing: all of them, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.hookspecs import TECHNIQUES, Recording
from registry.models import Dataset, Measurement
from registry.services.dataset import measurement_add_file, parse_file
from registry.services.record import Actor, record_save


@dataclass(frozen=True)
class Checked:
    """What a file would become, or why it is refused."""

    path: Path
    reader: str
    recordings: tuple[Recording, ...]
    refusal: str = ""


def file_check(path: Path, technique: str) -> Checked:
    """Read a file as adding it to a measurement of this technique would, and keep nothing."""
    if not path.is_file():
        return Checked(path, "", (), "There is no such file." if not path.exists() else "This is not a file.")
    if path.stat().st_size == 0:
        return Checked(path, "", (), "The file is empty (0 bytes): export it again from the instrument.")
    parsed = parse_file(path, path.name)
    reader = f"{parsed.reader.name} {parsed.reader.version}" if parsed.reader else ""
    if not parsed.recordings:
        return Checked(path, reader, (), parsed.refusal or "The file holds no data.")
    for recording in parsed.recordings:
        if not recording.suits(technique):
            holds, wanted = TECHNIQUES[recording.technique].lower(), TECHNIQUES[technique].lower()
            return Checked(path, reader, parsed.recordings, f"The file holds {holds}, the measurement is {wanted}.")
    return Checked(path, reader, parsed.recordings)


@transaction.atomic
def files_ingest(*, measurement: Measurement, paths: Sequence[Path], by: Actor, reason: str = "") -> list[Dataset]:
    """Save the measurement if it is new, and add each file; a file that cannot be read undoes all of it."""
    checked = [file_check(path, measurement.technique) for path in paths]
    refusals = [f"{one.path}: {one.refusal}" for one in checked if one.refusal]
    if refusals:
        raise ValidationError(refusals)
    if measurement.pk is None:
        record_save(measurement, by=by, reason=reason)
    datasets = []
    for path in paths:
        with path.open("rb") as file:
            datasets += measurement_add_file(measurement=measurement, file=file, filename=path.name, by=by)
    return datasets
