"""Split a file with several datasets into one measurement per dataset."""

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.models import UNREAD, Dataset, Measurement
from registry.plugin_loading.names import technique_in_sentence
from registry.plugin_loading.suitability import kind_of, misfit
from registry.selectors.analysis_inputs.dataset_in_use import (
    dataset_label,
    dataset_state,
    datasets_to_split,
    suitable_datasets,
)
from registry.services.files.dataset import save_dataset
from registry.services.measurement import copy_conditions, write_conditions
from registry.services.permissions import Actor, require_editor
from registry.services.record import write_record
from registry.services.runs.queue import update_results
from registry.services.search.updates import collect_updates
from registry.services.staleness import staleness
from registry.services.tag import save_tags

STATE = ("voltage_v", "cycle_number")
"""Conditions that come from each dataset; all others are copied to every new measurement."""
SHARED = ("setup", "measured_on", "parameters")
"""Fields copied to every new measurement."""
MAX_LABEL_LENGTH = 160
MAX_SUFFIX_LENGTH = len(", ") + len(" (999)")


@transaction.atomic
@collect_updates()
def split_measurement(*, measurement: Measurement, by: Actor) -> list[Measurement]:
    """Make a measurement of each dataset of the newest file with several; return the measurement of each.

    The original measurement keeps its selected dataset, or else the first that suits its technique. It keeps none if
    another file already provides its data.
    """
    require_editor(measurement.cell.project, by)
    staleness.lock_cell_of(measurement.pk)
    datasets = datasets_to_split(measurement)
    if not datasets:
        raise ValidationError(
            f"{measurement} has no file that contains several datasets to split.", code="nothing-to-split"
        )
    file = datasets[0].raw_file_id
    if measurement.datasets.filter(raw_file=file, status__in=UNREAD).exists():
        raise ValidationError(
            f"{datasets[0].filename} is being read: try again when it has finished.", code="file-being-read"
        )
    retained = _get_retained_dataset(measurement, datasets)
    labels = _get_labels(measurement, datasets)
    measurements = []
    for dataset in datasets:
        save = _update_original if dataset == retained else _create_measurement
        measurements.append(save(measurement, dataset, labels[dataset.pk], by))
        dataset.measurement, dataset.split_off = measurements[-1], True
        save_dataset(dataset, by=by, reason="split off to a separate measurement")
    update_results([measurement.cell], by=by)
    return measurements


def _get_retained_dataset(measurement: Measurement, datasets: list[Dataset]) -> Dataset | None:
    """The dataset that stays on the original measurement."""
    for dataset in datasets:
        if dataset.pk == measurement.dataset_id:
            return dataset
    others = [item for item in measurement.datasets.all() if item not in datasets]
    if any(other.holds_data and other.suits(measurement.technique) for other in others):
        return None
    return next(iter(suitable_datasets(datasets, measurement.technique)), None)


def _update_original(measurement: Measurement, dataset: Dataset, label: str, by: Actor) -> Measurement:
    """Update the original measurement; voltage and cycle number come from the dataset unless they were entered."""
    measurement.label = label
    entered = measurement.entered_conditions
    state = {slug: text for slug, text in dataset_state(dataset).items() if slug not in entered}
    reason = f"split: one dataset of {dataset.filename}"
    write_record(measurement, by=by, reason=reason)
    write_conditions(measurement, state, by=by, reason=reason)
    return measurement


def _create_measurement(measurement: Measurement, dataset: Dataset, label: str, by: Actor) -> Measurement:
    """Create a measurement under the same conditions, with the voltage and cycle number of the dataset."""
    technique = _technique_of(measurement, dataset)
    reason = f"split off from {measurement.refcode}"
    shared = {name: getattr(measurement, name) for name in SHARED}
    if technique != measurement.technique:
        shared.pop("parameters")
    new = Measurement(cell=measurement.cell, technique=technique, label=label, **shared)
    write_record(new, by=by, reason=reason)
    entered = measurement.entered_conditions
    copy_conditions([item for slug, item in entered.items() if slug not in STATE], new, by=by, reason=reason)
    write_conditions(new, dataset_state(dataset), by=by, reason=reason)
    save_tags(new, measurement.tags.values_list("name", flat=True), by=by, reason=reason)
    return new


def _technique_of(measurement: Measurement, dataset: Dataset) -> str:
    """The technique of the measurement if the dataset fits it, else the one its file states, else the only one it fits;
    ValidationError if it fits several or none."""
    if dataset.suits(measurement.technique):
        return measurement.technique
    fitting = kind_of(dataset).fitting()
    if dataset.technique or len(fitting) == 1:
        return dataset.technique or fitting[0]
    refusal = misfit(f"‘{dataset}’", [dataset], measurement.technique)
    raise ValidationError(refusal.text, code=refusal.code)


def _get_labels(measurement: Measurement, datasets: list[Dataset]) -> dict[int, str]:
    """Labels unique within the cell: the label of the measurement (or the file name) and that of each dataset."""
    filename = datasets[0].filename
    stem = measurement.label or filename.rpartition(".")[0] or filename
    taken = set(measurement.cell.measurements.exclude(pk=measurement.pk).values_list("label", flat=True))
    labels = {}
    for dataset in datasets:
        suffix = dataset_label(dataset, datasets)
        if (technique := _technique_of(measurement, dataset)) != measurement.technique:
            suffix = f"{suffix}, {technique_in_sentence(technique)}"
        label = f"{stem[: MAX_LABEL_LENGTH - len(suffix) - MAX_SUFFIX_LENGTH]}, {suffix}"
        number, unique = 2, label
        while unique in taken:
            unique, number = f"{label} ({number})", number + 1
        labels[dataset.pk] = unique
        taken.add(unique)
    return labels
