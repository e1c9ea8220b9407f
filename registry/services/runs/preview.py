"""What runs would give, without keeping anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from registry.models import AnalysisRun
from registry.plugin_loading.parameters import parameters_with_defaults
from registry.sandbox.analysis_runner import AnalysisBatch
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.due import Job
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_targets
from registry.selectors.value_changes import ValueChange, list_changes, values_by_run
from registry.services.runs.analysis import BATCH, analysis_batch


@dataclass(frozen=True)
class Preview:
    """How a run would end, beside the one that stands."""

    of: str
    """Refcode of the measurement or cell."""
    analysis: str
    before: str
    """Status of the run that stands; empty if there is none."""
    ended: RunResult
    changes: tuple[ValueChange, ...]


def preview_jobs(jobs: Sequence[Job]) -> Iterator[Preview]:
    """Run each on the current inputs; what uses the results of others uses theirs as stored, not as they would be."""
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
                subject, before = targets[job.target], stored[run.pk] if run else {}
                result = _run(job, subject, processes)
                of = (subject.measurement or subject.cell).refcode
                changed = tuple(move for move in list_changes(of, before, result.values) if move.has_changed)
                yield Preview(of, job.analysis.name, run.status if run else "", result, changed)


def _run(job: Job, subject: AnalysisTarget, processes: AnalysisBatch) -> RunResult:
    try:
        parameters = parameters_with_defaults(job.analysis, subject.parameters(job.analysis))
    except ValidationError as error:
        return RunResult.failed(" ".join(error.messages))
    return processes.run(job.analysis, subject.facts, parameters, subject.datasets)
