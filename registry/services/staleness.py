"""Marking exactly the results whose inputs changed."""

from collections.abc import Iterable

from django.db import connection, models
from django.utils import timezone

from registry import plugin_manager
from registry.models import AnalysisRun, Cell, Measurement
from registry.selectors.inputs import Facts, canonical, facts_of, measurements_with_inputs

BATCH = 500


def mark(cells: Iterable[Cell] | models.QuerySet[Cell]) -> int:
    """Compare what each latest run read with what now stands, mark it stale or fresh; return how many changed."""
    pks = [cell.pk for cell in cells]
    changed = 0
    for start in range(0, len(pks), BATCH):
        changed += _mark_batch(pks[start : start + BATCH])
    return changed


def _mark_batch(cells: list[int]) -> int:
    measurements_lock(models.Q(cell__in=cells))
    runs = list(AnalysisRun.objects.filter(cell__in=cells, is_latest=True).order_by("pk"))
    if not runs:
        return 0
    facts = {one.pk: facts_of(one) for one in measurements_with_inputs({run.measurement_id for run in runs})}
    now, changed = timezone.now(), []
    for run in runs:
        stale = reads_differ(run, facts[run.measurement_id])
        if stale != (run.stale_since is not None):
            run.stale_since = now if stale else None
            changed.append(run)
    AnalysisRun.objects.bulk_update(changed, ["stale_since"])
    return len(changed)


def measurements_lock(condition: models.Q) -> None:
    """Within a transaction, let a change of inputs and the storing of a run that read them wait for each other.

    Whichever comes second then sees the first, so no run ends fresh on inputs that are gone. SQLite has one writer.
    """
    if connection.features.has_select_for_update and connection.in_atomic_block:
        rows = Measurement.objects.filter(condition).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def cell_lock(measurement: int) -> None:
    """Lock all measurements of a measurement's cell: `mark` will, and two that lock in another order wait for ever."""
    measurements_lock(models.Q(cell__in=Measurement.objects.filter(pk=measurement).values("cell")))


def reads_differ(run: AnalysisRun, facts: Facts) -> bool:
    """Whether a fact the run read is another now, or its technique no longer applies."""
    analysis = plugin_manager.current().analyses.get(run.analysis)
    if analysis is not None and facts["measurement.technique"] not in analysis.techniques:
        return True
    return any(canonical(facts.get(path)) != kept for path, kept in run.inputs.items())
