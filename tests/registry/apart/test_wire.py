"""What goes to and from a process apart is plain data that every database keeps."""

import math

import pytest

from analyses.uncertainty import Estimate
from registry.apart.executing import Ended
from registry.apart.wire import LONGEST_TEXT, cleaned, ended_in, ended_out, facts_in, facts_out, packed
from registry.hookspecs import Axis, Curve, Message, Outcome, Result, Series


def test_facts_come_back_as_they_were() -> None:
    facts = {"a": Estimate(1.0, 0.5, 1.5, 0.1, True, 3.0), "b": "die", "c": 2, "d": None, "e": Estimate.exact(2.0)}
    assert facts_in(facts_out(facts)) == facts


def test_an_end_comes_back_with_what_it_read_looked_up_anew() -> None:
    curve = Curve("fit", "Fit", Axis("x"), Axis("y", log=True), (Series("data", [1.0, math.nan], [1.0, 2.0]),))
    outcome = Outcome((Result("resistance_ohm", Estimate.exact(1.0), "a note"),), (curve,), (Message("well"),))
    sent = ended_out(Ended("done", outcome, outcome.messages, {"cell.format": "forged"}))
    back = ended_in(sent, {"cell.format": "die"})
    assert back.outcome.values == outcome.values
    assert back.outcome.curves[0].series[0].x == [1.0, None]
    assert back.reads == {"cell.format": "die"}


def test_a_number_that_is_none_is_not_sent() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        packed({"magnitude": math.nan})


@pytest.mark.parametrize(
    ("text", "kept"),
    [("σ in S cm⁻¹", "σ in S cm⁻¹"), ("a\0b", "a�b"), ("a\ud800b", "a�b"), ("x" * 20_000, "x" * LONGEST_TEXT + " …")],
)
def test_text_no_database_keeps_is_mended(text: str, kept: str) -> None:
    assert cleaned(text) == kept
