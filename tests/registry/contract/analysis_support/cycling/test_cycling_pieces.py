import numpy as np
import pytest

from registry.contract.analysis_support.cycling.cycling_pieces import read_pieces
from registry.hookspecs import Inputs, Refused
from registry.testing.synthetic.cycling import cycling_rows
from tests.coded import refuses

ROWS = cycling_rows(np.full(8, 0.018))
FIRST, SECOND = (
    {name: column[which] for name, column in ROWS.items()}
    for which in (ROWS["cycle_count"] <= 4, ROWS["cycle_count"] > 4)
)
PER_CYCLE = {"cycle_count": np.arange(4.0), "cycle_discharging_capacity_ah": np.ones(4)}


def inputs_of(main: dict | None = None, **roles: list[dict]) -> Inputs:
    facts: dict = {} if main is None else {"dataset.sha256": "main", "dataset.filename": "main.csv"}
    loaders = {}
    for role, datasets in roles.items():
        facts[f"datasets.{role}.count"] = len(datasets)
        for number, columns in enumerate(datasets, start=1):
            path = f"datasets.{role}.{number}"
            facts |= {f"{path}.sha256": path, f"{path}.filename": f"{number}.csv"}
            loaders[path] = lambda columns=columns: columns
    if roles.get("undeclared"):
        facts |= {"dataset.undecided": "several-datasets", "dataset.undecided.count": len(roles["undeclared"])}
        facts["dataset.undecided.filenames"] = ("1.csv", "2.csv")
    return Inputs(facts, lambda: main or {}, columns_of=loaders)


def test_the_only_file_is_the_test() -> None:
    dataset, messages = read_pieces(inputs_of(ROWS))
    assert dataset is not None
    assert (dataset.column("cycle_count").size, messages) == (ROWS["cycle_count"].size, ())
    assert read_pieces(inputs_of()) == (None, ())


@pytest.mark.parametrize(
    "inputs",
    [inputs_of(FIRST, continuation=[SECOND]), inputs_of(undeclared=[FIRST, SECOND])],
    ids=["declared", "undeclared"],
)
def test_pieces_are_joined_and_a_message_says_so(inputs: Inputs) -> None:
    dataset, (message,) = read_pieces(inputs)
    assert dataset is not None
    assert np.unique(dataset.column("cycle_count")).tolist() == [*range(1, 9)]
    assert (message.code, message.parameters["count"]) == ("pieces-joined", 2)
    assert inputs.reads["datasets.undeclared.1.sha256" if inputs.fact("dataset.undecided") else "dataset.sha256"]


def test_files_that_are_no_pieces_leave_the_choice() -> None:
    for files in ([ROWS, FIRST], [PER_CYCLE, ROWS]):
        with refuses("several-datasets"):
            read_pieces(inputs_of(undeclared=files))


def test_a_continuation_without_rows_is_refused_by_its_name() -> None:
    with refuses("continuation-without-rows", Refused, filename="1.csv"):
        read_pieces(inputs_of(ROWS, continuation=[PER_CYCLE]))


def test_a_time_that_starts_again_in_one_file_is_one_test_in_pieces() -> None:
    fading = cycling_rows(np.linspace(0.018, 0.017, 8))
    after = fading["cycle_count"] > 4
    begins = {"test_time_second": fading["test_time_second"][after][0], "cycle_count": 4.0}
    one_file = {name: column - after * begins.get(name, 0.0) for name, column in fading.items()}
    dataset, (message,) = read_pieces(inputs_of(one_file))
    assert dataset is not None
    assert np.unique(dataset.column("cycle_count")).tolist() == [*range(1, 9)]
    assert (np.diff(dataset.column("test_time_second")) >= 0).all()
    assert (message.code, message.level) == ("time-starts-again", "warning")
    assert (message.parameters["pieces"], message.parameters["row"]) == (2, int(np.argmax(after)) + 1)
    twice = {name: np.concatenate((column, column)) for name, column in FIRST.items()}
    assert read_pieces(inputs_of(twice))[1] == ()


def test_a_few_rows_out_of_order_are_put_in_order() -> None:
    rows = np.arange(ROWS["cycle_count"].size)
    rows[100], rows[101] = 101, 100
    swapped = {name: column[rows] for name, column in ROWS.items()}
    dataset, (message,) = read_pieces(inputs_of(swapped))
    assert dataset is not None
    assert np.array_equal(dataset.column("test_time_second"), np.sort(ROWS["test_time_second"]))
    assert (message.code, message.parameters["rows"]) == ("rows-out-of-order", 2)
