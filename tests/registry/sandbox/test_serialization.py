"""Data sent to and from sandbox processes are plain and can be stored in every database."""

import json
import math

import numpy as np
import pytest

from analyses.component import Component
from analyses.uncertainty import Estimate
from registry.hookspecs import (
    Axis,
    Curve,
    CycleTable,
    Message,
    NotComputed,
    Outcome,
    ParameterChange,
    Refused,
    Result,
    Series,
)
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import (
    LONGEST_TEXT,
    clean_text,
    dump_facts,
    dump_message,
    dump_result,
    load_facts,
    load_message,
    load_result,
    to_json_bytes,
)


def test_facts_round_trip() -> None:
    facts = {"a": Estimate(1.0, 0.5, 1.5, 0.1, True, 3.0), "b": "die", "c": 2, "d": None, "e": Estimate.exact(2.0)}
    facts["measurements.eis"] = ("M-00001", "M-00002")
    assert load_facts(dump_facts(facts)) == facts


def test_result_round_trip_looks_up_the_facts_it_read() -> None:
    x = Axis(quantity="frequency_hz")
    curve = Curve("fit", "Fit", x, Axis(label="y", unit="", log=True), (Series("data", [1.0, math.nan], [1.0, 2.0]),))
    outcome = Outcome((Result("resistance_ohm", Estimate.exact(1.0), "a note"),), (curve,), (Message("well", "well"),))
    sent = dump_result(RunResult("done", outcome, outcome.messages, {"cell.format": "forged"}))
    back = load_result(sent, {"cell.format": "die"})
    assert back.outcome.values == outcome.values
    assert back.outcome.curves[0].series[0].x == [1.0, None]
    assert back.reads == {"cell.format": "die"}


def test_the_reason_for_a_missing_value_round_trips_with_its_place() -> None:
    missing = NotComputed("resistance_ohm", "not-determined", "arc {arc} is not determined", arc=2, at={"arc": 2})
    sent = dump_result(RunResult("done", Outcome(not_computed=(missing,))))
    assert load_result(json.loads(to_json_bytes(sent)), {}).outcome.not_computed == (missing,)


def test_components_and_other_methods_survive_with_texts_that_can_be_stored() -> None:
    estimate = Estimate.of_components(1.0, Component("fit\0", 0.1, shared="a", degrees_of_freedom=3))
    result = Result("resistance_ohm", estimate, method_spread={"fit\0": 1.0, "intercept": 2})
    back = load_result(json.loads(to_json_bytes(dump_result(RunResult("done", Outcome((result,)))))), {})
    (loaded,) = back.outcome.values
    assert loaded.estimate.components == (Component("fit�", 0.1, shared="a", degrees_of_freedom=3),)
    assert list(loaded.method_spread.items()) == [("fit�", 1.0), ("intercept", 2.0)]


def test_per_cycle_table_round_trips_bit_by_bit() -> None:
    table = CycleTable(cycles=(1, 3), columns={"voltage_v": np.array([0.1, math.nan])}, groups=("C/2", ""))
    sent = to_json_bytes(dump_result(RunResult("done", Outcome(cycles=table))))
    back = load_result(json.loads(sent), {}).outcome.cycles
    assert back is not None
    assert list(back.cycles) == [1, 3]
    assert back.groups == ("C/2", "")
    np.testing.assert_array_equal(back.columns["voltage_v"], [0.1, math.nan])


def test_nan_is_not_sent() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json_bytes({"magnitude": math.nan})


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [("σ in S cm⁻¹", "σ in S cm⁻¹"), ("a\0b", "a�b"), ("a\ud800b", "a�b"), ("x" * 20_000, "x" * LONGEST_TEXT + " …")],
)
def test_text_that_databases_cannot_store_is_cleaned(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


def test_offers_of_a_message_and_of_a_refusal_round_trip() -> None:
    offers = (ParameterChange("points", 3, "Use 3"), ParameterChange("left_out", "50", "Leave it out"))
    message = Message("few", "Few points.", offers=offers)
    assert load_message(json.loads(to_json_bytes(dump_message(message)))) == message
    refused = Message.of(Refused("few-points", "few points").offering(*offers))
    assert load_message(json.loads(to_json_bytes(dump_message(refused)))).offers == offers
    assert "offers" not in dump_message(Message("plain", "Plain."))
