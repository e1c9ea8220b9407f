"""Mark results as stale when their inputs or parameters changed, along with all results derived from them."""

from collections.abc import Iterable

from django.db import connection, models
from django.utils import timezone

from registry import plugin_loading
from registry.contract.estimate_encoding import fact_to_json
from registry.models import AnalysisRun, Cell, Measurement, Value
from registry.selectors.analysis_inputs.facts import Facts
from registry.selectors.analysis_inputs.targets import AnalysisTarget, get_targets

BATCH = 500


def mark_stale(cells: Iterable[Cell] | models.QuerySet[Cell]) -> int:
    """Mark each latest run stale or fresh by comparing its inputs with the current ones; return how many changed."""
    pks = [cell.pk for cell in cells]
    changed = 0
    for start in range(0, len(pks), BATCH):
        changed += _mark_batch(pks[start : start + BATCH])
    return changed


def _mark_batch(cells: list[int]) -> int:
    lock_measurements(models.Q(cell__in=cells))
    runs = list(AnalysisRun.objects.filter(cell__in=cells, is_latest=True).order_by("pk"))
    if not runs:
        return 0
    rank = plugin_loading.current().rank
    targets = get_targets(cells=cells)
    now, changed = timezone.now(), []
    obsolete: set[int] = set()
    outdated: set[int] = set()
    # In dependency order, because a result is stale if one of its inputs is.
    for run in sorted(runs, key=lambda run: rank.get(run.analysis, -1)):
        target = targets.get(run.target)
        if target is None or not _is_applicable(run, target):
            run.is_latest = False
            obsolete.add(run.pk)
            outdated.add(run.pk)
            continue
        if stale := is_stale(run, target) or _uses_outdated_result(run, target, outdated):
            outdated.add(run.pk)
        if stale != (run.stale_since is not None):
            run.stale_since = now if stale else None
            changed.append(run)
    AnalysisRun.objects.bulk_update(changed, ["stale_since"])
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


def is_stale(run: AnalysisRun, target: AnalysisTarget) -> bool:
    """Whether an input or a parameter of the run has changed."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    if analysis is not None and run.parameters != target.parameters(analysis):
        return True
    return reads_differ(run, target.facts)


def reads_differ(run: AnalysisRun, facts: Facts) -> bool:
    """Whether an input of the run has changed."""
    return any(fact_to_json(facts.get(path)) != stored for path, stored in run.inputs.items())


def _uses_outdated_result(run: AnalysisRun, target: AnalysisTarget, outdated: set[int]) -> bool:
    return any(target.producing_runs.get(path) in outdated for path in run.inputs)
