"""The result of a run that a worker claimed."""

from collections.abc import Callable
from typing import Any

from registry import plugin_loading
from registry.hookspecs import Analysis, Inputs, Message, Outcome
from registry.models.analysis_run import Run
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.group_targets import GroupTarget
from registry.selectors.analysis_inputs.targets import AnalysisTarget
from registry.services.jobs.leases import exhausted_attempts
from registry.services.runs.analysis import analysis_batch, execute_run


def compute_result(
    run: Run, find_target: Callable[[Any], AnalysisTarget | GroupTarget | None]
) -> tuple[Analysis, RunResult]:
    """Compute the result of a run on the current inputs of its target; any problem becomes a failed result."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    if analysis is None:
        failure = Message(
            "plugin-not-loaded",
            "The plugin of the analysis ‘{analysis}’ is not loaded: install it, then run the analysis again.",
            level="warning",
            analysis=run.analysis,
        )
        return Analysis(
            name=run.analysis,
            version=run.version,
            title="",
            description="",
            run=_return_nothing,
        ), RunResult.failed(failure)
    if times := exhausted_attempts(run):
        failure = Message(
            "worker-stopped",
            "The worker stopped {times} during this run (out of memory or killed): check its log, then run it again.",
            level="warning",
            times=times,
        )
        return analysis, RunResult.failed(failure)
    target = find_target(run)
    if target is None or not target.suits(analysis):
        failure = Message(
            "analysis-no-longer-applies",
            "The analysis no longer applies: its technique, measurements or cells changed while it was queued.",
            level="warning",
        )
        return analysis, RunResult.failed(failure)
    run.parameters = target.parameters(analysis)
    with analysis_batch() as batch:
        return analysis, execute_run(run, analysis, target, batch)


def _return_nothing(inputs: Inputs) -> Outcome:
    return Outcome()
