"""Running analyses and keeping what they gave, each run written once."""

import hashlib
import json
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from importlib.metadata import version
from textwrap import shorten
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry import plugin_loading
from registry.contract.estimate_encoding import estimate_to_columns, fact_to_json
from registry.hookspecs import Analysis, NotComputed, Outcome, Result
from registry.models import AnalysisRun, Cell, Curve, Measurement, RunStatus, Value, ValueOrigin
from registry.models.project import owning_project
from registry.plugin_loading.parameters import parameters_with_defaults
from registry.sandbox.analysis_runner import AnalysisBatch
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import dump_curve
from registry.selectors.analysis_inputs.due import Job, list_due_jobs
from registry.selectors.analysis_inputs.targets import AnalysisTarget, Key, get_target, get_targets
from registry.services import staleness
from registry.services.permissions import Actor, require_editor

BATCH = 200
HELD_SECONDS = 5
"""How long others may have to wait for the database: on SQLite nobody else writes before a batch is stored."""
LONGEST_REASON = 200


@lru_cache
def software_versions() -> dict[str, str]:
    """Versions that may matter to a number."""
    packages = {name: version(name) for name in ("numpy", "scipy", "pandas", "django", "pluggy")}
    return {"python": platform.python_version(), **packages}


def run_analysis(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    analysis: Analysis,
    by: Actor,
) -> AnalysisRun:
    """Run one analysis on a measurement or a whole cell and keep the result."""
    of = measurement or cell
    assert of is not None
    require_editor(owning_project(of), by)
    subject = get_target(measurement=measurement, cell=cell)
    with analysis_batch() as batch:
        run = _run_and_store(subject, analysis, by, batch)
    staleness.mark_stale([subject.cell])
    run.refresh_from_db(fields=["stale_since"])
    return run


def analysis_batch() -> AnalysisBatch:
    """A batch of runs with the plugins in use: its processes are forked afresh, and end with it."""
    return AnalysisBatch(plugin_loading.plugin_set())


def _run_and_store(
    subject: AnalysisTarget, analysis: Analysis, by: Actor, batch: AnalysisBatch, waiting: AnalysisRun | None = None
) -> AnalysisRun:
    """Run an analysis as a new run, or as the one that waits for it in the queue."""
    run = waiting or AnalysisRun(
        cell=subject.cell, measurement=subject.measurement, analysis=analysis.name, started_by=by
    )
    run.parameters, run.started_at = subject.parameters(analysis), timezone.now()
    result = execute_run(run, analysis, subject, batch)
    fill_run(run, analysis, result)
    store_run(run, result.outcome)
    return run


def execute_run(run: AnalysisRun, analysis: Analysis, subject: AnalysisTarget, batch: AnalysisBatch) -> RunResult:
    """Check the parameters of a run and run the plugin's function in the sandbox; any failure becomes a result."""
    try:
        run.parameters = parameters_with_defaults(analysis, run.parameters)
    except ValidationError as error:
        return RunResult.failed(" ".join(error.messages))
    return batch.run(analysis, subject.facts, run.parameters, subject.datasets)


def fill_run(run: AnalysisRun, analysis: Analysis, ended: RunResult) -> None:
    """Write into a run, once, how it ended and what it read."""
    reads = {path: fact_to_json(fact) for path, fact in sorted(ended.reads.items())}
    run.plugin = plugin_loading.current().plugin_of("analysis", analysis.name)
    run.version = analysis.version
    run.inputs = reads
    run.inputs_hash = inputs_hash(analysis, run.parameters, reads)
    run.inferred_inputs = [path for path, kept in reads.items() if isinstance(kept, list) and kept[4]]
    run.status = ended.status
    run.messages = [asdict(message) for message in ended.messages]
    run.software = software_versions()
    run.finished_at = timezone.now()


def inputs_hash(analysis: Analysis, parameters: Mapping[str, Any], reads: Mapping[str, Any]) -> str:
    """SHA-256 over all that decided the result: analysis, version, parameters and every fact read."""
    whole = {"analysis": analysis.name, "version": analysis.version, "parameters": parameters, "inputs": reads}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=dict).encode()).hexdigest()


@transaction.atomic
def store_run(run: AnalysisRun, outcome: Outcome) -> None:
    """Make a run that ended the latest, with what it gave."""
    staleness.lock_measurements(Q(pk=run.measurement_id) if run.measurement_id else Q(cell=run.cell_id))
    earlier = AnalysisRun.objects.filter(
        cell=run.cell_id, measurement=run.measurement_id, analysis=run.analysis, is_latest=True
    )
    for old in earlier.select_for_update():
        old.is_latest = False
        old.save(update_fields=["is_latest"])
        Value.objects.filter(run=old).update(is_latest=False)
    run.is_latest = True
    run.save()
    Value.objects.bulk_create(_value(run, result) for result in outcome.values)
    Value.objects.bulk_create(_missing_value(run, item) for item in outcome.not_computed)
    Curve.objects.bulk_create(
        Curve(run=run, name=curve.name, title=curve.title, data=dump_curve(curve)) for curve in outcome.curves
    )


def _value(run: AnalysisRun, result: Result) -> Value:
    return Value(
        cell_id=run.cell_id,
        measurement_id=run.measurement_id,
        quantity=result.quantity,
        **estimate_to_columns(result.estimate),
        note=result.note,
        origin=ValueOrigin.COMPUTED,
        run=run,
    )


def _missing_value(run: AnalysisRun, lacking: NotComputed) -> Value:
    return Value(
        cell_id=run.cell_id,
        measurement_id=run.measurement_id,
        quantity=lacking.quantity,
        missing=shorten(lacking.reason, LONGEST_REASON, placeholder=" …"),
        origin=ValueOrigin.COMPUTED,
        run=run,
    )


def run_jobs(
    jobs: Sequence[Job],
    *,
    by: Actor,
    with_downstream: bool = True,
    on_progress: Callable[[AnalysisRun], None] = lambda run: None,
) -> list[AnalysisRun]:
    """Run many, each after those whose results it takes, and then whatever came due by their results."""
    depth = plugin_loading.current().depth
    runs: list[AnalysisRun] = []
    for step in range(max(depth.values(), default=0) + 1):
        at_this_step = {job.key: job for job in jobs if depth[job.analysis.name] == step}
        if with_downstream and step:
            names = [name for name, place in depth.items() if place == step]
            at_this_step |= {job.key: job for job in list_due_downstream(runs, names)}
        ran = _batches_run(list(at_this_step.values()), by, on_progress)
        staleness.mark_stale(Cell.objects.filter(pk__in={run.cell_id for run in ran}))
        runs += ran
    return runs


def list_due_downstream(runs: Iterable[AnalysisRun], names: Sequence[str] | None = None) -> list[Job]:
    """Analyses, of those named or of all, that take results of what these runs ran and are due on their cells."""
    plugins = plugin_loading.current()
    ran = {run.analysis for run in runs}
    named = set(plugins.analyses if names is None else names)
    wanted = [name for name in plugins.analyses if name in named and plugins.upstream[name] & ran]
    if not wanted:
        return []
    return list_due_jobs(Measurement.objects.filter(cell__in={run.cell_id for run in runs}), names=wanted)


def _batches_run(jobs: Sequence[Job], by: Actor, on_progress: Callable[[AnalysisRun], None]) -> list[AnalysisRun]:
    runs: list[AnalysisRun] = []
    while batch := jobs[len(runs) : len(runs) + BATCH]:
        with analysis_batch() as processes, transaction.atomic():
            began = time.monotonic()
            waiting = _waiting_for(batch)
            found = get_targets(
                measurements={job.measurement for job in batch if job.measurement},
                cells={job.cell for job in batch if not job.measurement},
            )
            for job in batch:
                run = _run_and_store(found[job.target], job.analysis, by, processes, waiting.get(job.key))
                runs.append(run)
                on_progress(run)
                if time.monotonic() - began > HELD_SECONDS:
                    break
    return runs


def _waiting_for(jobs: Sequence[Job]) -> dict[tuple[Key, str], AnalysisRun]:
    """The runs that wait in the queue for these jobs; within a transaction, no worker takes them before it ends."""
    cells = {job.cell for job in jobs}
    # In the order in which what queues them locks.
    staleness.lock_measurements(Q(cell__in=cells))
    queued = AnalysisRun.objects.filter(cell__in=cells, status=RunStatus.QUEUED).select_for_update()
    return {(run.target, run.analysis): run for run in queued}
