"""Recent entries, changes and deletions in a project, with their authors."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from registry.models import Attachment, Cell, Dataset, Formulation, Material, Measurement, Project
from registry.models.visibility import AnyUser

RECENT = timedelta(days=30)
KINDS = {"+": "added", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class RecentChange:
    """One change of one record; changes of the same record by the same person in a row count once."""

    at: datetime
    by: str
    kind: str
    """`added`, `changed` or `deleted`."""
    record: str
    """Name of the record."""
    cell: Cell | None
    """The cell it belongs to, if there still is one."""


def list_recent_changes(project: Project, user: AnyUser, limit: int = 8) -> list[RecentChange]:
    """The newest changes of the last 30 days in a project that the user may see, in a constant number of queries."""
    if not Project.objects.visible_to(user).filter(pk=project.pk).exists():
        return []
    since = timezone.now() - RECENT
    histories: tuple[tuple[Any, str], ...] = (
        (Cell.history.filter(project=project), "cell"),
        (Measurement.history.filter(cell__project=project), "measurement"),
        (Dataset.history.filter(measurement__cell__project=project), "file"),
        (Attachment.history.filter(cell__project=project), "file"),
        (Material.history.filter(project=project), "material"),
        (Formulation.history.filter(project=project), "formulation"),
    )
    rows = [
        (row, what)
        for history, what in histories
        for row in history.filter(history_date__gte=since)
        .select_related("history_user")
        .order_by("-history_id")[: 4 * limit]
    ]
    rows.sort(key=lambda item: item[0].history_date, reverse=True)
    related = _cells_of(rows)
    changes: list[RecentChange] = []
    seen: set[tuple[str, Any, int | None]] = set()
    for row, what in rows:
        key = what, _record_key(row, what), row.history_user_id
        if key in seen:
            continue
        seen.add(key)
        changes.append(
            RecentChange(
                row.history_date,
                row.history_user.get_username() if row.history_user else "Cellar",
                KINDS[row.history_type],
                _name(row, what),
                related.get((what, row.id)),
            )
        )
    return changes[:limit]


def _record_key(row: Any, what: str) -> Any:
    return (row.measurement_id, row.filename) if what == "file" and hasattr(row, "part") else row.id


def _name(row: Any, what: str) -> str:
    names = {"cell": "label", "measurement": "refcode", "file": "filename"}
    return f"{what} {getattr(row, names.get(what, 'name'))}"


def _cells_of(rows: list[tuple[Any, str]]) -> dict[tuple[str, int], Cell]:
    """The cell of each row that has one."""
    measured = {row.measurement_id for row, what in rows if what == "file" and getattr(row, "measurement_id", None)}
    of_measurements = dict(Measurement.objects.filter(pk__in=measured).values_list("pk", "cell_id"))
    cell_ids: dict[tuple[str, int], int | None] = {}
    for row, what in rows:
        if what == "cell":
            cell_ids[what, row.id] = row.id
        elif what == "measurement":
            cell_ids[what, row.id] = row.cell_id
        elif what == "file":
            measurement = getattr(row, "measurement_id", None)
            cell_ids[what, row.id] = of_measurements.get(measurement) if measurement else getattr(row, "cell_id", None)
    cells = Cell.objects.in_bulk({pk for pk in cell_ids.values() if pk})
    return {key: cells[pk] for key, pk in cell_ids.items() if pk in cells}
