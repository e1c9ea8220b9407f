from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pyarrow as pa
import pytest

from registry.contract.reader_support.time.clock_times import (
    date_order,
    elapsed_seconds,
    is_elapsed,
    is_stamp,
    parse_date_time,
    past_midnight,
    spans_seconds,
    start_time_of,
)
from registry.hookspecs import UnreadableFile
from tests.coded import refuses


def test_reads_hours_beyond_a_day_and_fractions() -> None:
    texts = pa.array(["00:00:00", "144:02:18", "01:00:00.5", "2-01:00:00"])
    assert elapsed_seconds(texts, "Time").tolist() == [0, 518538, 3600.5, 176400]


@pytest.mark.parametrize(
    ("text", "is_time"), [("144:01:18", True), ("1d 02:03:04.5", True), ("12", False), ("", False)]
)
def test_knows_a_clock_time(text: str, is_time: bool) -> None:
    assert is_elapsed(text) == is_time


def test_reads_days_before_the_clock() -> None:
    texts = pa.array(["  0d 00:00:0", "0d 00:01:00.00", "  1d 02:03:04.5", "10D 1:2:3", "1 00:00:00", "0d 00:00:01,5"])
    assert elapsed_seconds(texts, "Time").tolist() == [0, 60, 93784.5, 867723, 86400, 1.5]


@pytest.mark.parametrize(
    "text",
    [
        "11 December 2020, 12:22:12 PM",
        "11 Dec 2020 12:22:12",
        "December 11, 2020 12:22:12 PM",
        "11. Dec. 2020 12:22:12",
    ],
)
def test_reads_dates_in_words(text: str) -> None:
    assert parse_date_time(text) == datetime(2020, 12, 11, 12, 22, 12)


def test_names_the_row_that_is_not_a_time() -> None:
    with refuses("invalid-clock-time", UnreadableFile, row=2, label="Time", written="soon"):
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-05-11 15:40:24", datetime(2021, 5, 11, 15, 40, 24)),
        ("2021-05-11T15:40:24.5", datetime(2021, 5, 11, 15, 40, 24, 500000)),
        ("2021-05-11T15:40:24Z", datetime(2021, 5, 11, 15, 40, 24, tzinfo=UTC)),
        ("2021-05-11 15:40+02:00", datetime(2021, 5, 11, 15, 40, tzinfo=timezone(timedelta(hours=2)))),
        ("11.05.2021 15:00:00", datetime(2021, 5, 11, 15)),
        ("5/21/2021 12:40:24 AM", datetime(2021, 5, 21, 0, 40, 24)),
        ("21/5/2021 12:40:24 pm", datetime(2021, 5, 21, 12, 40, 24)),
        ("05/05/2021 01:00:00", datetime(2021, 5, 5, 1)),
        ("07-Feb-21 01:00:00", datetime(2021, 2, 7, 1)),
        ("Feb. 20, 2020   15:55:08", datetime(2020, 2, 20, 15, 55, 8)),
        ("Thursday, July 19, 2018 9:40:30 AM", datetime(2018, 7, 19, 9, 40, 30)),
        ("5/11/2021 15:40:24", None),
        ("10-12-2018 11:04:34", None),
        ("2021-13-11 15:40:24", None),
        ("2021-02-30 15:40:24", None),
        ("2021-02-20 25:40:24", None),
        ("31-Foo-21 01:00:00", None),
        ("2021-05-11", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_reads_a_date_and_time_whose_order_is_certain(text: str, expected: datetime | None) -> None:
    assert parse_date_time(text) == expected


def test_the_order_of_the_program_decides_between_day_and_month() -> None:
    assert parse_date_time("02/04/2018 10:02:46", day_first=False) == datetime(2018, 2, 4, 10, 2, 46)
    assert parse_date_time("02/04/2018 10:02:46", day_first=True) == datetime(2018, 4, 2, 10, 2, 46)
    assert parse_date_time("20/04/2018 10:02:46", day_first=False) is None


def test_one_date_decides_the_order_of_all() -> None:
    assert date_order(["5/11/2021 3:40:24 PM", "5/14/2021 7:10:13 AM"]) is False
    assert date_order(["5/11/2021 3:40:24 PM", "14/5/2021 7:10:13 AM"]) is True
    assert date_order(["5/5/2021 3:40:24 PM", "5/6/2021 3:40:24 PM", "soon"]) is None


def test_an_unclear_start_time_is_said() -> None:
    assert start_time_of({}, day_first=None) == (None, [])
    start_time, messages = start_time_of({"started": "5/11/2021 15:40:24"}, day_first=None)
    assert start_time is None
    assert len(messages) == 1


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("2021-05-11 15:40:24", ["start-time-without-zone"]),
        ("2021-05-11 15:40:24+02:00", []),
        ("2021-05-11T15:40:24Z", []),
        ("5/11/2021 15:40:24", ["start-time-not-used"]),
        ("", []),
    ],
)
def test_a_start_time_without_zone_is_said(text: str, codes: list[str]) -> None:
    start_time, messages = start_time_of({"started": text}, day_first=None)
    assert [message.code for message in messages] == codes
    assert (start_time is None) == (not text or "start-time-not-used" in codes)


@pytest.mark.parametrize(
    ("hours", "expected", "midnights"),
    [
        ([22, 23.9, 0.1, 12, 23.9, 0], [22, 23.9, 24.1, 36, 47.9, 48], 2),
        ([22, 23, 0, 1], [22, 23, 24, 25], 1),
        ([20, 12, 13], [20, 12, 13], 0),
        ([0, 1, 2, 13, 0, 1], [0, 1, 2, 13, 24, 25], 1),
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1], [*range(14), 0, 1], 0),
        ([22, 30, 1], [22, 30, 1], 0),
    ],
)
def test_clock_times_go_on_over_midnight(hours: list[float], expected: list[float], midnights: int) -> None:
    times, messages = past_midnight(3600 * np.array(hours, dtype=float), "Time")
    assert times / 3600 == pytest.approx(expected)
    assert [message.parameters["times"] for message in messages] == ([midnights] if midnights else [])


def test_reads_the_time_of_a_day_of_twice_twelve_hours() -> None:
    """12:30 AM is half past midnight, 12:30 PM half past noon."""
    texts = pa.array(["12:30:00 AM", "1:00:00 am", "12:30:00 PM", "11:59:59 PM", "13:00:00"])
    assert elapsed_seconds(texts, "Time").tolist() == [1800, 3600, 45000, 86399, 46800]
    assert is_elapsed("1:00:00 PM")


def test_a_date_with_a_time_is_a_stamp_in_either_order() -> None:
    assert all(map(is_stamp, ("2024-05-01 10:03:22", "5/13/2024 1:00:00 PM", "13.05.2024 23:59")))
    assert not any(map(is_stamp, ("10:03:22", "3.1", "13/13/2024 10:00:00", "")))
