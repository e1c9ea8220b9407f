"""A file from a person: kept and read at once, its analyses left to the background."""

from typing import IO

from registry.models import Dataset, Measurement, ParseStatus
from registry.services.dataset import measurement_add_file
from registry.services.queue import measurement_queue
from registry.services.record import Actor


def file_upload(*, measurement: Measurement, file: IO[bytes], filename: str, by: Actor) -> list[Dataset]:
    """Keep a file on a measurement and put in the queue what can be computed of it."""
    datasets = measurement_add_file(measurement=measurement, file=file, filename=filename, by=by)
    if any(dataset.status == ParseStatus.PARSED for dataset in datasets):
        measurement_queue(measurement, by=by)
    return datasets
