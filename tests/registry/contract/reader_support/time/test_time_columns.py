from datetime import datetime

import pyarrow as pa
import pytest

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.time.time_columns import date_time_of, read_stamps, read_times
from tests.coded import refuses


@pytest.mark.parametrize(
    ("texts", "form", "numbers"),
    [
        (["00:01:00", "1-02:03:04"], "clock", [60, 93784]),
        (["0.5", " 1.25 "], "number", [0.5, 1.25]),
        (["45382.0", "45382.5"], "excel-stamp", [0, 43200]),
        (["2024-03-31 01:00:00", "2024-03-31 01:10:00"], "stamp", [0, 600]),
        (["2024-03-31T23:59:59,5", "2024-04-01T00:00:00,25"], "stamp", [0, 0.75]),
        (["13/03/2024 01:00:00", "14/03/2024 01:00:00"], "stamp", [0, 86400]),
        (["2024/3/31 1:00", "2024/3/31 1:10"], "stamp", [0, 600]),
        (["5/11/2024 1:00:00 AM", "5/13/2024 1:00:00 AM"], "stamp", [0, 172800]),
    ],
)
def test_reads_the_forms_of_times(texts: list[str], form: str, numbers: list[float]) -> None:
    times = read_times(pa.array(texts), "Time")
    assert (times.form, times.numbers.tolist()) == (form, numbers)
    assert read_times(pa.chunked_array([texts]), "Time").numbers.tolist() == numbers


def test_stamps_have_a_start() -> None:
    assert read_times(pa.array(["45382.041666667"]), "Date").start == datetime(2024, 3, 31, 1)
    assert read_times(pa.array(["2024-03-31 01:00:00"]), "Date").start == datetime(2024, 3, 31, 1)
    assert read_times(pa.array(["00:01:00"]), "Time").start is None


@pytest.mark.parametrize(
    ("texts", "row"),
    [
        (["00:01:00", "soon"], 2),
        (["2024-03-31 01:00:00", "00:01:00"], 1),
        (["1/2/2024 1:00:00", "1/3/2024 1:00:00"], 1),
        (["0.5", ""], 1),
    ],
)
def test_other_forms_and_mixed_ones_are_refused(texts: list[str], row: int) -> None:
    with refuses("invalid-clock-time", UnreadableFile, row=row, label="Time"):
        read_times(pa.array(texts), "Time")


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("45382.041666667", datetime(2024, 3, 31, 1)),
        ("2024-03-31 01:00:00", datetime(2024, 3, 31, 1)),
        ("0.5", None),
        ("1/2/2024 1:00:00", None),
        ("", None),
    ],
)
def test_the_date_and_time_of_a_cell(text: str, stamp: datetime | None) -> None:
    assert date_time_of(text) == stamp


def test_a_cell_that_is_not_a_stamp_is_named() -> None:
    with refuses("invalid-date-time", UnreadableFile, row=2, label="Date", written="later"):
        read_stamps(pa.array(["2024-03-31 01:00:00", "later"]), "Date")
    assert read_stamps(pa.array(["45382.0", "45382.5"]), "Date").numbers.tolist() == [0, 43200]
