from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.mapping.stamped_rows import TIME, read_stamped, with_stamps
from tests.coded import message_of, refuses

VOLTAGE, CURRENT = KnownColumn("voltage_volt", 1.0, "V"), KnownColumn("current_ampere", 1.0, "A")
SERIES = {1: VOLTAGE, 2: CURRENT}


def test_the_first_stamps_are_the_time_of_a_series_without_one() -> None:
    cells = ("2024-05-01 10:03:22", "3.1", "0.1")
    assert with_stamps(SERIES, cells)[0] == KnownColumn(TIME, 1.0, "s", is_stamp=True)
    of_spectrum = {1: KnownColumn("frequency_hertz", 1.0, "Hz")}
    assert with_stamps(of_spectrum, cells) == of_spectrum
    with_time = {**SERIES, 3: KnownColumn(TIME, 1.0, "s")}
    assert with_stamps(with_time, (*cells, "0")) == with_time
    assert with_stamps(SERIES, ("a", "3.1", "0.1")) == SERIES


@pytest.mark.parametrize(
    ("written", "seconds", "start"),
    [
        (("2024-05-01 23:59:50", "2024-05-02 00:00:20"), (0, 30), datetime(2024, 5, 1, 23, 59, 50)),
        (("5/13/2024 11:59:50 PM", "5/14/2024 12:00:20 AM"), (0, 30), datetime(2024, 5, 13, 23, 59, 50)),
        (("13.05.2024 23:59", "14.05.2024 00:01"), (0, 120), datetime(2024, 5, 13, 23, 59)),
        (("5/6/2024 10:03:22", "5/6/2024 10:04:22"), (0, 60), None),
    ],
)
def test_counts_the_time_from_the_first(written: tuple[str, ...], seconds: tuple[int, ...], start: object) -> None:
    times, messages = read_stamped(pa.array(written), "Time")
    assert times.numbers == pytest.approx(np.array(seconds))
    assert times.start == start
    assert messages == []


def test_rows_near_one_another_tell_the_day_from_the_month() -> None:
    """The sixth and seventh of May, not the fifth of June and the fifth of July."""
    times, messages = read_stamped(pa.array(["5/6/2024 23:00:00", "5/7/2024 01:00:00"]), "Time")
    assert times.numbers.tolist() == [0, 7200]
    assert times.start == datetime(2024, 5, 6, 23)
    message_of(messages, "order-of-date-from-spacing", part="month")


def test_dates_of_either_order_are_refused() -> None:
    with refuses("day-or-month-first", UnreadableFile, label="Time", written="05/06/2024 10:03:22"):
        read_stamped(pa.array(["05/06/2024 10:03:22", "11/06/2024 10:04:22"]), "Time")
    with refuses("invalid-date-time", UnreadableFile, row=2, written="bad"):
        read_stamped(pa.array(["2024-05-01 10:03:22", "bad"]), "Time")
