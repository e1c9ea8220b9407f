"""Run analyses on groups of cells and store their results; mark them stale when what they read of a cell changes."""

from collections.abc import Callable, Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from registry import plugin_loading
from registry.hookspecs import Analysis, Outcome, Result
from registry.models import (
    PENDING,
    UNREAD,
    AnalysisRun,
    CellGroup,
    Dataset,
    GroupCurve,
    GroupMember,
    GroupRun,
    GroupValue,
    RunStatus,
)
from registry.sandbox.run_result import RunResult
from registry.selectors.analysis_inputs.group_due import GroupJob, list_due_group_jobs
from registry.selectors.analysis_inputs.group_targets import get_group_targets
from registry.services.jobs.background import wake_on_commit
from registry.services.jobs.leases import claim_row, heartbeat, holds_lease
from registry.services.permissions import Actor, require_editor
from registry.services.quantity_description import keep_descriptions
from registry.services.runs.analysis import (
    analysis_batch,
    curve_columns,
    execute_run,
    fill_run,
    missing_columns,
    result_columns,
    store_codes,
    stored_quantities,
)
from registry.services.runs.claimed import compute_result
from registry.services.staleness.group_staleness import list_groups_of, lock_groups, mark_groups_stale


def update_groups_of(cells: Collection[int], *, by: Actor) -> None:
    """Mark the results of groups stale that a change of these cells affected, and queue what is due.

    A change on the command line (`by` is None) queues nothing: `analyze` runs what is due.
    """
    if groups := list_groups_of(cells):
        update_groups(groups, by=by)


def update_groups(groups: Collection[int], *, by: Actor) -> None:
    """Mark the results of these groups stale if what they read has changed, and queue what is due."""
    mark_groups_stale(groups)
    if by is not None:
        due = list_due_group_jobs(
            CellGroup.objects.filter(pk__in=groups), reasons=("never run", "stale", "parameters changed")
        )
        _queue(due, by)


@transaction.atomic
def queue_group_run(*, group: CellGroup, analysis: Analysis, by: Actor) -> GroupRun:
    """Queue one analysis of a group; return the run if it is already queued."""
    require_editor(group.project, by)
    target = get_group_targets([group.pk])[group.pk]
    if not target.suits(analysis):
        raise ValidationError(
            {"analysis": f"‘{analysis.name}’ is not available for this group: {_needs(analysis)}."}, code="unsuitable"
        )
    (run,) = _queue([GroupJob(group.pk, analysis, "requested", target.parameters(analysis))], by)
    return run


@transaction.atomic
def queue_due_group_runs(group: CellGroup, *, names: Sequence[str], by: Actor) -> list[GroupRun]:
    """Queue these analyses of a group again, of those whose results are missing or no longer current."""
    require_editor(group.project, by)
    return _queue(list_due_group_jobs(CellGroup.objects.filter(pk=group.pk), names=names), by) if names else []


def _needs(analysis: Analysis) -> str:
    if analysis.scope != "group":
        return "it runs on measurements or cells"
    return f"it needs {analysis.min_members} or more cells and the kind {' or '.join(analysis.group_kinds)}"


@transaction.atomic
def _queue(jobs: Sequence[GroupJob], by: Actor) -> list[GroupRun]:
    groups = {job.group for job in jobs}
    lock_groups(groups)
    queued = {
        (run.group_id, run.analysis): run
        for run in GroupRun.objects.filter(group__in=groups, status=RunStatus.QUEUED).select_for_update()
    }
    runs = [queued.get(job.key) or _new_run(job) for job in jobs]
    for run, job in zip(runs, jobs, strict=True):
        run.parameters, run.started_by = dict(job.parameters), by
    GroupRun.objects.bulk_update([run for run in runs if run.pk], ["parameters", "started_by"])
    GroupRun.objects.bulk_create(run for run in runs if not run.pk)
    if runs:
        wake_on_commit()
    return runs


def _new_run(job: GroupJob) -> GroupRun:
    return GroupRun(
        group_id=job.group,
        analysis=job.analysis.name,
        plugin=plugin_loading.current().plugin_of("analysis", job.analysis.name),
        version=job.analysis.version,
        status=RunStatus.QUEUED,
        is_latest=False,
        queued_at=timezone.now(),
    )


def claim_group_run() -> GroupRun | None:
    """Claim the oldest due run on a group; None if there are none. It waits for the analyses and files of its cells."""
    members = GroupMember.objects.filter(group=OuterRef(OuterRef("group"))).values("cell")
    same = GroupRun.objects.filter(group=OuterRef("group"), analysis=OuterRef("analysis"), status=RunStatus.RUNNING)
    ready = ~Q(Exists(same))
    ready &= ~Q(Exists(AnalysisRun.objects.filter(cell__in=members, status__in=PENDING)))
    ready &= ~Q(Exists(Dataset.objects.filter(measurement__cell__in=members, status__in=UNREAD)))
    return claim_row(GroupRun, ready=ready)


def perform_group_run(run: GroupRun) -> bool:
    """Execute a claimed run and store its result; False if another worker has taken over the lease."""
    with heartbeat(run):
        analysis, result = compute_result(run, lambda of: get_group_targets([of.group_id]).get(of.group_id))
    with transaction.atomic():
        lock_groups([run.group_id])
        if not holds_lease(run, run.attempts):
            return False
        fill_run(run, analysis, result)
        run.lease_until = None
        _store(run, result.outcome)
        mark_groups_stale([run.group_id])
    return True


def run_group_jobs(
    jobs: Sequence[GroupJob], *, by: Actor, on_progress: Callable[[GroupRun], None] = lambda run: None
) -> list[GroupRun]:
    """Run jobs on groups at once: each is computed outside a transaction and stored in one of its own.

    Groups deleted meanwhile are left out.
    """
    runs = []
    with analysis_batch() as batch:
        for job in jobs:
            target = get_group_targets([job.group]).get(job.group)
            if target is None:
                continue
            run = GroupRun(group=target.group, analysis=job.analysis.name, started_by=by)
            run.parameters, run.started_at = target.parameters(job.analysis), timezone.now()
            result = execute_run(run, job.analysis, target, batch)
            if stored := _store_computed(run, job.analysis, result):
                runs.append(stored)
                on_progress(stored)
    mark_groups_stale({job.group for job in jobs})
    return runs


@transaction.atomic
def _store_computed(run: GroupRun, analysis: Analysis, result: RunResult) -> GroupRun | None:
    """Store a run, as a new one or as the one already queued; None if its group was deleted meanwhile."""
    lock_groups([run.group_id])
    if not CellGroup.objects.filter(pk=run.group_id).exists():
        return None
    queued = GroupRun.objects.filter(group=run.group_id, analysis=run.analysis, status=RunStatus.QUEUED)
    if waiting := queued.select_for_update().first():
        waiting.parameters, waiting.started_at = run.parameters, run.started_at
        run = waiting
    fill_run(run, analysis, result)
    _store(run, result.outcome)
    return run


def run_group_analysis(*, group: CellGroup, analysis: Analysis, by: Actor) -> GroupRun:
    """Run one analysis on a group and store the result."""
    require_editor(group.project, by)
    target = get_group_targets([group.pk])[group.pk]
    (run,) = run_group_jobs([GroupJob(group.pk, analysis, "requested", target.parameters(analysis))], by=by)
    run.refresh_from_db(fields=["stale_since"])
    return run


def _store(run: GroupRun, outcome: Outcome) -> None:
    """Store a finished run with its results and make it the latest."""
    previous: QuerySet[GroupRun] = GroupRun.objects.filter(group=run.group_id, analysis=run.analysis, is_latest=True)
    previous.update(is_latest=False)
    run.is_latest = True
    run.save()
    GroupValue.objects.bulk_create(_build_value(run, result) for result in outcome.values)
    GroupValue.objects.bulk_create(GroupValue(run=run, **missing_columns(missing)) for missing in outcome.not_computed)
    store_codes(run, outcome)
    GroupCurve.objects.bulk_create(GroupCurve(run=run, **curve_columns(plot)) for plot in outcome.curves)
    keep_descriptions(stored_quantities(outcome))


def _build_value(run: GroupRun, result: Result) -> GroupValue:
    return GroupValue(conditions=dict(result.conditions), **result_columns(run, result, f"group {run.group_id}"))
