from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest

from registry.contract.reader_support.time.clock_changes import (
    HOUR,
    without_changes_of_day_clock,
    without_clock_changes,
)
from registry.contract.reader_support.time.time_columns import read_stamps
from tests.coded import message_of

SUNDAY_IN_MARCH, SUNDAY_IN_OCTOBER, TUESDAY = datetime(2024, 3, 31), datetime(2024, 10, 27), datetime(2024, 4, 16)


def stamps(start: datetime, elapsed: Sequence[float], hours: Sequence[int]) -> pa.Array:
    """Return stamps of a clock that was set by this number of hours at each row."""
    times = [start + timedelta(seconds=second, hours=hour) for second, hour in zip(elapsed, hours, strict=True)]
    return pa.array([f"{time:%m/%d/%Y %H:%M:%S.%f}"[:-3] for time in times])


EVERY_TEN_MINUTES = [600.0 * row for row in range(30)]


@pytest.mark.parametrize(
    ("start", "hour", "code"),
    [
        (SUNDAY_IN_MARCH, 1, "clock-set-forward"),
        (SUNDAY_IN_OCTOBER, -1, "clock-set-back"),
        (TUESDAY, 1, "clock-set-forward"),
        (TUESDAY, -1, "clock-set-back"),
    ],
)
def test_an_hour_of_the_clock_is_not_of_the_test(start: datetime, hour: int, code: str) -> None:
    times = read_stamps(
        stamps(start, EVERY_TEN_MINUTES, [hour if row >= 12 else 0 for row in range(30)]), "time/s", day_first=False
    )
    seconds, messages = without_clock_changes(times)
    assert seconds.tolist() == EVERY_TEN_MINUTES
    assert message_of(messages, code, row=13)


def test_both_changes_of_a_year_are_corrected() -> None:
    elapsed = [86400.0 * 210 * share / 5040 for share in range(5041)]
    hours = [1 if SUNDAY_IN_MARCH + timedelta(seconds=second) < SUNDAY_IN_OCTOBER else 0 for second in elapsed]
    seconds, messages = without_clock_changes(
        read_stamps(stamps(SUNDAY_IN_MARCH, elapsed, hours), "t", day_first=False)
    )
    assert seconds.tolist() == elapsed
    assert [message.code for message in messages] == ["clock-set-back"]


@pytest.mark.parametrize(
    ("elapsed", "start"),
    [
        ([0, 1, 2, 3, 3603, 3604, 3605], TUESDAY),  # a rest of one hour without rows
        ([0, 3600, 7200, 10800], SUNDAY_IN_MARCH),  # a row every hour
        ([0, 10, 20, 9000, 9010], SUNDAY_IN_MARCH),
        ([0, 600, 1200, 5500, 6100], TUESDAY),
        ([0, 600, 1200, -40000, -39400], TUESDAY),  # another test in the same file
        ([0, 600, 1200, 1190, 1790], TUESDAY),  # a clock set by its server
        ([0, 7200, 14400, 21600], SUNDAY_IN_MARCH),  # a row every two hours
        ([0, 72000, 144000, 216000], TUESDAY),
    ],
)
def test_other_gaps_stay(elapsed: list[float], start: datetime) -> None:
    seconds, messages = without_clock_changes(read_stamps(stamps(start, elapsed, [0] * len(elapsed)), "t"))
    assert seconds.tolist() == elapsed
    assert messages == []


def test_the_time_of_the_step_decides() -> None:
    elapsed = [0.0, 600.0, 1200.0, 5400.0, 6000.0]
    times = read_stamps(stamps(SUNDAY_IN_MARCH, elapsed, [0] * 5), "t", day_first=False)
    assert without_clock_changes(times, np.array(elapsed))[0].tolist() == elapsed
    without_hour = np.array([0.0, 600.0, 1200.0, 1800.0, 2400.0])
    assert without_clock_changes(times, without_hour)[0].tolist() == without_hour.tolist()
    assert without_clock_changes(times, np.zeros(5))[0].tolist() == without_hour.tolist()


def test_other_times_stay() -> None:
    clock = read_stamps(pa.array(["45382.0", "45382.5"]), "Date")
    assert without_clock_changes(clock)[0].tolist() == [0, 43200]


@pytest.mark.parametrize(("start", "hour"), [(SUNDAY_IN_MARCH, 1), (SUNDAY_IN_OCTOBER, -1)])
def test_two_rows_of_one_moment_next_to_a_change_of_the_clock_are_no_other_change(start: datetime, hour: int) -> None:
    """A step ends, and the next begins, in the row after the change and in another."""
    elapsed = [0, 600, 1200, 1800, 2400, 2400, 3000, 3600, 3600, 4200]
    hours = [0 if second < 2400 else hour for second in elapsed]
    seconds, messages = without_clock_changes(read_stamps(stamps(start, elapsed, hours), "t", day_first=False))
    assert seconds.tolist() == elapsed
    assert [message.parameters["row"] for message in messages] == [5]


def test_rows_every_hour_over_a_clock_set_back_have_one_stamp_twice() -> None:
    elapsed = [HOUR * row for row in range(8)]
    hours = [0 if row < 3 else -1 for row in range(8)]
    for start, corrected in ((SUNDAY_IN_OCTOBER, True), (TUESDAY, False)):
        seconds, messages = without_clock_changes(read_stamps(stamps(start, elapsed, hours), "t", day_first=False))
        assert (seconds.tolist() == elapsed, len(messages) == 1) == (corrected, corrected)


def test_steps_that_end_and_begin_at_one_hourly_row_are_no_change_of_the_clock() -> None:
    elapsed = [0, HOUR, 2 * HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]
    seconds, messages = without_clock_changes(read_stamps(stamps(TUESDAY, elapsed, [0] * 6), "t", day_first=False))
    assert (seconds.tolist(), messages) == (elapsed, [])


@pytest.mark.parametrize(("hour", "code"), [(1, "clock-set-forward"), (-1, "clock-set-back")])
def test_a_clock_without_dates_is_corrected_at_night(hour: int, code: str) -> None:
    """A row every 10 min from 20:00; the clock is set at 2:00, or, which is no such change, at 22:00."""
    elapsed = 20 * HOUR + 600.0 * np.arange(60)
    for changed, count in ((36, 1), (12, 0)):
        shown = elapsed + hour * HOUR * (np.arange(60) >= changed)
        seconds, messages = without_changes_of_day_clock(shown)
        assert len(messages) == count
        assert seconds.tolist() == (elapsed if count else shown).tolist()
        if count:
            assert message_of(messages, code, row=37).parameters["before"] == "01:50:00"
