"""Compute outdated results again: exactly the runs that a page listed as outdated."""

from collections.abc import Collection

from registry.models import AnalysisRun, Cell, Measurement
from registry.selectors.analysis_inputs.due import Reason, list_due_jobs
from registry.selectors.staleness.outdated_results import RunSummary
from registry.services.permissions import Actor
from registry.services.runs.queue import queue_jobs

REASONS: tuple[Reason, ...] = ("outdated", "source changed", "parameters changed", "stale")


def queue_outdated(runs: Collection[RunSummary], *, by: Actor) -> list[AnalysisRun]:
    """Queue these runs again, of those that are still outdated; results that depend on them follow by themselves.

    Raise PermissionDenied, and queue nothing, unless the actor may edit the project of each.
    """
    cells = {run.target.cell for run in runs}
    jobs = list_due_jobs(
        Measurement.objects.filter(cell__in=cells),
        Cell.objects.filter(pk__in=cells),
        names=sorted({run.analysis for run in runs}),
        reasons=REASONS,
    )
    keys = {run.key for run in runs}
    return queue_jobs([job for job in jobs if job.key in keys], by=by)
