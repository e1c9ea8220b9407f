"""What needs a person in a project: files that could not be read, failed runs, results that need an entry, and pairs of
reported and computed values that disagree."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import Count, Q

from registry.models import PENDING, UNREAD, AnalysisRun, Cell, CellOrigin, Dataset, Project, RunStatus
from registry.models.visibility import AnyUser

WITHOUT_FILE = "missing-data"
"""Code of a refusal for lack of any file, which a record of reported values alone has for every analysis."""
MOST_RECORDS = 200
"""Refused runs that are looked at, the newest first."""


@dataclass(frozen=True)
class Refusals:
    """Runs of one analysis that were refused for the same reason."""

    analysis: str
    code: str
    runs: tuple[AnalysisRun, ...]
    """Newest first."""

    @property
    def has_offers(self) -> bool:
        """Whether the newest run can be corrected by one click."""
        return any(message.get("offers") for message in self.runs[0].messages)


@dataclass(frozen=True)
class Attention:
    """What needs a person."""

    unread: tuple[Dataset, ...]
    failed: tuple[AnalysisRun, ...]
    refused: tuple[Refusals, ...]
    stale: int
    """Results whose inputs changed since."""


@dataclass(frozen=True)
class Progress:
    """Files to read and analyses to run of a cell."""

    cell: Cell
    files: int
    runs: int


def get_attention(project: Project, user: AnyUser) -> Attention:
    """What needs a person among the cells that the members of a project built, in a constant number of queries."""
    runs = AnalysisRun.objects.visible_to(user).filter(cell__project=project, is_latest=True)
    runs = runs.exclude(cell__origin=CellOrigin.LITERATURE).select_related("cell", "measurement").defer("inputs")
    unread = Dataset.objects.visible_to(user).filter(measurement__cell__project=project, status="failed")
    refused: dict[tuple[str, str], list[AnalysisRun]] = defaultdict(list)
    for run in runs.filter(status=RunStatus.REFUSED).order_by("-pk")[:MOST_RECORDS]:
        code = run.messages[0]["code"] if run.messages else ""
        if code != WITHOUT_FILE:
            refused[run.analysis, code].append(run)
    groups = [Refusals(analysis, code, tuple(of)) for (analysis, code), of in refused.items()]
    return Attention(
        unread=tuple(unread.select_related("measurement__cell", "raw_file").order_by("-pk")[:10]),
        failed=tuple(runs.filter(status=RunStatus.FAILED).order_by("-pk")[:10]),
        refused=tuple(sorted(groups, key=lambda group: (not group.has_offers, -group.runs[0].pk))),
        stale=runs.filter(stale_since__isnull=False).count(),
    )


def list_progress(project: Project, user: AnyUser, limit: int = 8) -> list[Progress]:
    """The cells of a project with files to read or analyses to run."""
    cells = Cell.objects.visible_to(user).filter(project=project)
    waiting = cells.annotate(
        waiting_files=Count(
            "measurements__datasets", filter=Q(measurements__datasets__status__in=UNREAD), distinct=True
        ),
        waiting_runs=Count("runs", filter=Q(runs__status__in=PENDING), distinct=True),
    ).filter(Q(waiting_files__gt=0) | Q(waiting_runs__gt=0))
    return [Progress(cell, cell.waiting_files, cell.waiting_runs) for cell in waiting.order_by("-pk")[:limit]]
