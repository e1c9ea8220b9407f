"""Any behaviour of the plugin function except MemoryError becomes a RunResult."""

import re
from typing import Any

import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Refused, Result
from registry.sandbox.executor import execute
from registry.sandbox.run_result import RunResult


def run(function: Any) -> RunResult:
    analysis = Analysis(
        name="trial",
        version="1",
        title="Trial",
        description="",
        techniques=("eis",),
        outputs=("resistance_ohm",),
        run=function,
    )
    return execute(analysis, Inputs({"cell.format": "die"}))


def raising(error: BaseException) -> Any:
    def function(inputs: Inputs) -> Outcome:
        inputs.fact("cell.format")
        raise error

    return function


def test_an_outcome_is_done_with_its_messages_and_reads() -> None:
    outcome = Outcome((Result("resistance_ohm", Estimate.exact(1.0)),), messages=(Message("fine", "fine"),))

    def function(inputs: Inputs) -> Outcome:
        inputs.fact("cell.format")
        return outcome

    result = run(function)
    assert (result.status, result.outcome, result.text) == ("done", outcome, "fine")
    assert result.reads == {"cell.format": "die"}
    assert result.values["resistance_ohm"].magnitude == 1.0


@pytest.mark.parametrize(
    "error", [Refused("missing-area", "needs the area"), InsufficientData("missing-area", "needs the area")]
)
def test_refusal_by_plugin_or_numerics_is_a_refused_run(error: Exception) -> None:
    result = run(raising(error))
    codes = [message.code for message in result.messages]
    assert (result.status, codes, result.reads) == ("refused", ["missing-area"], {"cell.format": "die"})


def test_refusal_without_a_code_is_a_failure() -> None:
    def function(inputs: Inputs) -> Outcome:
        raise Refused("needs the area")

    result = run(function)
    assert (result.status, [message.code for message in result.messages]) == ("failed", ["plugin-error"])


def test_refusal_keeps_its_code_and_parameters() -> None:
    result = run(raising(Refused("missing-thickness", "no thickness: enter it for layer {layer}", layer=2)))
    (message,) = result.messages
    assert (message.code, message.parameters) == ("missing-thickness", {"layer": 2})


@pytest.mark.parametrize("error", [ValueError("unexpected"), SystemExit("unexpected"), KeyboardInterrupt("unexpected")])
def test_other_error_is_a_failure_with_its_line(error: BaseException) -> None:
    result = run(raising(error))
    assert result.status == "failed"
    assert result.text.startswith(f"{type(error).__name__}: unexpected (test_executor.py:")


def test_contract_violation_is_a_failure() -> None:
    result = run(lambda inputs: 3.0)
    assert result.status == "failed"
    assert re.search(r"\bfloat\b.*\bOutcome\b", result.text)


def test_memory_error_is_left_to_the_process() -> None:
    with pytest.raises(MemoryError):
        run(raising(MemoryError()))
