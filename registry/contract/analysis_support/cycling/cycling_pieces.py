"""The data of a cycling test: one file, or its pieces joined."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from analyses.cycling.rows.pieces import Piece, join
from analyses.cycling.rows.row_order import in_order, restarts
from registry.contract.analysis_support.cycling.recorded_scale import of_the_cell, with_scale_of
from registry.contract.input_dataset import Columns, InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused
from registry.contract.vocabulary import CONTINUATION, UNDECLARED

TIME = "test_time_second"
TIME_AND_VOLTAGE = frozenset({TIME, "voltage_volt"})
CURRENTS = frozenset(
    {"current_ampere", "specific_current_ampere_per_gram", "current_density_ampere_per_square_centimetre"}
)


def read_pieces(inputs: Inputs) -> tuple[InputDataset | None, tuple[Message, ...]]:
    """Return the data of the test, None without any, and a message on what was joined.

    The pieces are the main data and their declared continuations. Of several files of which none is selected or
    declared, they are all, if they are pieces of one test; otherwise it is a refusal, `several-datasets`. Currents and
    capacities per mass or area are those of the cell (`recorded_scale`).
    """
    undeclared = inputs.datasets(UNDECLARED)
    if undeclared and all(_has_rows(dataset) for dataset in undeclared):
        return _joined(inputs, undeclared, in_order=False)
    main = inputs.dataset
    continuations = inputs.datasets(CONTINUATION)
    if main is None:
        return None, ()
    if not continuations:
        ordered, messages = _in_order(main)
        converted, remarks = of_the_cell(inputs, ordered)
        return converted, (*messages, *remarks)
    without = next((dataset for dataset in (main, *continuations) if not _has_rows(dataset)), None)
    if without is not None:
        raise Refused(
            "continuation-without-rows",
            "{filename} has no time, voltage and current and cannot be joined: remove its role",
            filename=without.filename,
        )
    return _joined(inputs, (main, *continuations), in_order=True)


def _in_order(dataset: InputDataset) -> tuple[InputDataset, tuple[Message, ...]]:
    """Return the data in order of time, where a few rows are out of order or the time starts again, and a message.

    What is neither stays as it is, and is refused by its analysis.
    """
    if not _has_rows(dataset):
        return dataset, ()
    time = np.asarray(dataset.column(TIME), dtype=float)
    columns = _columns(dataset)
    first = restarts(time)
    if first.size:
        bounds = list(zip(first, [*first[1:], time.size], strict=True))
        parts = [{name: column[begin:end] for name, column in columns.items()} for begin, end in bounds]
        if any(_are_same(part, following) for part, following in pairwise(parts)):
            return dataset, ()
        joined = join([Piece(dataset.filename, part) for part in parts], in_order=True)
        message = Message(
            "time-starts-again",
            "The time starts again in row {row} of the file: read as one test in {pieces} pieces, whose cycle numbers "
            "continue; the time between them is unknown. Split the file if it contains several tests.",
            "warning",
            row=int(first[1]) + 1,
            pieces=first.size,
        )
        return dataset.with_columns(joined.columns), (message,)
    rows = in_order(time)
    if rows is None:
        return dataset, ()
    moved = int(np.count_nonzero(rows != np.arange(rows.size)))
    message = Message(
        "rows-out-of-order",
        "Rows slightly out of time order: {rows}. They were sorted by time.",
        "warning",
        rows=moved,
    )
    return dataset.with_columns({name: column[rows] for name, column in columns.items()}), (message,)


def _are_same(first: Columns, second: Columns) -> bool:
    """Return True for the same rows twice, which are no pieces of a test."""
    return all(
        np.array_equal(first[name] - first[name][0], second[name] - second[name][0]) for name in TIME_AND_VOLTAGE
    )


def _has_rows(dataset: InputDataset) -> bool:
    return set(dataset.names) >= TIME_AND_VOLTAGE and bool(CURRENTS.intersection(dataset.names))


def _joined(
    inputs: Inputs, recorded: Sequence[InputDataset], *, in_order: bool
) -> tuple[InputDataset, tuple[Message, ...]]:
    converted = [of_the_cell(inputs, dataset) for dataset in recorded]
    datasets, remarks = [dataset for dataset, _ in converted], converted[0][1]
    pieces = [Piece(dataset.filename, _columns(dataset), dataset.start_time) for dataset in datasets]
    joined = join(pieces, in_order=in_order)
    first = datasets[0]
    dataset = with_scale_of(first.with_columns(joined.columns), first)
    return dataset, (Message.of(joined.remark, "info"), *remarks)


def _columns(dataset: InputDataset) -> Columns:
    return {name: dataset.column(name) for name in dataset.names}
