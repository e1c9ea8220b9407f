"""Calls the function of an analysis in this process."""

import sys
import traceback
from contextlib import suppress

from analyses.insufficient_data import InsufficientData
from registry.contract.analysis import Analysis
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused
from registry.sandbox.contract_violation import ContractViolation
from registry.sandbox.outcome_check import check_outcome
from registry.sandbox.plugin_errors import plugin_error
from registry.sandbox.run_result import RunResult

LONGEST_TRACEBACK = 20_000
REFUSALS = (Refused, InsufficientData)
"""Errors that end a run as refused, raised by the plugin or by the numerics it called."""


def execute(analysis: Analysis, inputs: Inputs) -> RunResult:
    """Run the plugin's function in this process; whatever it raises, MemoryError excepted, becomes a RunResult."""
    try:
        outcome = analysis.run(inputs)
        check_outcome(analysis, outcome)
    except REFUSALS as refusal:
        return RunResult("refused", messages=(Message.of(refusal),), reads=inputs.reads)
    except MemoryError:
        raise
    except ContractViolation as violation:
        return RunResult.failed(
            Message("contract-violation", "Invalid result: {violation}", "warning", violation=violation),
            inputs.reads,
        )
    except BaseException as error:
        return _failed(analysis, error, inputs)
    return RunResult("done", outcome, tuple(outcome.messages), inputs.reads)


def _failed(analysis: Analysis, error: BaseException, inputs: Inputs) -> RunResult:
    """The failed run an error makes; its traceback goes to standard error."""
    with suppress(Exception):
        sys.stderr.write("".join(traceback.format_exception(error))[-LONGEST_TRACEBACK:])
    package = str(getattr(analysis.run, "__module__", "")).partition(".")[0]
    return RunResult.failed(plugin_error(error, package), inputs.reads)
