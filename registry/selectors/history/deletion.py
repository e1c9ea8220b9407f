"""When a record was deleted and by whom, for those who could see it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.models import Cell, Measurement, Project
from registry.models.record import Record
from registry.models.visibility import AnyUser
from registry.selectors.history.history import account_name, opened_at


@dataclass(frozen=True)
class Deletion:
    """The last entry in the history of a record that is gone."""

    kind: str
    name: str
    at: datetime
    by: str
    reason: str


def find_deletion(model: type[Record], key: str, value: object, user: AnyUser) -> Deletion | None:
    """The deletion of the record whose `key` had this value; None if there was none that the user may know of."""
    rows = model.history.filter(**{key: value}).select_related("history_user").order_by("-history_id")
    row = rows.first()
    if row is None or row.history_type != "-" or not _could_see(row, user):
        return None
    name = next((str(getattr(row, field)) for field in ("refcode", "name", "doi") if getattr(row, field, "")), "")
    by = account_name(row.history_user, user)
    kind = str(model._meta.verbose_name)
    return Deletion(kind, name or str(value), row.history_date, by, row.history_change_reason or "")


def _could_see(row: Any, user: AnyUser) -> bool:
    project = _project_of(row)
    if project is None or not Project.objects.visible_to(user).filter(pk=project).exists():
        return False
    if user.is_active and user.is_superuser:
        return True
    opened = opened_at(project, user)
    return opened is None or opened <= row.history_date


def _project_of(row: Any) -> int | None:
    """The project of a deleted record; that of the cell for a measurement."""
    if not isinstance(row, Measurement.history.model):
        return int(row.project_id)
    cell = Cell.history.filter(id=row.cell_id).order_by("-history_id").first()
    return int(cell.project_id) if cell else None
