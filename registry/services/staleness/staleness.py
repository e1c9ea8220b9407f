"""Mark results as stale when their inputs or parameters changed, along with all results derived from them."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import connection, models
from django.utils import timezone

from registry import plugin_loading
from registry.contract.estimate_encoding import fact_to_json
from registry.models import AnalysisRun, Cell, Measurement, TargetKey, Value
from registry.models.analysis_run import Run, StaleCause
from registry.selectors.analysis_inputs.group_targets import GroupTarget
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_targets

BATCH = 500


def mark_stale(cells: Iterable[Cell] | models.QuerySet[Cell]) -> int:
    """Mark each latest run stale or fresh by comparing its inputs with the current ones; return how many changed."""
    pks = [cell.pk for cell in cells]
    changed = 0
    for start in range(0, len(pks), BATCH):
        changed += _mark_batch(pks[start : start + BATCH])
    return changed


def mark_stale_after(run: AnalysisRun) -> int:
    """Mark a run that was just stored, and the runs that use its results, as `mark_stale` does for all of its cell.

    A cell may have hundreds of measurements, whose inputs are then not compared after each of their runs.
    """
    plugins = plugin_loading.current()
    latest = AnalysisRun.objects.filter(cell=run.cell_id, is_latest=True)
    unaffected = plugins.analyses.keys() - set(plugins.downstream(run.analysis))
    users = list(latest.exclude(analysis__in=unaffected).exclude(pk=run.pk).order_by("pk"))
    if run.measurement_id is None or any(user.measurement_id != run.measurement_id for user in users):
        return mark_stale([run.cell])
    lock_measurements(models.Q(cell=run.cell_id))
    outdated = set(latest.filter(stale_since__isnull=False).exclude(pk=run.pk).values_list("pk", flat=True))
    return _mark([run, *users], get_targets(measurements=[run.measurement_id]), outdated)


def _mark_batch(cells: list[int]) -> int:
    lock_measurements(models.Q(cell__in=cells))
    runs = list(AnalysisRun.objects.filter(cell__in=cells, is_latest=True).order_by("pk"))
    return _mark(runs, get_targets(cells=cells), set()) if runs else 0


def _mark(runs: list[AnalysisRun], targets: Mapping[TargetKey, AnalysisTarget], outdated: set[int]) -> int:
    """Mark runs by what their targets are now; `outdated` are further runs whose results are stale."""
    rank = plugin_loading.current().rank
    now, changed = timezone.now(), []
    obsolete: set[int] = set()
    # In dependency order, because a result is stale if one of its inputs is.
    for run in sorted(runs, key=lambda run: rank.get(run.analysis, -1)):
        target = targets.get(run.target)
        if target is None or not _is_applicable(run, target):
            run.is_latest = False
            obsolete.add(run.pk)
            outdated.add(run.pk)
            continue
        if cause := get_stale_cause(run, target, outdated):
            outdated.add(run.pk)
        else:
            outdated.discard(run.pk)
        if mark(run, cause, now):
            changed.append(run)
    AnalysisRun.objects.bulk_update(changed, ["stale_since", "stale_because"])
    if obsolete:
        AnalysisRun.objects.filter(pk__in=obsolete).update(is_latest=False)
        Value.objects.filter(run__in=obsolete).update(is_latest=False)
    return len(changed) + len(obsolete)


def lock_measurements(condition: models.Q) -> None:
    """Within a transaction, make changes of inputs and the storing of runs that use them wait for each other.

    The second then sees the first, so no run counts as fresh on outdated inputs. SQLite has a single writer anyway.
    """
    if connection.features.has_select_for_update and connection.in_atomic_block:
        rows = Measurement.objects.filter(condition).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def lock_cell_of(measurement: int) -> None:
    """Lock all measurements of the cell, as `mark_stale` does; locking in another order could deadlock."""
    lock_measurements(models.Q(cell__in=Measurement.objects.filter(pk=measurement).values("cell")))


def _is_applicable(run: AnalysisRun, target: AnalysisTarget) -> bool:
    """Whether the analysis still applies, which a changed technique or too few measurements prevent."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    return analysis is None or target.suits(analysis)


def get_stale_cause(run: Run, target: AnalysisTarget | GroupTarget, outdated: Collection[int]) -> StaleCause | None:
    """What changed of the parameters or inputs of a run; None if nothing did. `outdated` are runs with stale
    results."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    if analysis is not None and run.parameters != target.parameters(analysis):
        return StaleCause.PARAMETER
    changed = [path for path, stored in run.inputs.items() if fact_to_json(target.facts.get(path)) != stored]
    causes = {get_input_cause(path) for path in changed}
    if any(target.producing_runs.get(path) in outdated for path in run.inputs):
        causes.add(StaleCause.RESULT)
    return next((cause for cause in StaleCause if cause in causes), None)


def get_input_cause(path: str) -> StaleCause:
    """What changed if this input did, by the parts of its path."""
    parts = set(path.split("."))
    if parts & {"computed", "values"}:
        return StaleCause.RESULT
    return StaleCause.DATA if parts & {"dataset", "datasets"} else StaleCause.ENTERED


def mark(run: Run, cause: StaleCause | None, now: datetime) -> bool:
    """Mark a run, unsaved, as stale by this cause or as fresh; whether that changes it."""
    if run.stale_because == (cause or "") and (run.stale_since is not None) == (cause is not None):
        return False
    run.stale_since = (run.stale_since or now) if cause else None
    run.stale_because = cause or ""
    return True
