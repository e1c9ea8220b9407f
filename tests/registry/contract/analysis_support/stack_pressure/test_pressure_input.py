import numpy as np
import pytest

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.stack_pressure.pressure_input import CLOCK_SHIFT, PressureInput, read_pressure
from registry.hookspecs import Inputs, Refused
from tests.coded import message_of, refuses
from tests.pressure_logs import KnownPressure

KNOWN = KnownPressure(cycles=3)
SHIFT_S = -5400.0
LOG = KNOWN.log(shift_s=SHIFT_S, noise_mpa=0.002, interval_s=120.0)
HALF_CYCLE_S = 18000.0
TEST_START = "2024-03-05T10:30:00"
AREA = {"layers.count": 1, "layers.1.role": "cathode", "layers.1.name": "NCM"}


def read(facts=None, *, log=LOG, columns=KNOWN.columns, **parameters: str) -> PressureInput:
    known = {"dataset.sha256": "ab", **(facts or {})}
    columns_of = {}
    if log is not None:
        known |= {"datasets.pressure_log.count": 1, "datasets.pressure_log.1.sha256": "cd"}
        columns_of = {"datasets.pressure_log.1": lambda: log}
    settings = {CLOCK_SHIFT.name: ""} | parameters
    inputs = Inputs(known, lambda: columns, settings, columns_of=columns_of)
    dataset = inputs.dataset
    assert dataset is not None
    return read_pressure(inputs, dataset, HALF_CYCLE_S)


def stamps(log_start: str) -> dict[str, str]:
    return {"dataset.start_time": TEST_START, "datasets.pressure_log.1.start_time": log_start}


def shift_of(pressure: PressureInput) -> float:
    assert pressure.shift_s is not None
    return pressure.shift_s.magnitude


def test_time_stamps_of_both_files_give_the_shift_which_the_charge_confirms() -> None:
    """A log that began at 9:00, 1.5 h before the test."""
    pressure = read(stamps("2024-03-05T09:00:00"))
    assert shift_of(pressure) == SHIFT_S
    assert pressure.log.time_s[0] == pytest.approx(LOG["test_time_second"][0] + SHIFT_S)
    # Stamps of whole minutes, each known to 60 s.
    assert pressure.clock_s == pytest.approx(60 * np.sqrt(2 / 12))
    assert message_of(pressure.messages, "clock-shift-checked").parameters["apart_s"] < 60


def test_stamps_of_a_clock_one_hour_off_are_refused_with_both_shifts_as_buttons() -> None:
    with refuses("clocks-disagree", Refused, stamped_s=SHIFT_S - 3600) as caught:
        read(stamps("2024-03-05T08:00:00"))
    assert isinstance(caught.value, Refused)
    offered = [float(offer.value) for offer in caught.value.offers]
    assert offered == pytest.approx([SHIFT_S - 3600, SHIFT_S], abs=120)


def test_unix_times_of_both_files_give_the_shift() -> None:
    log = {**LOG, "unix_time_second": LOG["test_time_second"] + 1.7e9 + SHIFT_S + 0.25}
    columns = {**KNOWN.columns, "unix_time_second": KNOWN.time_s + 1.7e9 + 0.25}
    pressure = read(log=log, columns=columns)
    assert shift_of(pressure) == pytest.approx(SHIFT_S)
    assert pressure.clock_s == 0.0


@pytest.mark.parametrize("facts", [{}, stamps("2024-03-05T09:00:00+01:00")], ids=["none", "mixed"])
def test_without_common_stamps_the_shift_is_found_with_its_uncertainty(facts) -> None:
    pressure = read(facts)
    assert shift_of(pressure) == pytest.approx(SHIFT_S, abs=120)
    assert message_of(pressure.messages, "clock-shift-found").parameters["uncertainty_s"] < 300


def test_an_entered_shift_is_used_as_it_is() -> None:
    pressure = read(stamps("2024-03-05T08:00:00"), clock_shift="−5400")
    assert shift_of(pressure) == SHIFT_S
    assert message_of(pressure.messages, "clock-shift-entered", shift_s=SHIFT_S).level == "info"


@pytest.mark.parametrize("text", ["?", "nan", "1 h"])
def test_an_entered_shift_that_is_no_number_is_refused(text: str) -> None:
    with refuses("invalid-clock-shift", text=text):
        read(clock_shift=text)


def test_a_shift_that_is_not_determined_is_refused_with_candidates() -> None:
    flat = {
        **LOG,
        "stack_pressure_megapascal": 10 + 0.01 * np.random.default_rng(1).normal(size=LOG["test_time_second"].size),
    }
    with refuses("clock-shift-not-determined", Refused, parameter=CLOCK_SHIFT.name):
        read(log=flat)


def test_a_pressure_in_the_file_of_the_test_needs_no_shift() -> None:
    columns = {**KNOWN.columns, "stack_pressure_megapascal": KNOWN.pressure(KNOWN.time_s)}
    pressure = read(log=None, columns=columns)
    assert pressure.shift_s is None
    assert pressure.clock_s == 0.0


def test_a_force_needs_an_entered_area() -> None:
    columns = {**KNOWN.columns, "stack_force_newton": 100 * KNOWN.pressure(KNOWN.time_s)}
    with refuses("missing-area"):
        read(AREA, log=None, columns=columns)
    pressure = read({"setup.die_diameter_mm": Estimate.measured(10.0, 0.1)}, log=None, columns=columns)
    assert pressure.log.pressure_mpa == pytest.approx(KNOWN.pressure(KNOWN.time_s) / 0.7854, rel=1e-4)
    assert pressure.of_area(Estimate.exact(1.0)).standard_uncertainty == pytest.approx(0.02, rel=1e-2)


def test_no_pressure_and_several_logs_are_refused() -> None:
    with refuses("missing-pressure", role="pressure_log"):
        read(log=None)
    with refuses("several-pressure-logs", count=2):
        read({"datasets.pressure_log.count": 2, "datasets.pressure_log.2.sha256": "ef"}, log=None)


def test_the_temperature_of_the_test_is_that_at_the_rows_of_the_log() -> None:
    columns = {**KNOWN.columns, "temperature_t1_celsius": 25 + KNOWN.time_s / KNOWN.end_s}
    pressure = read(stamps("2024-03-05T09:00:00"), columns=columns)
    assert pressure.temperature_degc is not None
    assert pressure.temperature_degc[[0, -1]] == pytest.approx([25.0, 26.0])
    assert read(stamps("2024-03-05T09:00:00")).temperature_degc is None


@pytest.mark.parametrize(("factor", "code"), [(0.0, "pressure-constant"), (-1.0, "pressure-negative")])
def test_the_channel_of_no_sensor_and_a_turned_sign_are_refused(factor: float, code: str) -> None:
    log = {**LOG, "stack_pressure_megapascal": factor * LOG["stack_pressure_megapascal"]}
    with refuses(code, Refused):
        read(log=log)


def test_an_entered_shift_that_turns_the_pressure_over_is_named() -> None:
    """Half a cycle off, charge is discharge; the shift of the log itself has no warning."""
    message = message_of(read(clock_shift="13800").messages, "entered-shift-disagrees")
    assert message.parameters["found_s"] == pytest.approx(SHIFT_S, abs=100)
    assert [offer.parameter for offer in message.offers] == [CLOCK_SHIFT.name]
    assert "entered-shift-disagrees" not in {item.code for item in read(clock_shift=f"{SHIFT_S}").messages}


def test_kilopascals_as_megapascals_are_refused() -> None:
    with refuses("pressure-not-plausible", Refused):
        read(log=LOG | {"stack_pressure_megapascal": 1000 * LOG["stack_pressure_megapascal"]}, clock_shift=f"{SHIFT_S}")


def test_a_change_of_the_unit_within_the_log_is_named_and_a_swing_of_the_pressure_is_not() -> None:
    """Bar from row 401 on."""
    pressure = LOG["stack_pressure_megapascal"] * np.where(np.arange(LOG["test_time_second"].size) < 400, 1.0, 10.0)
    message = message_of(
        read(log=LOG | {"stack_pressure_megapascal": pressure}, clock_shift="0").messages, "pressure-step"
    )
    assert message.parameters["row"] == 401
    assert message.parameters["after_mpa"] == pytest.approx(10 * message.parameters["before_mpa"], rel=0.05)
    assert "pressure-step" not in {item.code for item in read(clock_shift=f"{SHIFT_S}").messages}
