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

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from analyses.uncertainty import Estimate
from registry import hookspecs, plugin_manager, quantities
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Parameter, Refused, Result
from registry.models import AnalysisRun, Curve, Measurement, RunStatus, Value, ValueOrigin
from registry.models.value import FINITE
from registry.selectors.inputs import Facts, canonical, facts_of, inputs_for, measurements_with_inputs
from registry.services.record import Actor, require_editor

logger = logging.getLogger(__name__)
BATCH = 200
KINDS_OF_PARAMETER: Mapping[type, str] = {
    float: "a finite number",
    int: "a whole number",
    bool: "true or false",
    str: "text",
}


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


def parameters_of(analysis: Analysis, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The analysis's parameters, defaults filled in, each within its bounds."""
    declared = {parameter.name: parameter for parameter in analysis.parameters}
    values = {name: parameter.default for name, parameter in declared.items()}
    for name, value in (given or {}).items():
        if name not in declared:
            known = ", ".join(declared) or "none"
            raise ValidationError(f"‘{analysis.name}’ has no parameter ‘{name}’: there are {known}.")
        parameter = declared[name]
        number = _typed(parameter, value)
        too_low = parameter.minimum is not None and number < parameter.minimum
        too_high = parameter.maximum is not None and number > parameter.maximum
        if too_low or too_high:
            raise ValidationError(f"{name} must lie between {parameter.minimum} and {parameter.maximum}, got {number}.")
        if parameter.choices and number not in parameter.choices:
            raise ValidationError(f"{name} must be one of {', '.join(parameter.choices)}, got ‘{number}’.")
        values[name] = number
    return values


def _typed(parameter: Parameter, value: Any) -> Any:
    """The value as the parameter's type, or ValidationError; a fraction is not cut to a whole number."""
    given = {"true": True, "false": False}.get(str(value).lower()) if parameter.type is bool else value
    try:
        typed = None if given is None else parameter.type(given)
    except (TypeError, ValueError, OverflowError):
        typed = None
    cut = parameter.type is int and isinstance(given, float) and typed != given
    endless = isinstance(typed, float) and not math.isfinite(typed)
    if typed is None or cut or endless:
        raise ValidationError(f"{parameter.name} must be {KINDS_OF_PARAMETER[parameter.type]}, got ‘{value}’.")
    return typed


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
    started = timezone.now()
    ended = execute(analysis, inputs_for(measurement, facts, parameters))
    run = AnalysisRun(
        cell_id=measurement.cell_id,
        measurement=measurement,
        analysis=analysis.name,
        plugin=plugin_manager.current().providers.get(f"analysis {analysis.name}", ""),
        version=analysis.version,
        parameters=dict(parameters),
        inputs=dict(ended.reads),
        inputs_hash=inputs_hash(analysis, parameters, ended.reads),
        inferred_inputs=list(ended.inferred),
        status=ended.status,
        messages=[asdict(message) for message in ended.messages],
        software=software_versions(),
        started_at=started,
        finished_at=timezone.now(),
        started_by=by,
    )
    _store(run, ended.outcome)
    return run


def inputs_hash(analysis: Analysis, parameters: Mapping[str, Any], reads: Mapping[str, Any]) -> str:
    """SHA-256 over all that decided the result: analysis, version, parameters and every fact read."""
    whole = {"analysis": analysis.name, "version": analysis.version, "parameters": parameters, "inputs": reads}
    return hashlib.sha256(json.dumps(whole, sort_keys=True, default=dict).encode()).hexdigest()


@transaction.atomic
def _store(run: AnalysisRun, outcome: Outcome) -> None:
    earlier = AnalysisRun.objects.filter(measurement=run.measurement, analysis=run.analysis, is_latest=True)
    for old in earlier.select_for_update():
        old.is_latest = False
        old.save(update_fields=["is_latest"])
        Value.objects.filter(run=old).update(is_latest=False)
    run.save()
    Value.objects.bulk_create(_value(run, result) for result in outcome.values)
    Curve.objects.bulk_create(
        Curve(run=run, name=curve.name, title=curve.title, data=_plain(asdict(curve))) for curve in outcome.curves
    )


def _value(run: AnalysisRun, result: Result) -> Value:
    estimate = result.estimate
    return Value(
        cell_id=run.cell_id,
        measurement=run.measurement,
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
    latest = {
        (run.measurement_id, run.analysis): run
        for run in AnalysisRun.objects.filter(is_latest=True).defer("inputs", "messages", "software")
    }
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
                parameters = parameters_of(job.analysis, _still_declared(job))
                run = _run_and_store(
                    measurements[job.measurement], facts[job.measurement], job.analysis, parameters, by
                )
                runs.append(run)
                on_progress(run)
    return runs


def _still_declared(job: Job) -> dict[str, Any]:
    """Parameters of the run before, less any a new version dropped."""
    declared = {parameter.name for parameter in job.analysis.parameters}
    return {name: value for name, value in job.parameters.items() if name in declared}
