"""Running analyses and keeping what they gave, each run written once."""

import hashlib
import json
import logging
import math
import platform
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from analyses.uncertainty import Estimate
from registry import hookspecs, plugin_manager, quantities
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Refused, Result
from registry.models import AnalysisRun, Curve, Measurement, RunStatus, Value, ValueOrigin
from registry.models.value import FINITE
from registry.selectors.inputs import Facts, canonical, facts_of, inputs_for, measurements_with_inputs
from registry.services import staleness
from registry.services.lease import lease_held
from registry.services.parameters import parameters_of, still_declared
from registry.services.record import Actor, require_editor

logger = logging.getLogger(__name__)
BATCH = 200


@dataclass(frozen=True)
class Ended:
    """How one execution of an analysis ended, before anything is stored."""

    status: RunStatus
    outcome: Outcome
    messages: tuple[Message, ...]
    reads: Mapping[str, Any]
    inferred: tuple[str, ...] = field(default=())


def execute(analysis: Analysis, inputs: Inputs) -> Ended:
    """Run the plugin's function; whatever happens becomes a status and a message."""
    messages: tuple[Message, ...]
    try:
        outcome = analysis.run(inputs)
        _check(analysis, outcome)
    except Refused as refusal:
        status, outcome, messages = RunStatus.REFUSED, Outcome(), (Message(str(refusal), "warning"),)
    except (Exception, SystemExit) as error:
        logger.exception("the analysis %s raised", analysis.name)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        text = f"{type(error).__name__}: {error} ({where})"
        status, outcome, messages = RunStatus.FAILED, Outcome(), (Message(text, "warning"),)
    else:
        status, messages = RunStatus.DONE, outcome.messages
    reads = {path: canonical(fact) for path, fact in sorted(inputs.reads.items())}
    inferred = tuple(path for path, kept in reads.items() if isinstance(kept, list) and kept[4])
    return Ended(status, outcome, messages, reads, inferred)


def _check(analysis: Analysis, outcome: Any) -> None:
    """Refuse an outcome that breaks the contract, in words that name the mend."""
    _expect(outcome, Outcome, "run() returned")
    for result in outcome.values:
        _expect(result, Result, "values hold")
        _expect(result.estimate, Estimate, f"the estimate of {result.quantity} is")
        if result.quantity not in analysis.gives:
            raise ValueError(f"gave {result.quantity}, which is not among the quantities it declares in `gives`")
        estimate, quantity = result.estimate, quantities.get(result.quantity)
        if quantity.minimum is not None and estimate.magnitude < quantity.minimum:
            raise ValueError(f"gave {result.quantity} = {estimate.magnitude:g}, below {quantity.minimum:g}")
        if max(abs(estimate.lower), abs(estimate.upper), estimate.standard_uncertainty) > FINITE:
            raise ValueError(f"gave {result.quantity} = {estimate.magnitude:g}, too large a number to keep")
    given = [result.quantity for result in outcome.values]
    if len(set(given)) != len(given):
        raise ValueError("gave a quantity twice: one run gives each quantity once")
    for message in outcome.messages:
        _expect(message, Message, "messages hold")
    for curve in outcome.curves:
        _expect(curve, hookspecs.Curve, "curves hold")
        for series in curve.series:
            if len(series.x) != len(series.y):
                where = f"the series ‘{series.name}’ of the curve ‘{curve.name}’"
                raise ValueError(f"{where} has x and y of unequal length")


def _expect(given: Any, kind: type, where: str) -> None:
    if not isinstance(given, kind):
        raise TypeError(f"{where} a {type(given).__name__}: the contract asks for {kind.__name__}")


@lru_cache
def software_versions() -> dict[str, str]:
    """Versions that may matter to a number."""
    packages = {name: version(name) for name in ("numpy", "scipy", "pandas", "django", "pluggy")}
    return {"python": platform.python_version(), **packages}


def applicable(technique: str) -> list[Analysis]:
    """Analyses offered on measurements of a technique."""
    return [one for one in plugin_manager.current().analyses.values() if technique in one.techniques]


def analysis_run(
    *, measurement: Measurement, analysis: Analysis, parameters: Mapping[str, Any] | None = None, by: Actor
) -> AnalysisRun:
    """Run one analysis on one measurement and keep the result."""
    require_editor(measurement.cell.project, by)
    complete = measurements_with_inputs([measurement.pk])[0]
    return _run_and_store(complete, facts_of(complete), analysis, parameters_of(analysis, parameters), by)


def _run_and_store(
    measurement: Measurement, facts: Facts, analysis: Analysis, parameters: Mapping[str, Any], by: Actor
) -> AnalysisRun:
    run = AnalysisRun(
        cell_id=measurement.cell_id,
        measurement=measurement,
        analysis=analysis.name,
        parameters=dict(parameters),
        started_at=timezone.now(),
        started_by=by,
    )
    ended = execute(analysis, inputs_for(measurement, facts, parameters))
    run_fill(run, analysis, ended)
    run_store(run, ended.outcome)
    return run


def run_fill(run: AnalysisRun, analysis: Analysis, ended: Ended) -> None:
    """Write into a run, once, how it ended and what it read."""
    run.plugin = plugin_manager.current().providers.get(f"analysis {analysis.name}", "")
    run.version = analysis.version
    run.inputs = dict(ended.reads)
    run.inputs_hash = inputs_hash(analysis, run.parameters, ended.reads)
    run.inferred_inputs = list(ended.inferred)
    run.status = ended.status
    run.messages = [asdict(message) for message in ended.messages]
    run.software = software_versions()
    run.finished_at = timezone.now()


def inputs_hash(analysis: Analysis, parameters: Mapping[str, Any], reads: Mapping[str, Any]) -> str:
    """SHA-256 over all that decided the result: analysis, version, parameters and every fact read."""
    whole = {"analysis": analysis.name, "version": analysis.version, "parameters": parameters, "inputs": reads}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=dict).encode()).hexdigest()


@transaction.atomic
def run_store(run: AnalysisRun, outcome: Outcome, *, attempt: int | None = None) -> bool:
    """Make a run that ended the latest, with what it gave; False if it was an attempt that another has taken over."""
    staleness.measurements_lock(Q(pk=run.measurement_id))
    if attempt is not None and not lease_held(run, attempt):
        return False
    earlier = AnalysisRun.objects.filter(measurement=run.measurement_id, analysis=run.analysis, is_latest=True)
    for old in earlier.select_for_update():
        old.is_latest = False
        old.save(update_fields=["is_latest"])
        Value.objects.filter(run=old).update(is_latest=False)
    run.is_latest = True
    run.save()
    Value.objects.bulk_create(_value(run, result) for result in outcome.values)
    Curve.objects.bulk_create(
        Curve(run=run, name=curve.name, title=curve.title, data=_plain(asdict(curve))) for curve in outcome.curves
    )
    return True


def _value(run: AnalysisRun, result: Result) -> Value:
    estimate = result.estimate
    return Value(
        cell_id=run.cell_id,
        measurement_id=run.measurement_id,
        quantity=result.quantity,
        magnitude=estimate.magnitude,
        lower=estimate.lower,
        upper=estimate.upper,
        standard_uncertainty=estimate.standard_uncertainty,
        degrees_of_freedom=None if math.isinf(estimate.degrees_of_freedom) else estimate.degrees_of_freedom,
        inferred=estimate.inferred,
        note=result.note,
        origin=ValueOrigin.COMPUTED,
        run=run,
    )


def _plain(data: Any) -> Any:
    """Arrays to lists and NaN to None, as JSON has it."""
    if isinstance(data, dict):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if hasattr(data, "tolist"):
        return _plain(data.tolist())
    if isinstance(data, float) and not math.isfinite(data):
        return None
    return data


@dataclass(frozen=True)
class Job:
    """One analysis to run on one measurement."""

    measurement: int
    analysis: Analysis
    parameters: Mapping[str, Any]


def jobs_pending(
    measurements: Iterable[tuple[int, str]],
    *,
    names: Sequence[str] = (),
    stale_only: bool = False,
    everything: bool = False,
    parameters: Mapping[str, Any] | None = None,
) -> list[Job]:
    """Which analyses of (measurement, technique) pairs are to run: those never run and those stale, unless told else.

    A run by another version of the plugin counts as stale, as does one with other parameters than those given.
    """
    pairs = list(measurements)
    runs = AnalysisRun.objects.filter(is_latest=True).defer("inputs", "messages", "software")
    if len(pairs) <= BATCH:
        runs = runs.filter(measurement__in=[pk for pk, _ in pairs])
    latest = {(run.measurement_id, run.analysis): run for run in runs}
    jobs = []
    for pk, technique in pairs:
        for analysis in applicable(technique):
            if names and analysis.name not in names:
                continue
            run = latest.get((pk, analysis.name))
            wanted = {**(run.parameters if run else {}), **(parameters or {})}
            if everything or (_is_outdated(run, analysis, wanted) if run else not stale_only):
                jobs.append(Job(pk, analysis, wanted))
    return jobs


def _is_outdated(run: AnalysisRun, analysis: Analysis, parameters: Mapping[str, Any]) -> bool:
    return run.stale_since is not None or run.version != analysis.version or run.parameters != parameters


def jobs_run(
    jobs: Sequence[Job], *, by: Actor, on_progress: Callable[[AnalysisRun], None] = lambda run: None
) -> list[AnalysisRun]:
    """Run many, reading their inputs in batches."""
    runs = []
    for start in range(0, len(jobs), BATCH):
        batch = jobs[start : start + BATCH]
        measurements = {one.pk: one for one in measurements_with_inputs({job.measurement for job in batch})}
        facts = {pk: facts_of(one) for pk, one in measurements.items()}
        with transaction.atomic():
            for job in batch:
                parameters = parameters_of(job.analysis, still_declared(job.analysis, job.parameters))
                run = _run_and_store(
                    measurements[job.measurement], facts[job.measurement], job.analysis, parameters, by
                )
                runs.append(run)
                on_progress(run)
    return runs
