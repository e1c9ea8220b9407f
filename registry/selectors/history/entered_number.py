"""Entries of a number of a record, with author and time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from registry.models.condition import Condition
from registry.models.record import Record
from registry.models.visibility import AnyUser
from registry.selectors.history.history import account_name, visible_since


@dataclass(frozen=True)
class Entry:
    """A text entered for a number; it is empty where the number was removed."""

    text: str
    at: datetime
    by: str
    reason: str
    is_older: bool = False
    """Whether it was entered before the user could see the record: `at` is when that began."""


def list_entries(record: Record, field: str, user: AnyUser) -> list[Entry]:
    """What was entered in a field of a record, newest first; of a condition, also before it was removed once."""
    same = {"measurement": record.measurement_id, "quantity": record.quantity} if isinstance(record, Condition) else {}
    history = type(record).history.filter(**(same or {"id": record.pk}))
    entries = _fold(history.select_related("history_user").order_by("history_id"), field, user)
    since = visible_since(record, user)
    if since is None or not entries:
        return entries[::-1]
    seen = [entry for entry in entries if entry.at >= since]
    return seen[::-1] or [Entry(entries[-1].text, since, "", "", is_older=True)]


def _fold(rows: Iterable[Any], field: str, user: AnyUser) -> list[Entry]:
    """The rows that changed the field, in their order."""
    entries: list[Entry] = []
    for row in rows:
        text = "" if row.history_type == "-" else getattr(row, field)
        if text != (entries[-1].text if entries else ""):
            by = account_name(row.history_user, user) or "the command line"
            entries.append(Entry(text, row.history_date, by, row.history_change_reason or ""))
    return entries
