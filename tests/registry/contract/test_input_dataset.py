from datetime import UTC, datetime

import numpy as np
import pytest

from registry.hookspecs import Fact, Inputs, Refused

FACTS: dict[str, Fact] = {
    "dataset.sha256": "abc",
    "dataset.header_sha256": "def",
    "dataset.header.instrument": "SP-300",
    "dataset.header.started.by": "A. Person",
    "dataset.start_time": "2025-05-15T01:18:45.867000",
}


def never() -> dict[str, np.ndarray]:
    raise AssertionError("the columns were loaded")


def inputs(**changes: Fact) -> Inputs:
    changed = {name.replace("__", "."): fact for name, fact in changes.items()}
    return Inputs(FACTS | changed, lambda: {"voltage_volt": np.array([1.0, 2.0])})


def test_an_entry_of_the_header_is_a_read_of_that_entry() -> None:
    inputs_read = Inputs(FACTS, never)
    assert inputs_read.dataset is not None
    header = inputs_read.dataset.header
    inputs_read.reads.clear()
    assert header["instrument"] == "SP-300"
    assert header["started.by"] == "A. Person"
    assert header.get("comments") is None
    assert inputs_read.reads == {
        "dataset.header.instrument": "SP-300",
        "dataset.header.started.by": "A. Person",
        "dataset.header.comments": None,
    }


def test_the_names_of_the_header_are_a_read_of_the_whole() -> None:
    inputs_read = Inputs(FACTS, never)
    assert inputs_read.dataset is not None
    assert list(inputs_read.dataset.header) == ["instrument", "started.by"]
    assert inputs_read.reads["dataset.header_sha256"] == "def"


@pytest.mark.parametrize(
    ("text", "start_time"),
    [
        ("2025-05-15T01:18:45.867000", datetime(2025, 5, 15, 1, 18, 45, 867000)),
        ("2025-05-15T01:18:45+00:00", datetime(2025, 5, 15, 1, 18, 45, tzinfo=UTC)),
        (None, None),
    ],
)
def test_the_start_time_is_as_the_file_says_it(text: str | None, start_time: datetime | None) -> None:
    inputs_read = inputs(dataset__start_time=text)
    assert inputs_read.dataset is not None
    assert inputs_read.dataset.start_time == start_time
    assert inputs_read.reads["dataset.start_time"] == text


def test_header_and_start_time_of_a_measurement_of_a_cell() -> None:
    facts = {f"measurements.M-00001.{path}": fact for path, fact in FACTS.items()}
    cell = Inputs(facts | {"measurements.eis": ("M-00001",)})
    (measurement,) = cell.measurements("eis")
    assert measurement.dataset is not None
    assert dict(measurement.dataset.header) == {"instrument": "SP-300", "started.by": "A. Person"}
    assert cell.reads["measurements.M-00001.dataset.header.instrument"] == "SP-300"


def test_columns_are_loaded_when_they_are_read() -> None:
    inputs_read = inputs()
    assert inputs_read.dataset is not None
    assert inputs_read.dataset.names == ("voltage_volt",)
    assert inputs_read.dataset.column("voltage_volt").tolist() == [1.0, 2.0]
    with pytest.raises(Refused):
        inputs_read.dataset.column("current_ampere")


def test_a_picture_is_told_from_columns() -> None:
    columns, picture = inputs().dataset, Inputs(FACTS, lambda: {"image": np.eye(3)}).dataset
    assert columns is not None
    assert picture is not None
    assert (columns.has_image, columns.names) == (False, ("voltage_volt",))
    assert (picture.has_image, picture.names) == (True, ())
    with pytest.raises(Refused) as refused:
        _ = columns.image
    assert refused.value.code == "missing-picture"


def test_a_column_of_a_picture_is_refused_as_such() -> None:
    inputs_read = Inputs(FACTS, lambda: {"image": np.zeros((2, 3))})
    assert inputs_read.dataset is not None
    with pytest.raises(Refused) as refused:
        inputs_read.dataset.column("voltage_volt")
    assert refused.value.code == "picture-in-place-of-columns"
