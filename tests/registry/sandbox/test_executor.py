"""Any behaviour of the plugin function except MemoryError becomes a RunResult."""

from typing import Any

import pytest

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Refused, Result
from registry.sandbox.executor import NO_REASON, execute
from registry.sandbox.run_result import RunResult


def run(function: Any) -> RunResult:
    analysis = Analysis("trial", "1", "Trial", "", ("eis",), ("resistance_ohm",), function)
    return execute(analysis, Inputs({"cell.format": "die"}))


def raising(error: BaseException) -> Any:
    def function(inputs: Inputs) -> Outcome:
        inputs.fact("cell.format")
        raise error

    return function


def test_an_outcome_is_done_with_its_messages_and_reads() -> None:
    outcome = Outcome((Result("resistance_ohm", Estimate.exact(1.0)),), messages=(Message("fine"),))

    def function(inputs: Inputs) -> Outcome:
        inputs.fact("cell.format")
        return outcome

    result = run(function)
    assert (result.status, result.outcome, result.text) == ("done", outcome, "fine")
    assert result.reads == {"cell.format": "die"}
    assert result.values["resistance_ohm"].magnitude == 1.0


@pytest.mark.parametrize("error", [Refused("needs the area"), InsufficientData("needs the area")])
def test_refusal_by_plugin_or_numerics_is_a_refused_run(error: Exception) -> None:
    result = run(raising(error))
    assert (result.status, result.text, result.reads) == ("refused", "needs the area", {"cell.format": "die"})


def test_refusal_without_a_reason_says_what_to_do() -> None:
    assert run(raising(Refused(" "))).text == NO_REASON


@pytest.mark.parametrize("error", [ValueError("unexpected"), SystemExit("unexpected"), KeyboardInterrupt("unexpected")])
def test_other_error_is_a_failure_with_its_line(error: BaseException) -> None:
    result = run(raising(error))
    assert result.status == "failed"
    assert result.text.startswith(f"{type(error).__name__}: unexpected (test_executor.py:")


def test_contract_violation_is_a_failure() -> None:
    assert run(lambda inputs: 3.0).text == "run() returned a float: the contract requires Outcome"


def test_memory_error_is_left_to_the_process() -> None:
    with pytest.raises(MemoryError):
        run(raising(MemoryError()))
