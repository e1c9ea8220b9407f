"""Who changed a record, when and how."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from registry.models.record import Record

KINDS = {"+": "entered", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class FieldChange:
    """One field before and after."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """One entry of the history."""

    at: datetime
    by: str
    kind: str
    what: str
    """Kind of record and what tells it from its like: `layer 1`, `synonym LPSCl`."""
    reason: str
    fields: tuple[FieldChange, ...] = field(default=())


def changes(record: Record, parts: Sequence[tuple[type[Record], str]] = ()) -> list[Change]:
    """Every change of a record and of its parts (model and the foreign key to the record), newest first."""
    found = _changes_of(type(record), type(record).history.filter(id=record.pk))
    for model, link in parts:
        found += _changes_of(model, model.history.filter(**{f"{link}_id": record.pk}))
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes_of(model: type[Record], history: Any) -> list[Change]:
    """Compare each historical row with the one before it of the same record."""
    names = [field.attname for field in model.history.model.tracked_fields if not field.primary_key]
    previous: dict[int, Any] = {}
    found = []
    for row in history.select_related("history_user").order_by("history_id"):
        before = previous.get(row.id)
        differing = (
            ()
            if before is None or row.history_type == "-"
            else tuple(
                FieldChange(name.removesuffix("_id"), getattr(before, name), getattr(row, name))
                for name in names
                if getattr(before, name) != getattr(row, name)
            )
        )
        previous[row.id] = row
        if before is not None and row.history_type == "~" and not differing:
            continue
        who = row.history_user.get_username() if row.history_user else ""
        kind = KINDS[row.history_type]
        mark = next((str(getattr(row, name)) for name in ("position", "name") if hasattr(row, name)), "")
        what = f"{model._meta.verbose_name} {mark}".strip()
        found.append(Change(row.history_date, who, kind, what, row.history_change_reason or "", differing))
    return found
