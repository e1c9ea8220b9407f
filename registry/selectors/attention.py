"""What someone can act on in a project: files that could not be read, failed runs, results that need an entry, and
pairs of reported and computed values that disagree. An analysis that does not apply to a measurement is not a
problem."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from registry.models import PENDING, UNREAD, AnalysisRun, Cell, CellOrigin, Dataset, Project, RunStatus
from registry.models.visibility import AnyUser
from registry.selectors.runs.refusal import does_not_apply, get_code

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
    """Items that need attention."""

    unread: tuple[Dataset, ...]
    failed: tuple[AnalysisRun, ...]
    refused: tuple[Refusals, ...]


@dataclass(frozen=True)
class Progress:
    """Files to read and analyses to run of a cell."""

    cell: Cell
    files: int
    runs: int


def get_attention(project: Project, user: AnyUser) -> Attention:
    """Items that need attention among the cells of the members of a project, in a constant number of queries."""
    runs = AnalysisRun.objects.visible_to(user).filter(cell__project=project, is_latest=True)
    runs = runs.exclude(cell__origin=CellOrigin.LITERATURE).select_related("cell", "measurement").defer("inputs")
    runs = runs.prefetch_related("cell__layers__material")
    unread = Dataset.objects.visible_to(user).filter(measurement__cell__project=project, status="failed")
    refused: dict[tuple[str, str], list[AnalysisRun]] = defaultdict(list)
    for run in runs.filter(status=RunStatus.REFUSED).order_by("-pk")[:MOST_RECORDS]:
        code = get_code(run)
        if code != WITHOUT_FILE and not does_not_apply(run):
            refused[run.analysis, code].append(run)
    groups = [Refusals(analysis, code, tuple(of)) for (analysis, code), of in refused.items()]
    return Attention(
        unread=tuple(unread.select_related("measurement__cell", "raw_file").order_by("-pk")[:10]),
        failed=tuple(runs.filter(status=RunStatus.FAILED).order_by("-pk")[:10]),
        refused=tuple(sorted(groups, key=lambda group: (not group.has_offers, -group.runs[0].pk))),
    )


def list_progress(project: Project, user: AnyUser, limit: int = 8) -> list[Progress]:
    """The cells of a project with files to read or analyses to run."""
    # What waits is little and has indexes of its own, so the counts start there.
    unread = Dataset.objects.visible_to(user).filter(measurement__cell__project=project, status__in=UNREAD)
    pending = AnalysisRun.objects.visible_to(user).filter(cell__project=project, status__in=PENDING)
    files = Counter(unread.values_list("measurement__cell", flat=True))
    runs = Counter(pending.values_list("cell", flat=True))
    newest = sorted(files.keys() | runs.keys(), reverse=True)[:limit]
    cells = Cell.objects.visible_to(user).in_bulk(newest)
    return [Progress(cells[pk], files[pk], runs[pk]) for pk in newest if pk in cells]
