import pyarrow as pa
import pytest

from registry.contract.reader_support.clock_times import elapsed_seconds, spans_seconds
from registry.hookspecs import UnreadableFile


def test_reads_hours_beyond_a_day_and_fractions() -> None:
    texts = pa.array(["00:00:00", "144:02:18", "01:00:00.5", "2-01:00:00"])
    assert elapsed_seconds(texts, "Time").tolist() == [0, 518538, 3600.5, 176400]


def test_names_the_row_that_is_not_a_time() -> None:
    with pytest.raises(UnreadableFile, match="row 2 of the table: ‘Time’ is ‘soon’"):
        elapsed_seconds(pa.array(["00:00:00", "soon"]), "Time")


@pytest.mark.parametrize(
    ("first", "last", "seconds"),
    [
        ("5/11/2021 3:40:24 PM", "5/11/2021 4:40:24 PM", {3600}),
        ("2021-05-11 23:59:59", "2021-05-12 00:00:00", {1}),
        ("11.05.2021 15:00:00", "12.05.2021 15:00:00", {86400}),
        ("5/11/2021 3:40:24 PM", "5/14/2021 7:10:13 AM", {228589}),
        ("05/11/2021 15:00:00", "06/11/2021 15:00:00", {86400, 31 * 86400}),
        ("yesterday", "today", set()),
    ],
)
def test_measures_the_time_between_stamps_in_each_reading(first: str, last: str, seconds: set[float]) -> None:
    assert spans_seconds(first, last) == seconds
