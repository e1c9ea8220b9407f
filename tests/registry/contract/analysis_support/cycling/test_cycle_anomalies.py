import numpy as np
import pytest

from analyses.cycling.cycles.cycle_series import cycle_series
from registry.contract.analysis_support.cycling.cycle_anomalies import anomaly_messages
from tests.coded import message_of

CYCLES = np.arange(1.0, 41)


def messages_of(**odd: float) -> tuple:
    capacity = 18.0 - 0.01 * np.arange(40)
    for cycle, factor in odd.items():
        capacity[int(cycle[1:]) - 1] *= factor
    return anomaly_messages(cycle_series(CYCLES, capacity, window=5), 1, 40)


def test_a_steady_series_has_no_message() -> None:
    assert messages_of() == ()


def test_an_anomalous_cycle_is_listed_with_how_far_it_is_off() -> None:
    messages = messages_of(c20=0.9)
    listed = message_of(messages, "anomalous-cycles", cycles=[20])
    assert listed.parameters["off_percent"] == pytest.approx([-10], abs=0.01)
    assert [message.code for message in messages] == ["anomalous-cycles"]


def test_an_anomalous_reference_is_named_with_what_was_expected() -> None:
    compared = message_of(messages_of(c1=1.1), "anomalous-cycle-compared", which="reference", cycle=1)
    assert compared.parameters["measured"] == pytest.approx(19.8)
    assert compared.parameters["expected"] == pytest.approx(18.0, rel=1e-3)


def test_a_rule_that_leaves_out_a_fifth_is_questioned() -> None:
    odd = {f"c{cycle}": 0.8 for cycle in range(3, 40, 4)}
    many = message_of(messages_of(**odd), "many-anomalous-cycles")
    assert many.parameters["anomalous"] >= 8


def test_three_cycles_are_too_few_to_judge() -> None:
    messages = anomaly_messages(cycle_series(CYCLES[:3], np.array([3.0, 2.0, 3.0]), window=3), 1, 3)
    assert [message.code for message in messages] == ["too-few-cycles-for-anomalies"]
