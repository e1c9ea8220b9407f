"""What runs would give, without keeping anything."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from registry.apart.executing import Ended
from registry.models import AnalysisRun
from registry.parameters import parameters_of
from registry.selectors.analysis_inputs.due import Job
from registry.selectors.analysis_inputs.targets import get_targets
from registry.selectors.value_changes import ValueChange, list_changes, values_by_run
from registry.services.running import run_apart

BATCH = 200


@dataclass(frozen=True)
class Preview:
    """How a run would end, beside the one that stands."""

    of: str
    """Refcode of the measurement or cell."""
    analysis: str
    before: str
    """Status of the run that stands; empty if there is none."""
    ended: Ended
    changes: tuple[ValueChange, ...]


def preview_jobs(jobs: Sequence[Job]) -> Iterator[Preview]:
    """Run each on what now stands; what takes the results of others reads theirs as they are, not as they would be."""
    for start in range(0, len(jobs), BATCH):
        batch = jobs[start : start + BATCH]
        found = get_targets(
            measurements={job.measurement for job in batch if job.measurement},
            cells={job.cell for job in batch if not job.measurement},
        )
        cells = {job.cell for job in batch}
        latest = {(run.target, run.analysis): run for run in AnalysisRun.objects.filter(cell__in=cells, is_latest=True)}
        given = values_by_run(latest.values())
        for job in batch:
            subject, run = found[job.target], latest.get(job.key)
            try:
                parameters = parameters_of(job.analysis, subject.parameters(job.analysis))
                ended = run_apart(job.analysis, subject.facts, parameters, subject.datasets)
            except ValidationError as error:
                ended = Ended.failed(" ".join(error.messages))
            of = (subject.measurement or subject.cell).refcode
            after = {result.quantity: result.estimate for result in ended.outcome.values}
            changed = tuple(move for move in list_changes(of, given[run.pk] if run else {}, after) if move.has_changed)
            yield Preview(of, job.analysis.name, run.status if run else "", ended, changed)
