from datetime import datetime

import numpy as np
import pytest

from registry.contract.reader_support.files.record_integrity import (
    disagreeing_clocks,
    early_end,
    implausible_records,
    missing_records,
)
from tests.coded import message_of

VOLTAGE = np.linspace(3.0, 4.2, 1000)
CURRENT = np.full(1000, 0.002)


def test_records_are_numbered_one_by_one() -> None:
    assert missing_records(np.arange(1.0, 9)) == []
    assert message_of(missing_records(np.array([1.0, 2, 5, 6, 9])), "records-missing", count=2, row=3, number=5)
    assert message_of(missing_records(np.array([3.0, 4])), "records-missing", row=1)


@pytest.mark.parametrize(("number", "rows"), [(53688.0, 1), (-500.0, 1), (4.9, 0), (0.0, 0)])
def test_a_voltage_far_beyond_all_others_is_flagged(number: float, rows: int) -> None:
    voltage = VOLTAGE.copy()
    voltage[7] = number
    messages = implausible_records(voltage, CURRENT)
    assert len(messages) == rows
    if rows:
        assert message_of(messages, "implausible-records", column="voltage_volt", row=8, count=1)


def test_a_current_far_beyond_all_others_is_flagged() -> None:
    current = CURRENT.copy()
    current[3:5] = -5.0
    assert message_of(implausible_records(VOLTAGE, current), "implausible-records", column="current_ampere", count=2)
    assert implausible_records(VOLTAGE, np.zeros(1000)) == []


def test_time_does_not_pass_faster_than_the_clock() -> None:
    clock = np.array([0.0, 10, 20, 5000, 5010])
    assert disagreeing_clocks(np.array([0.0, 10, 20, 30, 40]), clock) == []
    assert message_of(disagreeing_clocks(np.array([0.0, 10, 900, 910, 920]), clock), "clock-disagrees", row=3)


def test_the_records_last_as_long_as_the_test() -> None:
    begin, end = datetime(2024, 2, 1, 20), datetime(2024, 2, 2, 6)
    clock = 1.7e9 + np.array([0.0, 18000, 36000])
    assert early_end(clock, begin, end) == []
    assert early_end(clock, begin, None) == []
    assert message_of(early_end(clock[:2], begin, end), "records-end-early", missing_h=5)
