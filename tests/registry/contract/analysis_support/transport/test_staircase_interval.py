import pytest

from analyses.transport.staircase_resistance import staircase_resistance
from analyses.transport.voltage_steps import voltage_steps
from registry.contract.analysis_support.transport.staircase_interval import interval_messages
from registry.contract.outcome import Message
from registry.testing.synthetic.staircase import VOLTS, staircase
from tests.coded import message_of

UP_DOWN = (*VOLTS, *VOLTS[-2::-1])


def messages_of(columns, *, last_points: int = 100) -> list[Message]:
    steps = voltage_steps(*columns, last_points=last_points, smallest_step_volt=0.002).steps
    return interval_messages(staircase_resistance(steps))


def test_says_what_the_interval_assumes() -> None:
    (message,) = messages_of(staircase(UP_DOWN, noise=1e-7))
    assert (message.code, message.level) == ("interval-allows-for-drift", "info")
    assert message.parameters["drift_probability"] < 0.5


def test_says_that_a_drift_is_not_separated_from_the_slope() -> None:
    messages = messages_of(staircase(noise=1e-7))
    assert message_of(messages, "drift-inseparable-from-slope").level == "info"


def test_warns_of_a_drift() -> None:
    time, voltage, current = staircase(UP_DOWN, noise=1e-7)
    messages = messages_of((time, voltage, current + 1e-7 * time))
    assert message_of(messages, "current-drifts").level == "warning"


def test_warns_of_a_conductance_that_changes() -> None:
    """By 10 % over the run; the steps of at least a quarter of the highest voltage end at 20 to 90 % of it."""
    time, voltage, current = staircase(UP_DOWN, noise=1e-7, decay_rows=0.1)
    messages = messages_of((time, voltage, current + voltage / 1000 * 0.1 * time / time[-1]))
    warning = message_of(messages, "conductance-drifts")
    assert warning.level == "warning"
    assert warning.parameters["lowest_ohm"] == pytest.approx(1000 / 1.08, rel=0.01)
    assert warning.parameters["highest_ohm"] == pytest.approx(1000 / 1.02, rel=0.01)
    assert "current-drifts" not in {message.code for message in messages}


def test_warns_of_an_extrapolated_current() -> None:
    messages = messages_of(staircase(UP_DOWN, decay_rows=100.0, noise=1e-7))
    warning = message_of(messages, "current-extrapolated")
    assert warning.level == "warning"
    assert warning.parameters["decay_s"] == pytest.approx(50.0, rel=0.05)
    assert warning.parameters["share_percent"] == pytest.approx(17.2, abs=0.5)


def test_warns_where_steps_are_too_short_to_tell() -> None:
    (warning,) = messages_of(staircase(points=5, decay_rows=0.1, noise=1e-6), last_points=2)
    assert (warning.code, warning.level) == ("drift-within-steps-unknown", "warning")
