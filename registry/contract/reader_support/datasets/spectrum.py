"""Impedance spectra: one dataset per sweep, without rows at frequency 0."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message
from registry.contract.reader import ParsedDataset, UnreadableFile
from registry.contract.reader_support.datasets.frequency_sweeps import Sweep, Sweeps, find_sweeps
from registry.contract.reader_support.time.clock_times import start_time_of

Array = NDArray[np.float64]

NEEDED = {
    "frequency_hertz": "frequency",
    "real_impedance_ohm": "real part of the impedance",
    "imaginary_impedance_ohm": "imaginary part of the impedance",
}
FEWEST_POINTS = 5
"""Points of a spectrum whose signs are judged."""


def spectrum_datasets(
    columns: Mapping[str, Array],
    header: Mapping[str, str],
    messages: Sequence[Message] = (),
    *,
    label: str = "",
    expected_points: int | None = None,
    day_first: bool | None = None,
) -> tuple[ParsedDataset, ...]:
    """Return a dataset for each sweep of a table, separated by the frequency itself (see `frequency_sweeps`).

    Rows at frequency 0 have no impedance and are dropped with a message. Where the frequencies have no order, the
    numbers of cycles (`cycle_count`) separate them, if there are any.

    Parameters
    ----------
    columns
        In canonical names and units, `NEEDED` among them; each of shape (rows,).
    header
        Metadata; the start time is that of `started`.
    label
        Name that distinguishes the table from others in the file; of several sweeps, each adds its number.
    expected_points
        Number of points stated in the file, if it states one; another number gives a warning.
    day_first
        Order of dates of the program, if fixed.

    Raises
    ------
    UnreadableFile
        For a negative frequency, or none above 0.
    """
    frequency = columns["frequency_hertz"]
    _require_frequencies(frequency)
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
    order = find_sweeps(frequency)
    if order.is_unordered and (cycles := _by_cycle(columns)):
        return tuple(
            dataset
            for number, rows in cycles
            for dataset in spectrum_datasets(rows, header, messages, label=_joined(label, number), day_first=day_first)
        )
    several = len(order.sweeps) > 1
    if several:
        remarks.append(
            Message(
                "sweeps-separated",
                "{count} sweeps in one table: separated where the frequency turns or starts again.",
                count=len(order.sweeps),
            )
        )
    remarks += _overlap_messages(order.sweeps, frequency)
    remarks += _order_messages(order, frequency)
    return tuple(
        _dataset(
            {name: column[sweep.begin : sweep.end] for name, column in columns.items()},
            dict(header),
            _joined(label, _sweep_label(number, sweep)) if several else label,
            remarks,
            start_time,
        )
        for number, sweep in enumerate(order.sweeps, start=1)
    )


def _require_frequencies(frequency: Array) -> None:
    """Raise `UnreadableFile` for a negative frequency, or if none is above 0."""
    negative = np.flatnonzero(frequency < 0)
    if negative.size:
        row = int(negative[0])
        raise UnreadableFile(
            "frequency-not-positive",
            "row {row} of the table: the frequency is {frequency:g} Hz, but must be positive",
            row=row + 1,
            frequency=frequency[row],
        )
    if not (frequency > 0).any():
        raise UnreadableFile("no-impedance", "no impedance in the table: the frequency of every row is 0")


def _dataset(
    columns: dict[str, Array],
    header: dict[str, str],
    label: str,
    messages: Sequence[Message],
    start_time: datetime | None,
) -> ParsedDataset:
    """Return the spectrum of one sweep, without its rows at frequency 0."""
    positive = columns["frequency_hertz"] > 0
    dropped = int(positive.size - positive.sum())
    if dropped:
        messages = [
            *messages,
            Message(
                "rows-at-frequency-zero",
                "Dropped {rows} rows at frequency 0 (voltage and current over time).",
                rows=dropped,
            ),
        ]
        columns = {name: column[positive] for name, column in columns.items()}
    remarks = (*messages, *_sign_messages(columns["imaginary_impedance_ohm"]))
    return ParsedDataset("eis", columns, header, label, remarks, start_time=start_time)


def _sign_messages(imaginary: Array) -> list[Message]:
    """Return a warning if Z″ is positive at most points, as where the file gives −Z″ under the name Z″."""
    positive = int(np.count_nonzero(imaginary > 0))
    if imaginary.size < FEWEST_POINTS or positive <= imaginary.size / 2:
        return []
    return [
        Message(
            "imaginary-part-positive",
            "Z″ is positive at {positive} of {points} points, as for an inductor. If the file contains −Z″ or −phase "
            "without a minus in the header, read it with a column mapping that inverts the sign.",
            "warning",
            positive=positive,
            points=imaginary.size,
        )
    ]


def _by_cycle(columns: Mapping[str, Array]) -> list[tuple[str, dict[str, Array]]]:
    """Return the rows of each cycle number, in the order of their first rows; none if there is one cycle at most."""
    cycles = columns.get("cycle_count", np.empty(0))
    numbers = list(dict.fromkeys(cycles.tolist()))
    if len(numbers) < 2:
        return []
    return [
        (f"cycle {number:g}", {name: column[cycles == number] for name, column in columns.items()})
        for number in numbers
    ]


def _sweep_label(number: int, sweep: Sweep) -> str:
    return f"sweep {number}, {'falling' if sweep.is_falling else 'rising'} frequency"


def _joined(label: str, further: str) -> str:
    return f"{label}, {further}" if label else further


def _overlap_messages(sweeps: Sequence[Sweep], frequency: Array) -> list[Message]:
    """Return a warning for each sweep that continues where the one before ended, but begins a few frequencies
    earlier."""
    messages = []
    for first, second in pairwise(sweeps):
        before, after = (frequency[sweep.begin : sweep.end] for sweep in (first, second))
        before, after = before[before > 0], after[after > 0]
        if first.is_falling != second.is_falling or not (before.size and after.size):
            continue
        way = -1.0 if first.is_falling else 1.0
        # In the order of the sweep: the first begins before the second, and ends before it.
        if not (way * before[0] < way * after[0] <= way * before[-1] < way * after[-1]):
            continue
        rows = int(np.count_nonzero(way * after <= way * before[-1]))
        messages.append(
            Message(
                "sweeps-overlap",
                "The sweep from row {row} of the table begins at {frequency_hz:.6g} Hz, {overlap} frequencies before "
                "the previous sweep ends, and continues beyond it: if both are segments of one spectrum, join them "
                "with the parameter “Segments of a sweep” of the analyses.",
                "warning",
                row=second.begin + 1,
                frequency_hz=after[0],
                overlap=rows,
            )
        )
    return messages


def _order_messages(order: Sweeps, frequency: Array) -> list[Message]:
    """Return messages about the order of the frequencies."""
    messages = []
    if order.repeated:
        messages.append(
            Message(
                "frequencies-repeated",
                "{count} frequencies were measured several times in a row: each row is a point; analyses take "
                "the mean.",
                count=order.repeated,
            )
        )
    if order.out_of_order:
        messages.append(
            Message(
                "points-out-of-order",
                "Points out of sweep order: {count}, the first at {frequency:g} Hz in row {row} of the table. Check "
                "whether it was measured twice.",
                "warning",
                count=len(order.out_of_order),
                frequency=frequency[order.out_of_order[0]],
                row=order.out_of_order[0] + 1,
            )
        )
    if order.is_unordered:
        messages.append(
            Message(
                "frequencies-unordered",
                "The frequencies neither rise nor fall: sweeps cannot be separated, and the table is read as one "
                "spectrum.",
                "warning",
            )
        )
    return messages


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
