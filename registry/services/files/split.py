"""Several recordings of one file, each made a measurement of its own."""

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.hookspecs import TECHNIQUES
from registry.models import UNREAD, Dataset, Measurement
from registry.selectors.analysis_inputs.dataset_in_use import (
    dataset_label,
    dataset_state,
    datasets_to_split,
    suitable_datasets,
)
from registry.services import staleness
from registry.services.files.dataset import save_dataset
from registry.services.permissions import Actor, require_editor
from registry.services.record import write_record

STATE = ("voltage", "cycle_number_as_written")
SHARED = (
    *(name for name in Measurement.magnitude_fields().values() if name not in STATE),
    *("setup", "measured_on", "parameters"),
)
"""What holds for all recordings of a file; the state of each is its own."""
LONGEST_LABEL = 160
LONGEST_NUMBER = len(", ") + len(" (999)")


@transaction.atomic
def split_measurement(*, measurement: Measurement, by: Actor) -> list[Measurement]:
    """Make a measurement of each recording of the newest file that holds several; return all that then have one.

    The measurement keeps the recording chosen for it, or else the first that suits it, if it has no data but these.
    """
    require_editor(measurement.cell.project, by)
    staleness.lock_cell_of(measurement.pk)
    recordings = datasets_to_split(measurement)
    if not recordings:
        raise ValidationError(f"No file of {measurement} holds several recordings.")
    file = recordings[0].raw_file_id
    if measurement.datasets.filter(raw_file=file, status__in=UNREAD).exists():
        raise ValidationError(f"{recordings[0].filename} is being read: wait until that has ended.")
    kept = _kept(measurement, recordings)
    labels = _labels(measurement, recordings)
    measurements = []
    for recording in recordings:
        own = _narrowed if recording == kept else _like
        measurements.append(own(measurement, recording, labels[recording.pk], by))
        recording.measurement, recording.split_off = measurements[-1], True
        save_dataset(recording, by=by, reason="made a measurement of its own")
    staleness.mark_stale([measurement.cell])
    return measurements


def _kept(measurement: Measurement, recordings: list[Dataset]) -> Dataset | None:
    """The recording that stays where it is."""
    for recording in recordings:
        if recording.pk == measurement.recording_id:
            return recording
    others = [one for one in measurement.datasets.all() if one not in recordings]
    if any(one.holds_data and one.suits(measurement.technique) for one in others):
        return None
    return next(iter(suitable_datasets(recordings, measurement.technique)), None)


def _narrowed(measurement: Measurement, recording: Dataset, label: str, by: Actor) -> Measurement:
    """The measurement itself, with the state of its recording where none was entered."""
    measurement.label = label
    for name, text in dataset_state(recording).items():
        if not getattr(measurement, name):
            setattr(measurement, name, text)
    return write_record(measurement, by=by, reason=f"of one recording of {recording.filename}")


def _like(measurement: Measurement, recording: Dataset, label: str, by: Actor) -> Measurement:
    """A new measurement of a recording under the same conditions, in the state that the recording says."""
    technique = measurement.technique if recording.suits(measurement.technique) else recording.technique
    shared = {name: getattr(measurement, name) for name in SHARED}
    if technique != measurement.technique:
        shared.pop("parameters")
    made = Measurement(cell=measurement.cell, technique=technique, label=label, **shared, **dataset_state(recording))
    return write_record(made, by=by, reason=f"of a recording that was on {measurement.refcode}")


def _labels(measurement: Measurement, recordings: list[Dataset]) -> dict[int, str]:
    """The measurement's label, or else the file's name, with what tells each recording; none twice in the cell."""
    filename = recordings[0].filename
    stem = measurement.label or filename.rpartition(".")[0] or filename
    taken = set(measurement.cell.measurements.exclude(pk=measurement.pk).values_list("label", flat=True))
    labels = {}
    for recording in recordings:
        told = dataset_label(recording, recordings)
        if not recording.suits(measurement.technique):
            told = f"{told}, {TECHNIQUES[recording.technique].lower()}"
        label = f"{stem[: LONGEST_LABEL - len(told) - LONGEST_NUMBER]}, {told}"
        number, free = 2, label
        while free in taken:
            free, number = f"{label} ({number})", number + 1
        labels[recording.pk] = free
        taken.add(free)
    return labels
