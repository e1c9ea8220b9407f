"""Preview the results of runs without storing them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from registry.models import AnalysisRun
from registry.plugin_loading.parameters import parameters_with_defaults
from registry.sandbox.analysis_runner import AnalysisBatch
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.due import Job
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_targets
from registry.selectors.runs.value_changes import ValueChange, list_changes, values_by_run
from registry.services.runs.analysis import BATCH, analysis_batch, invalid_parameters


@dataclass(frozen=True)
class Preview:
    """The result of a run that is not stored, compared with the latest stored run."""

    of: str
    """Refcode of the measurement or cell."""
    analysis: str
    before: str
    """Status of the latest stored run; empty if there is none."""
    ended: RunResult
    changes: tuple[ValueChange, ...]


def preview_jobs(jobs: Sequence[Job]) -> Iterator[Preview]:
    """Run each job on the current inputs; results of other analyses are used as stored, not as previewed."""
    for start in range(0, len(jobs), BATCH):
        batch = jobs[start : start + BATCH]
        targets = get_targets(
            measurements={job.measurement for job in batch if job.measurement},
            cells={job.cell for job in batch if not job.measurement},
        )
        cells = {job.cell for job in batch}
        latest = {(run.target, run.analysis): run for run in AnalysisRun.objects.filter(cell__in=cells, is_latest=True)}
        stored = values_by_run(latest.values())
        with analysis_batch() as processes:
            for job in batch:
                run = latest.get(job.key)
                target, before = targets[job.target], stored[run.pk] if run else {}
                result = _run(job, target, processes)
                refcode = (target.measurement or target.cell).refcode
                changes = list_changes(refcode, before, result.values)
                changed = tuple(change for change in changes if change.has_changed)
                yield Preview(refcode, job.analysis.name, run.status if run else "", result, changed)


def _run(job: Job, target: AnalysisTarget, processes: AnalysisBatch) -> RunResult:
    try:
        parameters = parameters_with_defaults(job.analysis, target.parameters(job.analysis))
    except ValidationError as error:
        return RunResult.failed(invalid_parameters(error))
    return processes.run(job.analysis, target.facts, parameters, target.datasets)
