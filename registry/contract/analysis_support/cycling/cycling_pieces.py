"""The data of a cycling test: one file, or its pieces joined."""

from collections.abc import Sequence

from analyses.cycling.pieces import Piece, join
from registry.contract.analysis_support.cycling.recorded_scale import of_the_cell, with_scale_of
from registry.contract.input_dataset import Columns, InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused
from registry.contract.vocabulary import CONTINUATION, UNDECLARED

TIME_AND_VOLTAGE = frozenset({"test_time_second", "voltage_volt"})
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
        return of_the_cell(inputs, main)
    without = next((dataset for dataset in (main, *continuations) if not _has_rows(dataset)), None)
    if without is not None:
        raise Refused(
            "continuation-without-rows",
            "{filename} has no time, voltage and current and cannot be joined: remove its role",
            filename=without.filename,
        )
    return _joined(inputs, (main, *continuations), in_order=True)


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
