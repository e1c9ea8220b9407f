"""Analyses in the background. The run's row is the truth: queued, then leased by a worker, then filled once."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registry import plugin_loading
from registry.hookspecs import Analysis, Inputs, Outcome
from registry.models import PENDING, UNREAD, AnalysisRun, Cell, Dataset, Measurement, RunStatus
from registry.models.project import owning_project
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.due import Job, list_due_jobs
from registry.selectors.analysis_inputs.targets import get_target, get_targets
from registry.services import staleness
from registry.services.background import wake_on_commit
from registry.services.leases import claim_row, exhausted_attempts, heartbeat, holds_lease, work_until_idle
from registry.services.permissions import Actor, require_editor
from registry.services.runs.analysis import analysis_batch, execute_run, fill_run, list_due_downstream, store_run


def queue_run(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    analysis: Analysis,
    by: Actor,
) -> AnalysisRun:
    """Put one analysis of a measurement, or of a cell as a whole, in the queue.

    One that waits there already is not doubled.
    """
    of = measurement or cell
    assert of is not None
    require_editor(owning_project(of), by)
    with transaction.atomic():
        subject = get_target(measurement=measurement, cell=cell)
        (run,) = _jobs_queue([Job(*subject.key, analysis, "requested", subject.parameters(analysis))], by)
    return run


def queue_jobs(jobs: Sequence[Job], *, by: Actor) -> list[AnalysisRun]:
    """Put many in the queue, with one wake-up."""
    cells = Cell.objects.select_related("project").filter(pk__in={job.cell for job in jobs})
    for project in {cell.project for cell in cells}:
        require_editor(project, by)
    return _jobs_queue(jobs, by)


@transaction.atomic
def _jobs_queue(jobs: Sequence[Job], by: Actor) -> list[AnalysisRun]:
    cells = {job.cell for job in jobs}
    # All at once and so in one order: two that lock them one by one would wait for each other.
    staleness.lock_measurements(Q(cell__in=cells))
    queued = AnalysisRun.objects.filter(cell__in=cells, status=RunStatus.QUEUED).select_for_update()
    waiting = {((run.cell_id, run.measurement_id), run.analysis): run for run in queued}
    runs = [waiting.get(job.key) or _new_run(job) for job in jobs]
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
        analysis=job.analysis.name,
        plugin=plugin_loading.current().plugin_of("analysis", job.analysis.name),
        version=job.analysis.version,
        status=RunStatus.QUEUED,
        is_latest=False,
        queued_at=timezone.now(),
    )


def queue_measurement(measurement: Measurement, *, by: Actor) -> list[AnalysisRun]:
    """Put in the queue whatever is due on one measurement, and on its cell as a whole."""
    return queue_jobs(list_due_jobs(Measurement.objects.filter(pk=measurement.pk)), by=by)


def queue_cells(cells: Iterable[Cell], *, by: Actor) -> list[AnalysisRun]:
    """Put in the queue what a change made due on these cells; whoever may make the change may have its results.

    Not what another version of its plugin computed: that runs again when somebody asks for it.
    """
    measurements = Measurement.objects.filter(cell__in={cell.pk for cell in cells})
    return _jobs_queue(list_due_jobs(measurements, reasons=("never run", "stale", "parameters changed")), by)


def queue_for_new_data(measurement: Measurement, *, by: Actor) -> list[AnalysisRun]:
    """Put in the queue what data that were just read make due: all that is on their measurement, by whichever version,
    and on its cell what they changed. Whoever sent them might, whatever became of their role since."""
    pending = list_due_jobs(Measurement.objects.filter(cell=measurement.cell_id))
    own = (measurement.pk, None)
    return _jobs_queue([job for job in pending if job.measurement in own or job.reason == "stale"], by)


def do_due_runs() -> int:
    """Run what is due, one after the other, until nothing is or this process is to end; return how many ended."""
    return work_until_idle((claim_run, perform_run))


def claim_run() -> AnalysisRun | None:
    """Take the oldest run that is due, or None if none is."""
    of_the_cell = AnalysisRun.objects.filter(cell=OuterRef("cell"))
    same = of_the_cell.filter(Q(measurement=OuterRef("measurement")) | Q(measurement__isnull=True))
    # A later request waits for the run at hand, so that two of one kind never race for being the latest.
    ready = ~Q(Exists(same.filter(analysis=OuterRef("analysis"), status=RunStatus.RUNNING)))
    # What runs on a file that is still to be read waits for it.
    unread = Dataset.objects.filter(status__in=UNREAD)
    ready &= ~Q(Exists(unread.filter(measurement=OuterRef("measurement"))))
    ready &= ~(Q(measurement__isnull=True) & Q(Exists(unread.filter(measurement__cell=OuterRef("cell")))))
    # What takes the results of others waits until these are there.
    for name, waits_for in plugin_loading.current().upstream.items():
        if waits_for:
            before = of_the_cell.filter(analysis__in=waits_for, status__in=PENDING)
            ready &= ~(Q(analysis=name) & Q(Exists(before)))
    return claim_row(AnalysisRun, ready=ready)


def perform_run(run: AnalysisRun) -> bool:
    """Execute a run this process has taken and store how it ended; False if another took it over meanwhile."""
    with heartbeat(run):
        analysis, ended = compute_result(run)
    return finish_run(run, analysis, ended)


def compute_result(run: AnalysisRun) -> tuple[Analysis, RunResult]:
    """What the analysis of a run gives on what now stands; whatever prevents it becomes a failure."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    if analysis is None:
        text = f"The plugin with the analysis ‘{run.analysis}’ is not loaded: install it again."
        return Analysis(run.analysis, run.version, "", "", (), (), _nothing), RunResult.failed(text)
    if times := exhausted_attempts(run):
        text = (
            f"The worker ended {times} while this ran (out of memory, or stopped): look at its log, then run it again."
        )
        return analysis, RunResult.failed(text)
    wanted = [run.measurement_id] if run.measurement_id else []
    subject = get_targets(measurements=wanted, cells=[] if wanted else [run.cell_id]).get(run.target)
    if subject is None or not subject.suits(analysis):
        return analysis, RunResult.failed("What it was to run on changed while it waited: it is not for that any more.")
    run.parameters = subject.parameters(analysis)
    with analysis_batch() as batch:
        return analysis, execute_run(run, analysis, subject, batch)


def _nothing(inputs: Inputs) -> Outcome:
    return Outcome()


@transaction.atomic
def finish_run(run: AnalysisRun, analysis: Analysis, ended: RunResult) -> bool:
    """Keep how a run ended and queue what rests on it; False if its lease is another's by now, and nothing is kept."""
    # Those of the whole cell, since marking takes them all: two that began with their own would wait for each other.
    staleness.lock_measurements(Q(cell=run.cell_id))
    if not holds_lease(run, run.attempts):
        return False
    fill_run(run, analysis, ended)
    run.lease_until = None
    store_run(run, ended.outcome)
    staleness.mark_stale([run.cell])
    _jobs_queue(list_due_downstream([run]), run.started_by)
    return True
