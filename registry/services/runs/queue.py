"""Run analyses in the background: the row of a run is queued, leased by a worker, then filled once."""

from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registry import plugin_loading
from registry.hookspecs import Analysis
from registry.models import PENDING, UNREAD, AnalysisRun, Cell, Dataset, Measurement, RunStatus
from registry.models.project import owning_project
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.due import Job, list_due_jobs
from registry.selectors.analysis_inputs.targets import get_run_target, get_target
from registry.services.jobs.background import wake_on_commit
from registry.services.jobs.leases import claim_row, heartbeat, holds_lease, work_until_idle
from registry.services.permissions import Actor, require_editor
from registry.services.runs.analysis import fill_run, list_due_downstream, store_run
from registry.services.runs.claimed import compute_result
from registry.services.runs.groups import claim_group_run, perform_group_run, update_groups_of
from registry.services.staleness import staleness


def queue_run(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    series: str = "",
    analysis: Analysis,
    by: Actor,
) -> AnalysisRun:
    """Queue one analysis of a measurement, a cell or a series of the cell, by its key; return the run if it is already
    queued."""
    record = measurement or cell
    assert record is not None
    require_editor(owning_project(record), by)
    with transaction.atomic():
        target = get_target(measurement=measurement, cell=cell, series=series)
        fixed = target.series.fixed if target.series else {}
        (run,) = _queue_jobs([Job(target.key, analysis, "requested", target.parameters(analysis), fixed)], by)
    return run


def queue_jobs(jobs: Sequence[Job], *, by: Actor) -> list[AnalysisRun]:
    """Queue many jobs and wake a worker once."""
    cells = Cell.objects.select_related("project").filter(pk__in={job.cell for job in jobs})
    for project in {cell.project for cell in cells}:
        require_editor(project, by)
    return _queue_jobs(jobs, by)


@transaction.atomic
def _queue_jobs(jobs: Sequence[Job], by: Actor) -> list[AnalysisRun]:
    cells = {job.cell for job in jobs}
    # Locked together and therefore in one order: locking one by one could deadlock.
    staleness.lock_measurements(Q(cell__in=cells))
    queued_runs = AnalysisRun.objects.filter(cell__in=cells, status=RunStatus.QUEUED).select_for_update()
    queued = {(run.target, run.analysis): run for run in queued_runs}
    runs = [queued.get(job.key) or _new_run(job) for job in jobs]
    for run, job in zip(runs, jobs, strict=True):
        run.parameters, run.started_by = dict(job.parameters), by
    AnalysisRun.objects.bulk_update([run for run in runs if run.pk], ["parameters", "started_by"])
    AnalysisRun.objects.bulk_create(run for run in runs if not run.pk)
    if runs:
        wake_on_commit()
    return runs


def _new_run(job: Job) -> AnalysisRun:
    return AnalysisRun(
        cell_id=job.cell,
        measurement_id=job.measurement,
        series=job.target.series,
        fixed_conditions=dict(job.fixed_conditions),
        analysis=job.analysis.name,
        plugin=plugin_loading.current().plugin_of("analysis", job.analysis.name),
        version=job.analysis.version,
        status=RunStatus.QUEUED,
        is_latest=False,
        queued_at=timezone.now(),
    )


def queue_measurement(measurement: Measurement, *, by: Actor) -> list[AnalysisRun]:
    """Queue all due jobs of one measurement and of its cell."""
    return queue_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk)), by=by)


def queue_cells(cells: Iterable[Cell], *, by: Actor) -> list[AnalysisRun]:
    """Queue the jobs that a change made due on these cells; whoever may make the change may run them.

    Results of another plugin version are not queued: a user starts those again.
    """
    pks = {cell.pk for cell in cells}
    jobs = list_due_jobs(
        Measurement.objects.filter(cell__in=pks),
        Cell.objects.filter(pk__in=pks),
        reasons=("never run", "stale", "parameters changed"),
    )
    return _queue_jobs(jobs, by)


def update_results(cells: Collection[Cell], *, by: Actor) -> None:
    """Mark results stale whose inputs a change affected, and queue the analyses that are due.

    A change on the command line (`by` is None) queues nothing: `analyze` runs what is due.
    """
    staleness.mark_stale(cells)
    if by is not None and cells:
        queue_cells(cells, by=by)
    update_groups_of([cell.pk for cell in cells], by=by)


def queue_for_new_data(measurement: Measurement, *, by: Actor) -> list[AnalysisRun]:
    """Queue the jobs that new data made due: all of the measurement, and the stale ones of its cell.

    The role of the uploader was checked at upload and is not checked again.
    """
    pending = list_due_jobs(Measurement.objects.filter(cell=measurement.cell_id))
    own = (measurement.pk, None)
    return _queue_jobs([job for job in pending if job.measurement in own or job.reason == "stale"], by)


def do_due_runs() -> int:
    """Run due jobs one by one until none are left or a stop is requested; return how many finished."""
    return work_until_idle((claim_run, perform_run), (claim_group_run, perform_group_run))


def claim_run() -> AnalysisRun | None:
    """Claim the oldest due run; None if there are none."""
    cell_runs = AnalysisRun.objects.filter(cell=OuterRef("cell"))
    on_cell = Q(measurement__isnull=True, series=OuterRef("series"))
    same = cell_runs.filter(Q(measurement=OuterRef("measurement")) | on_cell)
    # A second request waits for the running one, so that two runs never compete to be the latest.
    ready = ~Q(Exists(same.filter(analysis=OuterRef("analysis"), status=RunStatus.RUNNING)))
    # Runs wait until the files of their measurement have been read.
    unread = Dataset.objects.filter(status__in=UNREAD)
    ready &= ~Q(Exists(unread.filter(measurement=OuterRef("measurement"))))
    ready &= ~(Q(measurement__isnull=True) & Q(Exists(unread.filter(measurement__cell=OuterRef("cell")))))
    # An analysis waits for pending runs whose results it uses.
    for name, dependencies in plugin_loading.current().upstream.items():
        if dependencies:
            upstream_runs = cell_runs.filter(analysis__in=dependencies, status__in=PENDING)
            ready &= ~(Q(analysis=name) & Q(Exists(upstream_runs)))
    return claim_row(AnalysisRun, ready=ready)


def perform_run(run: AnalysisRun) -> bool:
    """Execute a claimed run and store its result; False if another worker has taken over the lease."""
    with heartbeat(run):
        analysis, result = compute_result(run, get_run_target)
    return finish_run(run, analysis, result)


@transaction.atomic
def finish_run(run: AnalysisRun, analysis: Analysis, result: RunResult) -> bool:
    """Store the result of a run and queue dependent jobs; False, storing nothing, if the lease is lost."""
    # All measurements of the cell, as mark_stale locks them: locking fewer first could deadlock.
    staleness.lock_measurements(Q(cell=run.cell_id))
    if not holds_lease(run, run.attempts):
        return False
    fill_run(run, analysis, result)
    run.lease_until = None
    store_run(run, result.outcome)
    staleness.mark_stale_after(run)
    _queue_jobs(list_due_downstream([run]), run.started_by)
    update_groups_of([run.cell_id], by=run.started_by)
    return True
