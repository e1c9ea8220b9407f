"""The outdated results of a cell, a group, a table or a project: why, how many, and which of them wait to be computed
again."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from django.db.models import Q, QuerySet

from registry import plugin_loading
from registry.models import PENDING, AnalysisRun, GroupRun, Project, TargetKey
from registry.models.visibility import AnyUser
from registry.selectors.staleness.outdated import cause_text, get_outdated_by

FOLLOWED = 100
"""Runs in progress that a page follows, the oldest; when one of them has ended, it asks for the next."""
COLUMNS = (
    "pk", "cell", "measurement", "series", "cell__project", "analysis", "version", "source_hash", "stale_because",
    "stale_since",
)  # fmt: skip


Latest = TypeVar("Latest")
"""A latest run, as it is listed."""


class RunSummary(NamedTuple):
    """What decides whether the results of a latest run are outdated, and who may compute them again."""

    pk: int
    target: TargetKey
    project: int
    analysis: str
    version: str
    source_hash: str
    stale_because: str
    is_stale: bool

    @property
    def key(self) -> tuple[TargetKey, str]:
        return self.target, self.analysis

    @property
    def reason(self) -> str:
        return _reason_of(self.analysis, self.version, self.source_hash, self.stale_because, is_stale=self.is_stale)


def _reason_of(name: str, version: str, source_hash: str, stale_because: str, *, is_stale: bool) -> str:
    """Why a run is outdated, as a phrase; empty if it is not, or if its analysis is not loaded."""
    analysis = plugin_loading.current().analyses.get(name)
    if analysis is None:
        return ""
    match get_outdated_by(name, version, source_hash):
        case "version":
            return f"‘{analysis.title}’ changed from version {version} to {analysis.version}"
        case "source changed":
            return f"the code of ‘{analysis.title}’ {analysis.version} changed"
    return cause_text(stale_because) if is_stale else ""


@dataclass(frozen=True)
class OutdatedResults(Generic[Latest]):
    """Outdated results with the reasons, each with the number of runs, most frequent first."""

    reasons: tuple[tuple[str, int], ...]
    runs: tuple[Latest, ...]
    """Those that the user may compute again and that are not queued yet."""
    pending: tuple[str, ...]
    """The new runs of the others, as the page follows them."""
    number_pending: int

    @property
    def number(self) -> int:
        return sum(number for _, number in self.reasons)

    @property
    def number_by_others(self) -> int:
        """How many the user may not compute again."""
        return self.number - len(self.runs) - self.number_pending


def summarise_run(run: AnalysisRun, project: int) -> RunSummary:
    """A run that is loaded already."""
    return RunSummary(
        run.pk,
        run.target,
        project,
        run.analysis,
        run.version,
        run.source_hash,
        run.stale_because,
        run.stale_since is not None,
    )


def list_run_summaries(runs: QuerySet[AnalysisRun]) -> list[RunSummary]:
    """The latest among these runs that are outdated."""
    rows = runs.filter(is_latest=True).filter(_may_be_outdated()).order_by("pk")
    summaries = [
        RunSummary(pk, TargetKey(cell, measurement, series), project, name, version, source, because, since is not None)
        for pk, cell, measurement, series, project, name, version, source, because, since in rows.values_list(*COLUMNS)
    ]
    return [summary for summary in summaries if summary.reason]


def _may_be_outdated() -> Q:
    """Runs that are stale, or of another version or source of their analysis than the loaded one."""
    plugins = plugin_loading.current()
    condition = Q(stale_since__isnull=False)
    for name, analysis in plugins.analyses.items():
        is_current = Q(version=analysis.version, source_hash__in=plugins.source_hashes(name))
        condition |= Q(analysis=name) & ~is_current
    return condition


def get_outdated_results(
    summaries: Iterable[RunSummary], user: AnyUser, pending: Iterable[AnalysisRun] | None = None
) -> OutdatedResults[RunSummary] | None:
    """The outdated ones of these runs, None if there are none; `pending` are the runs in progress of their cells, if
    they are loaded. At most two queries, and none if all are current."""
    outdated = [summary for summary in summaries if summary.reason]
    if not outdated:
        return None
    if pending is None:
        cells = {summary.target.cell for summary in outdated}
        visible = AnalysisRun.objects.visible_to(user).filter(status__in=PENDING)
        columns = visible.order_by("pk").only("cell", "measurement", "series", "analysis", "status")
        pending = [run for run in columns if run.cell_id in cells]
    in_progress = {(run.target, run.analysis): run for run in pending}
    editable = set(Project.objects.editable_by(user).values_list("pk", flat=True))
    waiting = [in_progress[summary.key] for summary in outdated if summary.key in in_progress]
    return OutdatedResults(
        reasons=tuple(Counter(summary.reason for summary in outdated).most_common()),
        runs=tuple(item for item in outdated if item.key not in in_progress and item.project in editable),
        pending=tuple(f"run-{run.pk}-{run.status}" for run in sorted(waiting, key=lambda run: run.pk)[:FOLLOWED]),
        number_pending=len(waiting),
    )


def get_outdated_group_results(runs: Iterable[GroupRun], *, may_edit: bool) -> OutdatedResults[GroupRun] | None:
    """The outdated ones among the current runs on a group, its latest and those in progress; None if there are none."""
    current = list(runs)
    in_progress = {run.analysis: run for run in current if run.status in PENDING}
    outdated = [
        (run, reason)
        for run in current
        if run.is_latest
        and (
            reason := _reason_of(
                run.analysis, run.version, run.source_hash, run.stale_because, is_stale=run.stale_since is not None
            )
        )
    ]
    if not outdated:
        return None
    waiting = [in_progress[run.analysis] for run, _ in outdated if run.analysis in in_progress]
    return OutdatedResults(
        reasons=tuple(Counter(reason for _, reason in outdated).most_common()),
        runs=tuple(run for run, _ in outdated if may_edit and run.analysis not in in_progress),
        pending=tuple(f"run-{run.pk}-{run.status}" for run in waiting),
        number_pending=len(waiting),
    )
