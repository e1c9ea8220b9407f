"""The data of a cycling test: one file, or its pieces joined."""

from collections.abc import Sequence

from analyses.cycling.pieces import Piece, join
from registry.contract.input_dataset import Columns, InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused
from registry.contract.vocabulary import CONTINUATION, UNDECLARED

ROWS = frozenset({"test_time_second", "voltage_volt", "current_ampere"})


def read_pieces(inputs: Inputs) -> tuple[InputDataset | None, tuple[Message, ...]]:
    """Return the data of the test, None without any, and a message on what was joined.

    The pieces are the main data and their declared continuations. Of several files of which none is selected or
    declared, they are all, if they are pieces of one test; otherwise it is a refusal, `several-datasets`.
    """
    undeclared = inputs.datasets(UNDECLARED)
    if undeclared and all(set(dataset.names) >= ROWS for dataset in undeclared):
        return _joined(undeclared, in_order=False)
    main = inputs.dataset
    continuations = inputs.datasets(CONTINUATION)
    if main is None or not continuations:
        return main, ()
    without = next((dataset for dataset in (main, *continuations) if not set(dataset.names) >= ROWS), None)
    if without is not None:
        raise Refused(
            "continuation-without-rows",
            "{filename} has no time, voltage and current, and cannot be joined: withdraw its role",
            filename=without.filename,
        )
    return _joined((main, *continuations), in_order=True)


def _joined(datasets: Sequence[InputDataset], *, in_order: bool) -> tuple[InputDataset, tuple[Message, ...]]:
    pieces = [Piece(dataset.filename, _columns(dataset), dataset.start_time) for dataset in datasets]
    joined = join(pieces, in_order=in_order)
    first = datasets[0]
    return first.with_columns(joined.columns), (Message.of(joined.remark, "info"),)


def _columns(dataset: InputDataset) -> Columns:
    return {name: dataset.column(name) for name in dataset.names}
