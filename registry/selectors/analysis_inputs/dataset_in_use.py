"""Which dataset of its files a measurement uses: the one chosen, or the only one that suits it. None is guessed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.core.files.storage import default_storage

from registry.models import Dataset, Measurement

STEADY_VOLT = 0.01
"""A voltage that moves by more is no state."""
NOUNS = {"eis": "spectra"}


@dataclass(frozen=True)
class DatasetInUse:
    """The dataset a measurement uses, or why there is none although there are some."""

    dataset: Dataset | None = None
    undecided: str = ""


def get_dataset_in_use(measurement: Measurement) -> DatasetInUse:
    """The dataset chosen, or else the one dataset of the newest file that suits the measurement."""
    datasets = [dataset for dataset in measurement.datasets.all() if dataset.holds_data]
    if measurement.dataset_id:
        chosen = next((item for item in datasets if item.pk == measurement.dataset_id), None)
        if chosen is None or not chosen.suits(measurement.technique):
            return DatasetInUse(
                undecided="the dataset that was chosen does not suit this measurement any more: choose another"
            )
        return DatasetInUse(chosen)
    for file in datasets_by_file(datasets):
        suiting = suitable_datasets(file, measurement.technique)
        if len(suiting) == 1:
            return DatasetInUse(suiting[0])
        if suiting:
            noun = NOUNS.get(measurement.technique, "datasets")
            text = f"the file {file[0].filename} holds {len(suiting)} {noun}: choose one, or make a measurement of each"
            return DatasetInUse(undecided=text)
    return DatasetInUse()


def suitable_datasets(file: Sequence[Dataset], technique: str) -> list[Dataset]:
    """The datasets of a file that are of a technique, or else those that may be taken for it."""
    exact = [item for item in file if item.technique == technique]
    return exact or [entry for entry in file if entry.suits(technique)]


def datasets_by_file(datasets: Iterable[Dataset]) -> list[list[Dataset]]:
    """The datasets of each file in their order, the newest file first."""
    files: dict[int, list[Dataset]] = {}
    for dataset in sorted(datasets, key=lambda dataset: dataset.part):
        files.setdefault(dataset.raw_file_id, []).append(dataset)
    return sorted(files.values(), key=lambda file: min(item.pk for item in file), reverse=True)


def datasets_to_split(measurement: Measurement) -> list[Dataset]:
    """The datasets of the newest file that holds several; none if no file does."""
    datasets = [dataset for dataset in measurement.datasets.all() if dataset.holds_data]
    return next((file for file in datasets_by_file(datasets) if len(file) > 1), [])


def dataset_state(dataset: Dataset) -> dict[str, str]:
    """Voltage and cycle number as fields of a measurement, where the dataset has one throughout."""
    state = {}
    voltage = _column(dataset, "voltage_volt")
    if voltage.size and np.ptp(voltage) <= STEADY_VOLT:
        state["voltage"] = f"{float(np.median(voltage)):.3f} V"
    cycle = _column(dataset, "cycle_count")
    if cycle.size and np.ptp(cycle) == 0 and cycle[0] >= 0:
        state["cycle_number_as_written"] = f"{float(cycle[0]):.0f}"
    return state


def _column(dataset: Dataset, name: str) -> np.ndarray:
    """One column of a dataset, empty if it has none of this name."""
    import pyarrow.parquet

    if name not in dataset.columns:
        return np.empty(0)
    stored = pyarrow.parquet.read_table(default_storage.path(dataset.parquet_path), columns=[name])
    return np.asarray(stored.column(name).to_numpy(), dtype=float)


def dataset_label(dataset: Dataset, among: Sequence[Dataset]) -> str:
    """What tells a dataset from the others of its file."""
    named = [item.part_label for item in among]
    is_told = dataset.part_label and named.count(dataset.part_label) == 1
    return dataset.part_label if is_told else f"dataset {dataset.part + 1}"
