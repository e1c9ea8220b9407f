"""Analyses in the background. The run's row is the truth: queued, then leased by a worker, then filled once."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from registry import plugin_manager
from registry.hookspecs import Analysis, Message, Outcome
from registry.models import AnalysisRun, Measurement, RunStatus
from registry.selectors.inputs import facts_of, inputs_for, measurements_with_inputs
from registry.services import staleness
from registry.services.analysis import Ended, Job, execute, jobs_pending, run_fill, run_store
from registry.services.lease import attempts_spent, heartbeat, lease_claim, lease_work
from registry.services.parameters import parameters_of, still_declared
from registry.services.record import Actor, require_editor
from registry.services.wake import wake_on_commit


def run_queue(
    *, measurement: Measurement, analysis: Analysis, parameters: Mapping[str, Any] | None = None, by: Actor
) -> AnalysisRun:
    """Put one analysis of one measurement in the queue; one that waits there already is not doubled."""
    require_editor(measurement.cell.project, by)
    run = _queued(measurement, analysis, parameters_of(analysis, parameters), by)
    wake_on_commit()
    return run


def jobs_queue(jobs: Sequence[Job], *, by: Actor) -> list[AnalysisRun]:
    """Put many in the queue, with one wake-up."""
    measurements = Measurement.objects.select_related("cell__project").in_bulk({job.measurement for job in jobs})
    for project in {one.cell.project for one in measurements.values()}:
        require_editor(project, by)
    return _jobs_queued(jobs, measurements, by)


@transaction.atomic
def _jobs_queued(jobs: Sequence[Job], measurements: Mapping[int, Measurement], by: Actor) -> list[AnalysisRun]:
    # All at once and so in one order: two that lock them one by one would wait for each other.
    staleness.measurements_lock(Q(pk__in=measurements))
    runs = [
        _queued(
            measurements[job.measurement],
            job.analysis,
            parameters_of(job.analysis, still_declared(job.analysis, job.parameters)),
            by,
        )
        for job in jobs
    ]
    if runs:
        wake_on_commit()
    return runs


def measurement_queue(measurement: Measurement, *, by: Actor) -> list[AnalysisRun]:
    """Put in the queue whatever is due on one measurement."""
    return jobs_queue(jobs_pending([(measurement.pk, measurement.technique)]), by=by)


def measurement_queue_of_file(measurement: Measurement, *, by: Actor) -> list[AnalysisRun]:
    """The same once its file was read, on behalf of whoever sent it, whose role was asked for when they did."""
    jobs = jobs_pending([(measurement.pk, measurement.technique)])
    return _jobs_queued(jobs, {measurement.pk: measurement}, by)


@transaction.atomic
def _queued(measurement: Measurement, analysis: Analysis, parameters: dict[str, Any], by: Actor) -> AnalysisRun:
    staleness.measurements_lock(Q(pk=measurement.pk))
    waiting = AnalysisRun.objects.filter(measurement=measurement, analysis=analysis.name, status=RunStatus.QUEUED)
    if run := waiting.select_for_update().first():
        run.parameters, run.started_by = parameters, by
        run.save(update_fields=["parameters", "started_by"])
        return run
    return AnalysisRun.objects.create(
        cell_id=measurement.cell_id,
        measurement=measurement,
        analysis=analysis.name,
        plugin=plugin_manager.current().providers.get(f"analysis {analysis.name}", ""),
        version=analysis.version,
        parameters=parameters,
        status=RunStatus.QUEUED,
        is_latest=False,
        queued_at=timezone.now(),
        started_by=by,
    )


def runs_work() -> int:
    """Run what is due, one after the other, until nothing is or this process is to end; return how many ended."""
    return lease_work((run_claim, run_perform))


def run_claim() -> AnalysisRun | None:
    """Take the oldest run that is due, or None if none is."""
    same_running = AnalysisRun.objects.filter(
        measurement=OuterRef("measurement"), analysis=OuterRef("analysis"), status=RunStatus.RUNNING
    )
    # A later request waits for the run at hand, so that two of one kind never race for being the latest.
    return lease_claim(AnalysisRun, ready=~Exists(same_running))


def run_perform(run: AnalysisRun) -> bool:
    """Execute a run this process has taken and store how it ended; False if another took it over meanwhile."""
    attempt = run.attempts
    measurement = next(iter(measurements_with_inputs([run.measurement_id])), None)
    if measurement is None:
        return False
    analysis = plugin_manager.current().analyses.get(run.analysis)
    if analysis is None:
        return _fail(run, attempt, f"The plugin with the analysis ‘{run.analysis}’ is not loaded: install it again.")
    if times := attempts_spent(run):
        text = (
            f"The worker ended {times} while this ran (out of memory, or stopped): look at its log, then run it again."
        )
        return _fail(run, attempt, text)
    try:
        run.parameters = parameters_of(analysis, still_declared(analysis, run.parameters))
    except ValidationError as error:
        return _fail(run, attempt, " ".join(error.messages))
    facts = facts_of(measurement)
    with heartbeat(run):
        ended = execute(analysis, inputs_for(measurement, facts, run.parameters))
    run_fill(run, analysis, ended)
    return _store(run, ended.outcome, attempt)


@transaction.atomic
def _store(run: AnalysisRun, outcome: Outcome, attempt: int) -> bool:
    run.lease_until = None
    if not run_store(run, outcome, attempt=attempt):
        return False
    now = measurements_with_inputs([run.measurement_id])[0]
    if staleness.reads_differ(run, facts_of(now)):
        run.stale_since = timezone.now()
        run.save(update_fields=["stale_since"])
    return True


def _fail(run: AnalysisRun, attempt: int, text: str) -> bool:
    """End a run that cannot be executed, with the reason."""
    unknown = Analysis(run.analysis, run.version, "", "", (), (), lambda inputs: Outcome())
    analysis = plugin_manager.current().analyses.get(run.analysis, unknown)
    run_fill(run, analysis, Ended(RunStatus.FAILED, Outcome(), (Message(text, "warning"),), {}))
    return _store(run, Outcome(), attempt)
