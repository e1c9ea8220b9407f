"""Impedance spectra: one dataset per spectrum, without rows at frequency 0."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.clock_times import start_time_of

Array = NDArray[np.float64]

NEEDED = {
    "frequency_hertz": "frequency",
    "real_impedance_ohm": "real part of the impedance",
    "imaginary_impedance_ohm": "imaginary part of the impedance",
}


def spectrum_dataset(
    columns: Mapping[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message] = (),
    *,
    label: str = "",
    expected_points: int | None = None,
    day_first: bool | None = None,
) -> ParsedDataset:
    """Return one spectrum. Rows at frequency 0 have no impedance and are dropped with a message.

    `expected_points` is the number of points stated in the file. The start time is that of `started` in the header;
    `day_first` is the order of dates of the program, if fixed.
    """
    frequency = columns["frequency_hertz"]
    negative = np.flatnonzero(frequency < 0)
    if negative.size:
        row = int(negative[0])
        raise UnreadableFile(
            "frequency-not-positive",
            "row {row} of the table: the frequency is {frequency:g} Hz, but must be positive",
            row=row + 1,
            frequency=frequency[row],
        )
    start_time, unclear = start_time_of(header, day_first=day_first)
    remarks = [*messages, *unclear]
    if expected_points is not None and expected_points != frequency.size:
        remarks.append(
            Message(
                "incomplete-file",
                "Incomplete file: {rows} of {points} points.",
                "warning",
                rows=frequency.size,
                points=expected_points,
            )
        )
    positive = frequency > 0
    dropped = int(positive.size - positive.sum())
    if dropped == positive.size:
        raise UnreadableFile("no-impedance", "no impedance in the table: the frequency of every row is 0")
    if dropped:
        remarks.append(
            Message(
                "rows-at-frequency-zero",
                "Dropped {rows} rows at frequency 0 (voltage and current over time).",
                rows=dropped,
            )
        )
        columns = {name: column[positive] for name, column in columns.items()}
    return ParsedDataset("eis", dict(columns), dict(header), label, tuple(remarks), start_time=start_time)


def parts(columns: Mapping[str, Array], keys: Sequence[str]) -> Iterator[tuple[tuple[float, ...], dict[str, Array]]]:
    """Yield the rows of each run of equal numbers in the key columns, with those numbers."""
    key_columns = [columns[key] for key in keys if key in columns]
    rows = next(iter(columns.values())).size
    changes = np.zeros(max(rows - 1, 0), dtype=bool)
    for key in key_columns:
        changes |= np.diff(key) != 0
    bounds = [0, *(np.flatnonzero(changes) + 1).tolist(), rows]
    for begin, end in pairwise(bounds):
        values = tuple(float(key[begin]) for key in key_columns)
        yield values, {name: column[begin:end] for name, column in columns.items()}
