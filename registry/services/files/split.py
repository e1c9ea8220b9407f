"""Several datasets of one file, each made a measurement of its own."""

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
"""What holds for all datasets of a file; the state of each is its own."""
LONGEST_LABEL = 160
LONGEST_NUMBER = len(", ") + len(" (999)")


@transaction.atomic
def split_measurement(*, measurement: Measurement, by: Actor) -> list[Measurement]:
    """Make a measurement of each dataset of the newest file that holds several; return all that then have one.

    The measurement keeps the dataset chosen for it, or else the first that suits it, if it has no data but these.
    """
    require_editor(measurement.cell.project, by)
    staleness.lock_cell_of(measurement.pk)
    datasets = datasets_to_split(measurement)
    if not datasets:
        raise ValidationError(f"No file of {measurement} holds several datasets.")
    file = datasets[0].raw_file_id
    if measurement.datasets.filter(raw_file=file, status__in=UNREAD).exists():
        raise ValidationError(f"{datasets[0].filename} is being read: wait until that has ended.")
    kept = _kept(measurement, datasets)
    labels = _labels(measurement, datasets)
    measurements = []
    for dataset in datasets:
        own = _narrowed if dataset == kept else _like
        measurements.append(own(measurement, dataset, labels[dataset.pk], by))
        dataset.measurement, dataset.split_off = measurements[-1], True
        save_dataset(dataset, by=by, reason="made a measurement of its own")
    staleness.mark_stale([measurement.cell])
    return measurements


def _kept(measurement: Measurement, datasets: list[Dataset]) -> Dataset | None:
    """The dataset that stays where it is."""
    for dataset in datasets:
        if dataset.pk == measurement.dataset_id:
            return dataset
    others = [item for item in measurement.datasets.all() if item not in datasets]
    if any(other.holds_data and other.suits(measurement.technique) for other in others):
        return None
    return next(iter(suitable_datasets(datasets, measurement.technique)), None)


def _narrowed(measurement: Measurement, dataset: Dataset, label: str, by: Actor) -> Measurement:
    """The measurement itself, with the state of its dataset where none was entered."""
    measurement.label = label
    for name, text in dataset_state(dataset).items():
        if not getattr(measurement, name):
            setattr(measurement, name, text)
    return write_record(measurement, by=by, reason=f"of one dataset of {dataset.filename}")


def _like(measurement: Measurement, dataset: Dataset, label: str, by: Actor) -> Measurement:
    """A new measurement of a dataset under the same conditions, in the state that the dataset says."""
    technique = measurement.technique if dataset.suits(measurement.technique) else dataset.technique
    shared = {name: getattr(measurement, name) for name in SHARED}
    if technique != measurement.technique:
        shared.pop("parameters")
    made = Measurement(cell=measurement.cell, technique=technique, label=label, **shared, **dataset_state(dataset))
    return write_record(made, by=by, reason=f"of a dataset that was on {measurement.refcode}")


def _labels(measurement: Measurement, datasets: list[Dataset]) -> dict[int, str]:
    """The measurement's label, or else the file's name, with what tells each dataset; none twice in the cell."""
    filename = datasets[0].filename
    stem = measurement.label or filename.rpartition(".")[0] or filename
    taken = set(measurement.cell.measurements.exclude(pk=measurement.pk).values_list("label", flat=True))
    labels = {}
    for dataset in datasets:
        told = dataset_label(dataset, datasets)
        if not dataset.suits(measurement.technique):
            told = f"{told}, {TECHNIQUES[dataset.technique].lower()}"
        label = f"{stem[: LONGEST_LABEL - len(told) - LONGEST_NUMBER]}, {told}"
        number, free = 2, label
        while free in taken:
            free, number = f"{label} ({number})", number + 1
        labels[dataset.pk] = free
        taken.add(free)
    return labels
