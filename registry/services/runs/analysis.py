"""Run analyses and store their results; each run is written once."""

import hashlib
import json
import platform
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from itertools import islice
from textwrap import shorten
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry import plugin_loading
from registry.contract.curve_encoding import plot_to_json
from registry.contract.estimate_encoding import estimate_to_columns, fact_to_json, shared_causes
from registry.contract.vocabulary import CONTINUATION
from registry.hookspecs import Analysis, Message, NotComputed, Outcome, Plot, Result
from registry.models import (
    AnalysisRun,
    Cell,
    Curve,
    CycleColumn,
    GroupRun,
    Measurement,
    MessageCode,
    RunStatus,
    TargetKey,
    Value,
    ValueOrigin,
)
from registry.models.analysis_run import Run
from registry.models.cycle_table import build_columns
from registry.models.message_code import message_codes
from registry.models.project import owning_project
from registry.models.value import place_columns
from registry.numbers.axis import resolve_axes
from registry.plugin_loading.parameters import parameters_with_defaults
from registry.sandbox.analysis_runner import AnalysisBatch
from registry.sandbox.run_result import RunResult
from registry.sandbox.serialization import dump_message
from registry.selectors.analysis_inputs.due import Job, list_due_jobs
from registry.selectors.analysis_inputs.group_targets import GroupTarget
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_target, get_targets
from registry.services.permissions import Actor, require_editor
from registry.services.quantity_description import keep_descriptions
from registry.services.staleness import staleness
from registry.services.staleness.group_staleness import list_groups_of, mark_groups_stale

BATCH = 200
"""Jobs whose inputs are read at once."""
CONTINUATIONS = f"datasets.{CONTINUATION}.count"
MAX_BATCH_SECONDS = 5
"""Results are stored together at least this often."""
MAX_REASON_LENGTH = 200


@lru_cache
def software_versions() -> dict[str, str]:
    """Versions of the software that can affect results."""
    packages = {name: version(name) for name in ("numpy", "scipy", "pandas", "django", "pluggy")}
    return {"python": platform.python_version(), **packages}


def run_analysis(
    *,
    measurement: Measurement | None = None,
    cell: Cell | None = None,
    series: str = "",
    analysis: Analysis,
    by: Actor,
) -> AnalysisRun:
    """Run one analysis on a measurement, a cell or a series of the cell, and store the result."""
    record = measurement or cell
    assert record is not None
    require_editor(owning_project(record), by)
    target = get_target(measurement=measurement, cell=cell, series=series)
    with analysis_batch() as batch:
        computed = _compute(target, analysis, batch)
    run = _store_computed(computed, by)
    staleness.mark_stale_after(run)
    mark_groups_stale(list_groups_of([target.cell.pk]))
    run.refresh_from_db(fields=["stale_since"])
    return run


def analysis_batch() -> AnalysisBatch:
    """Start a batch of runs with the loaded plugins; its processes are newly forked and end with it."""
    return AnalysisBatch(plugin_loading.plugin_set())


class Computed(NamedTuple):
    """A run that has ended and is not stored yet."""

    run: AnalysisRun
    analysis: Analysis
    result: RunResult


def _compute(target: AnalysisTarget, analysis: Analysis, batch: AnalysisBatch) -> Computed:
    """Run an analysis outside any transaction: while one is open, nobody else can write to SQLite."""
    run = AnalysisRun(
        cell=target.cell,
        measurement=target.measurement,
        series=target.key.series,
        fixed_conditions=dict(target.series.fixed) if target.series else {},
        analysis=analysis.name,
        parameters=target.parameters(analysis),
        started_at=timezone.now(),
    )
    return Computed(run, analysis, execute_run(run, analysis, target, batch))


def _store_computed(computed: Computed, by: Actor, queued: AnalysisRun | None = None) -> AnalysisRun:
    """Store a run, as a new one or as the one already queued."""
    run = computed.run
    if queued:
        queued.parameters, queued.started_at = run.parameters, run.started_at
        run = queued
    else:
        run.started_by = by
    fill_run(run, computed.analysis, computed.result)
    store_run(run, computed.result.outcome)
    return run


def execute_run(run: Run, analysis: Analysis, target: AnalysisTarget | GroupTarget, batch: AnalysisBatch) -> RunResult:
    """Check the parameters of a run and run the plugin's function in the sandbox; any failure becomes a result."""
    try:
        run.parameters = parameters_with_defaults(analysis, run.parameters)
    except ValidationError as error:
        return RunResult.failed(invalid_parameters(error))
    result = batch.run(analysis, target.facts, run.parameters, target.datasets)
    unread = _unread_continuations(result) if result.status == "done" else []
    return replace(result, messages=(*result.messages, *unread))


def _unread_continuations(result: RunResult) -> list[Message]:
    """A warning for each measurement of which only the first part of a test was read."""
    warnings = []
    for path, count in result.reads.items():
        prefix = path.removesuffix("count")
        is_read = any(read.startswith(prefix) and read != path for read in result.reads)
        if path.endswith(CONTINUATIONS) and isinstance(count, int) and not is_read:
            warnings.append(
                Message(
                    "continuation-not-read",
                    "Only the first part of the test was analysed: it has {count} further datasets.",
                    "warning",
                    count=count,
                    path=path,
                )
            )
    return warnings


def invalid_parameters(error: ValidationError) -> Message:
    """The message of a run whose parameters are invalid."""
    return Message("invalid-parameters", "Invalid parameters: {reason}", "warning", reason=" ".join(error.messages))


def fill_run(run: Run, analysis: Analysis, result: RunResult) -> None:
    """Fill in the result and the inputs of a run, once."""
    inputs = {path: fact_to_json(fact) for path, fact in sorted(result.reads.items())}
    run.plugin = plugin_loading.current().plugin_of("analysis", analysis.name)
    run.version = analysis.version
    run.source_hash = result.source_hash or plugin_loading.current().source_hash(analysis.name)
    run.inputs = inputs
    run.inputs_hash = inputs_hash(analysis, run.parameters, inputs)
    run.inferred_inputs = [path for path, fact in inputs.items() if isinstance(fact, list) and fact[4]]
    run.status = result.status
    run.messages = [dump_message(message) for message in result.messages]
    run.software = software_versions()
    run.finished_at = timezone.now()


def inputs_hash(analysis: Analysis, parameters: Mapping[str, Any], inputs: Mapping[str, Any]) -> str:
    """SHA-256 over everything that determines the result: analysis, version, parameters and inputs."""
    content = {"analysis": analysis.name, "version": analysis.version, "parameters": parameters, "inputs": inputs}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=dict).encode()).hexdigest()


@transaction.atomic
def store_run(run: AnalysisRun, outcome: Outcome) -> None:
    """Store a finished run with its results and make it the latest."""
    staleness.lock_measurements(Q(pk=run.measurement_id) if run.measurement_id else Q(cell=run.cell_id))
    previous_runs = AnalysisRun.objects.filter(
        cell=run.cell_id, measurement=run.measurement_id, series=run.series, analysis=run.analysis, is_latest=True
    )
    for previous in previous_runs.select_for_update():
        previous.is_latest = False
        previous.save(update_fields=["is_latest"])
        Value.objects.filter(run=previous).update(is_latest=False)
    run.is_latest = True
    run.save()
    Value.objects.bulk_create(_build_value(run, result) for result in outcome.values)
    Value.objects.bulk_create(_build_missing_value(run, missing) for missing in outcome.not_computed)
    store_codes(run, outcome)
    Curve.objects.bulk_create(_build_curve(run, plot) for plot in outcome.curves)
    if outcome.cycles is not None:
        CycleColumn.objects.bulk_create(build_columns(run, outcome.cycles))
    keep_descriptions(stored_quantities(outcome))


def stored_quantities(outcome: Outcome) -> set[str]:
    """Slugs of the quantities of all that is stored of an outcome."""
    values = {result.quantity for result in outcome.values} | {missing.quantity for missing in outcome.not_computed}
    return values.union(outcome.cycles.columns if outcome.cycles else ())


def store_codes(run: AnalysisRun | GroupRun, outcome: Outcome) -> None:
    """Store the codes of the messages of a run, and of the reasons for values it did not compute."""
    reasons = ({"code": missing.code} for missing in outcome.not_computed)
    MessageCode.objects.bulk_create(message_codes(run, [*run.messages, *reasons]))


def _build_value(run: AnalysisRun, result: Result) -> Value:
    of = " ".join(filter(None, (run.of.refcode, run.series)))
    return Value(
        cell_id=run.cell_id,
        measurement_id=run.measurement_id,
        origin=ValueOrigin.COMPUTED,
        **result_columns(run, result, of),
    )


def result_columns(run: AnalysisRun | GroupRun, result: Result, of: str) -> dict[str, Any]:
    """The columns of a computed value; a shared cause that no input has is named after what was analysed, `of`."""
    columns = estimate_to_columns(result.estimate)
    inherited = shared_causes(run.inputs) if columns["components"] else ()
    columns["components"] = [
        [name, contribution, shared if not shared or shared in inherited else f"{of} {run.analysis}: {shared}", degrees]
        for name, contribution, shared, degrees in columns["components"]
    ]
    return {
        "run": run,
        "quantity": result.quantity,
        **place_columns(result.place),
        **columns,
        "method_spread": [[method, float(number)] for method, number in result.method_spread.items()],
        "note": result.note,
    }


def _build_missing_value(run: AnalysisRun, missing: NotComputed) -> Value:
    return Value(
        cell_id=run.cell_id,
        measurement_id=run.measurement_id,
        **missing_columns(missing),
        origin=ValueOrigin.COMPUTED,
        run=run,
    )


def _build_curve(run: AnalysisRun, plot: Plot) -> Curve:
    return Curve(run=run, **curve_columns(plot))


def curve_columns(plot: Plot) -> dict[str, Any]:
    """Return the columns of a stored plot."""
    data = plot_to_json(resolve_axes(plot))
    axes = {f"{name}_quantity": data.get(name, {}).get("quantity", "") for name in ("x", "y")}
    return {"name": plot.name, "title": plot.title, "kind": data["kind"], "data": data, **axes}


def missing_columns(missing: NotComputed) -> dict[str, Any]:
    """Return why a quantity was not computed, as it is stored."""
    return {
        "quantity": missing.quantity,
        **place_columns(missing.place),
        "missing": shorten(missing.reason, MAX_REASON_LENGTH, placeholder=" …"),
        "missing_code": missing.code,
        "missing_parameters": dict(missing.parameters),
    }


def run_jobs(
    jobs: Sequence[Job],
    *,
    by: Actor,
    with_downstream: bool = True,
    on_progress: Callable[[AnalysisRun], None] = lambda run: None,
) -> list[AnalysisRun]:
    """Run jobs in dependency order, then the analyses that became due because of their results."""
    depth = plugin_loading.current().depth
    runs: list[AnalysisRun] = []
    for step in range(max(depth.values(), default=0) + 1):
        step_jobs = {job.key: job for job in jobs if depth[job.analysis.name] == step}
        if with_downstream and step:
            names = [name for name, level in depth.items() if level == step]
            step_jobs |= {job.key: job for job in list_due_downstream(runs, names)}
        new_runs = _run_batches(list(step_jobs.values()), by, on_progress)
        staleness.mark_stale(Cell.objects.filter(pk__in={run.cell_id for run in new_runs}))
        runs += new_runs
    mark_groups_stale(list_groups_of({run.cell_id for run in runs}))
    return runs


def list_due_downstream(runs: Iterable[AnalysisRun], names: Sequence[str] | None = None) -> list[Job]:
    """Due jobs on the cells of these runs for analyses (all, or those named) that use their results."""
    plugins = plugin_loading.current()
    finished = {run.analysis for run in runs}
    candidates = set(plugins.analyses if names is None else names)
    wanted = [name for name in plugins.analyses if name in candidates and plugins.upstream[name] & finished]
    if not wanted:
        return []
    return list_due_jobs(Measurement.objects.filter(cell__in={run.cell_id for run in runs}), names=wanted)


def _run_batches(jobs: Sequence[Job], by: Actor, on_progress: Callable[[AnalysisRun], None]) -> list[AnalysisRun]:
    runs: list[AnalysisRun] = []
    waiting = deque(jobs)
    while waiting:
        runs += _store_batch(_compute_batch(waiting, on_progress), by)
    return runs


def _compute_batch(waiting: deque[Job], on_progress: Callable[[AnalysisRun], None]) -> list[Computed]:
    """Take the first of the waiting jobs and compute them, for a few seconds; leave out deleted records."""
    jobs = list(islice(waiting, BATCH))
    targets = get_targets(
        measurements={job.measurement for job in jobs if job.measurement},
        cells={job.cell for job in jobs if not job.measurement},
    )
    computed = []
    with analysis_batch() as batch:
        started = time.monotonic()
        for job in jobs:
            waiting.popleft()
            if target := targets.get(job.target):
                computed.append(_compute(target, job.analysis, batch))
                on_progress(computed[-1].run)
            if time.monotonic() - started > MAX_BATCH_SECONDS:
                break
    return computed


@transaction.atomic
def _store_batch(batch: Sequence[Computed], by: Actor) -> list[AnalysisRun]:
    """Store computed runs, except of cells and measurements that were deleted meanwhile."""
    cells = {computed.run.cell_id for computed in batch}
    queued = _get_queued_runs(cells)
    kept = set(Cell.objects.filter(pk__in=cells).values_list("pk", flat=True))
    measurements = set(Measurement.objects.filter(cell__in=cells).values_list("pk", flat=True)) | {None}
    return [
        _store_computed(computed, by, queued.get((computed.run.target, computed.analysis.name)))
        for computed in batch
        if computed.run.cell_id in kept and computed.run.measurement_id in measurements
    ]


def _get_queued_runs(cells: Collection[int]) -> dict[tuple[TargetKey, str], AnalysisRun]:
    """The queued runs on these cells, locked so that no worker claims them before the transaction ends."""
    # In the same order as queue_jobs, to avoid deadlocks.
    staleness.lock_measurements(Q(cell__in=cells))
    queued = AnalysisRun.objects.filter(cell__in=cells, status=RunStatus.QUEUED).select_for_update()
    return {(run.target, run.analysis): run for run in queued}
