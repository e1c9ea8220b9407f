"""Mark results of groups as stale when what they read of their cells, or their membership, has changed."""

from collections.abc import Collection, Mapping

from django.db import connection, transaction
from django.utils import timezone

from registry import plugin_loading
from registry.models import AnalysisRun, CellGroup, GroupMember, GroupRun
from registry.selectors.analysis_inputs.group_targets import GroupTarget, get_group_targets
from registry.services.staleness.staleness import get_stale_cause, mark

BATCH = 100


def list_groups_of(cells: Collection[int]) -> list[int]:
    """The groups that contain any of these cells; at most one query."""
    if not cells:
        return []
    return list(GroupMember.objects.filter(cell__in=cells).values_list("group", flat=True).distinct())


def mark_groups_stale(groups: Collection[int]) -> int:
    """Mark each latest run on these groups stale or fresh by comparing what it read with what there is now; return how
    many changed."""
    pks = sorted(groups)
    return sum(_mark_batch(pks[start : start + BATCH]) for start in range(0, len(pks), BATCH))


@transaction.atomic
def _mark_batch(groups: Collection[int]) -> int:
    lock_groups(groups)
    runs = list(GroupRun.objects.filter(group__in=groups, is_latest=True).order_by("pk"))
    if not runs:
        return 0
    targets = get_group_targets(groups)
    outdated = _stale_runs(targets)
    now, changed, obsolete = timezone.now(), [], []
    for run in runs:
        target = targets[run.group_id]
        analysis = plugin_loading.current().analyses.get(run.analysis)
        if analysis is not None and not target.suits(analysis):
            obsolete.append(run.pk)
            continue
        if mark(run, get_stale_cause(run, target, outdated), now):
            changed.append(run)
    GroupRun.objects.bulk_update(changed, ["stale_since", "stale_because"])
    if obsolete:
        GroupRun.objects.filter(pk__in=obsolete).update(is_latest=False)
    return len(changed) + len(obsolete)


def _stale_runs(targets: Mapping[int, GroupTarget]) -> set[int]:
    """The runs on cells of these groups whose results are stale."""
    used = {run for target in targets.values() for run in target.producing_runs.values()}
    return set(AnalysisRun.objects.filter(pk__in=used, stale_since__isnull=False).values_list("pk", flat=True))


def lock_groups(groups: Collection[int]) -> None:
    """Within a transaction, make changes of a group and the storing of runs on it wait for each other."""
    if connection.features.has_select_for_update and connection.in_atomic_block:
        rows = CellGroup.objects.filter(pk__in=groups).order_by("pk")
        list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))
