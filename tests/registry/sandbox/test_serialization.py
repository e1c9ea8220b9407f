"""What goes to and from a sandbox process is plain data that every database stores."""

import math

import pytest

from analyses.uncertainty import Estimate
from registry.hookspecs import Axis, Curve, Message, Outcome, Result, Series
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import (
    LONGEST_TEXT,
    clean_text,
    dump_facts,
    dump_result,
    load_facts,
    load_result,
    to_json_bytes,
)


def test_facts_come_back_as_they_were() -> None:
    facts = {"a": Estimate(1.0, 0.5, 1.5, 0.1, True, 3.0), "b": "die", "c": 2, "d": None, "e": Estimate.exact(2.0)}
    assert load_facts(dump_facts(facts)) == facts


def test_a_result_comes_back_with_the_facts_it_read_looked_up_anew() -> None:
    curve = Curve("fit", "Fit", Axis("x"), Axis("y", log=True), (Series("data", [1.0, math.nan], [1.0, 2.0]),))
    outcome = Outcome((Result("resistance_ohm", Estimate.exact(1.0), "a note"),), (curve,), (Message("well"),))
    sent = dump_result(RunResult("done", outcome, outcome.messages, {"cell.format": "forged"}))
    back = load_result(sent, {"cell.format": "die"})
    assert back.outcome.values == outcome.values
    assert back.outcome.curves[0].series[0].x == [1.0, None]
    assert back.reads == {"cell.format": "die"}


def test_nan_is_not_sent() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_json_bytes({"magnitude": math.nan})


@pytest.mark.parametrize(
    ("text", "kept"),
    [("σ in S cm⁻¹", "σ in S cm⁻¹"), ("a\0b", "a�b"), ("a\ud800b", "a�b"), ("x" * 20_000, "x" * LONGEST_TEXT + " …")],
)
def test_text_no_database_stores_is_cleaned(text: str, kept: str) -> None:
    assert clean_text(text) == kept
