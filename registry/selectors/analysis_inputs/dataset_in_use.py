"""The dataset a measurement uses: the selected one, or the only one that matches its technique; never guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from django.core.files.storage import default_storage

from analyses.coded_text import Remark
from registry.contract.undecided_dataset import undecided_dataset
from registry.contract.vocabulary import MAIN, PARTS, UNDECLARED
from registry.models import Dataset, Measurement

MAX_VOLTAGE_SPAN = 0.01
"""In volts; a voltage that varies by more does not describe the state of the cell."""
MOST_PARTS = 8
"""Datasets of one file up to which analyses are given all; with more, they are spectra or tests of their own."""


@dataclass(frozen=True)
class DatasetInUse:
    """The dataset a measurement uses, or why none of its datasets is used."""

    dataset: Dataset | None = None
    undecided: Remark | None = None

    @classmethod
    def none(cls, code: str, **parameters: Any) -> Self:
        """None is used, for the reason with this code."""
        return cls(undecided=undecided_dataset(code, parameters.__getitem__))


def get_dataset_in_use(measurement: Measurement) -> DatasetInUse:
    """The selected dataset, or the one declared to be the main one, or else the only one that matches the technique.

    Datasets with another role are never used in its place.
    """
    declared = next((dataset for dataset in measurement.datasets.all() if dataset.role == MAIN), None)
    if declared and measurement.dataset_id in (None, declared.pk):
        return _declared(declared, measurement)
    if declared:
        return DatasetInUse.none("main-dataset-not-selected", filename=declared.filename)
    datasets = [dataset for dataset in measurement.datasets.all() if dataset.holds_data and not dataset.role]
    return _selected(datasets, measurement) if measurement.dataset_id else _only(datasets, measurement)


def _selected(datasets: Sequence[Dataset], measurement: Measurement) -> DatasetInUse:
    selected = next((item for item in datasets if item.pk == measurement.dataset_id), None)
    if selected is None or not selected.suits(measurement.technique):
        return DatasetInUse.none("selected-dataset-does-not-match")
    return DatasetInUse(selected)


def _only(datasets: Sequence[Dataset], measurement: Measurement) -> DatasetInUse:
    files = [suitable_datasets(file, measurement.technique) for file in datasets_by_file(datasets)]
    matching = [dataset for file in files for dataset in file]
    if len(matching) > 1:
        names = sorted({dataset.filename for dataset in matching})
        return DatasetInUse.none("several-datasets", count=len(matching), filenames=tuple(names))
    return DatasetInUse(matching[0]) if matching else DatasetInUse()


def _declared(dataset: Dataset, measurement: Measurement) -> DatasetInUse:
    if dataset.holds_data and dataset.suits(measurement.technique):
        return DatasetInUse(dataset)
    return DatasetInUse.none("main-dataset-without-data", filename=dataset.filename)


def list_datasets_by_role(measurement: Measurement) -> dict[str, list[Dataset]]:
    """The datasets of each declared role other than the main one, in order. If none is selected or declared: as
    `undeclared`, the matching one of each of several files, the oldest first; as `parts`, those of a single file."""
    roles: dict[str, list[Dataset]] = {}
    files = _undecided_files(measurement)
    if len(files) > 1 and all(len(file) == 1 for file in files):
        roles[UNDECLARED] = [file[0] for file in files]
    if len(files) == 1 and 1 < len(files[0]) <= MOST_PARTS:
        roles[PARTS] = files[0]
    for dataset in sorted(measurement.datasets.all(), key=lambda dataset: dataset.order or 0):
        if dataset.role not in ("", MAIN):
            roles.setdefault(dataset.role, []).append(dataset)
    return roles


def _undecided_files(measurement: Measurement) -> list[list[Dataset]]:
    """The matching datasets of each file, the oldest file first; none if one is selected or declared."""
    datasets = measurement.datasets.all()
    if measurement.dataset_id or any(dataset.role == MAIN for dataset in datasets):
        return []
    files = datasets_by_file(dataset for dataset in datasets if dataset.holds_data and not dataset.role)
    return [matching for file in reversed(files) if (matching := suitable_datasets(file, measurement.technique))]


def suitable_datasets(file: Sequence[Dataset], technique: str) -> list[Dataset]:
    """Datasets of a file that state this technique, or else all that fit it."""
    fitting = [item for item in file if item.suits(technique)]
    return [item for item in fitting if item.technique == technique] or fitting


def datasets_by_file(datasets: Iterable[Dataset]) -> list[list[Dataset]]:
    """The datasets of each file in file order, newest file first."""
    files: dict[int, list[Dataset]] = {}
    for dataset in sorted(datasets, key=lambda dataset: dataset.part):
        files.setdefault(dataset.raw_file_id, []).append(dataset)
    return sorted(files.values(), key=lambda file: min(item.pk for item in file), reverse=True)


def datasets_to_split(measurement: Measurement) -> list[Dataset]:
    """Datasets of the newest file with several datasets; empty if no file has."""
    datasets = [dataset for dataset in measurement.datasets.all() if dataset.holds_data and not dataset.role]
    return next((file for file in datasets_by_file(datasets) if len(file) > 1), [])


def dataset_state(dataset: Dataset) -> dict[str, str]:
    """Voltage and cycle number as conditions, where they are constant in the dataset."""
    state = {}
    voltage = dataset_column(dataset, "voltage_volt")
    if voltage.size and np.ptp(voltage) <= MAX_VOLTAGE_SPAN:
        # Adding zero turns a rounded -0.0 into 0.0.
        state["voltage_v"] = f"{round(float(np.median(voltage)), 3) + 0.0:.3f} V"
    cycle = dataset_column(dataset, "cycle_count")
    if cycle.size and np.ptp(cycle) == 0 and cycle[0] >= 0:
        state["cycle_number"] = f"{float(cycle[0]):.0f}"
    return state


def dataset_column(dataset: Dataset, name: str) -> np.ndarray:
    """A column of a dataset; empty if it has no column of this name."""
    import pyarrow.parquet

    if name not in dataset.columns:
        return np.empty(0)
    stored = pyarrow.parquet.read_table(default_storage.path(dataset.parquet_path), columns=[name])
    return np.asarray(stored.column(name).to_numpy(), dtype=float)


def dataset_label(dataset: Dataset, among: Sequence[Dataset]) -> str:
    """A label that distinguishes a dataset from the others of its file."""
    labels = [item.part_label for item in among]
    is_unique = dataset.part_label and labels.count(dataset.part_label) == 1
    return dataset.part_label if is_unique else f"dataset {dataset.part + 1}"
