"""Marking exactly the results whose inputs or parameters changed, and those that rest on them."""

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
    """Compare what each latest run read with what now stands, mark it stale or fresh; return how many changed."""
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
    place = plugin_loading.current().rank
    found = get_targets(cells=cells)
    now, changed = timezone.now(), []
    gone: set[int] = set()
    unsound: set[int] = set()
    # In the order in which analyses rest on each other: a result is stale if one it took is.
    for run in sorted(runs, key=lambda run: place.get(run.analysis, -1)):
        subject = found.get((run.cell_id, run.measurement_id))
        if subject is None or not _is_offered(run, subject):
            run.is_latest = False
            gone.add(run.pk)
            unsound.add(run.pk)
            continue
        if stale := is_stale(run, subject) or _rests_on(run, subject, unsound):
            unsound.add(run.pk)
        if stale != (run.stale_since is not None):
            run.stale_since = now if stale else None
            changed.append(run)
    AnalysisRun.objects.bulk_update(changed, ["stale_since"])
    if gone:
        AnalysisRun.objects.filter(pk__in=gone).update(is_latest=False)
        Value.objects.filter(run__in=gone).update(is_latest=False)
    return len(changed) + len(gone)


def lock_measurements(condition: models.Q) -> None:
    """Within a transaction, let a change of inputs and the storing of a run that read them wait for each other.

    Whichever comes second then sees the first, so no run ends fresh on inputs that are gone. SQLite has one writer.
    """
    if connection.features.has_select_for_update and connection.in_atomic_block:
        rows = Measurement.objects.filter(condition).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def lock_cell_of(measurement: int) -> None:
    """Lock all measurements of a measurement's cell: `mark` will, and two that lock in another order wait for ever."""
    lock_measurements(models.Q(cell__in=Measurement.objects.filter(pk=measurement).values("cell")))


def _is_offered(run: AnalysisRun, subject: AnalysisTarget) -> bool:
    """Whether the analysis still applies: another technique, or too few measurements, takes its results out of use."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    return analysis is None or subject.suits(analysis)


def is_stale(run: AnalysisRun, subject: AnalysisTarget) -> bool:
    """Whether a fact the run read, or a parameter it ran with, is another now."""
    analysis = plugin_loading.current().analyses.get(run.analysis)
    if analysis is not None and run.parameters != subject.parameters(analysis):
        return True
    return reads_differ(run, subject.facts)


def reads_differ(run: AnalysisRun, facts: Facts) -> bool:
    """Whether a fact the run read is another now."""
    return any(fact_to_json(facts.get(path)) != kept for path, kept in run.inputs.items())


def _rests_on(run: AnalysisRun, subject: AnalysisTarget, unsound: set[int]) -> bool:
    return any(subject.producing_runs.get(path) in unsound for path in run.inputs)
