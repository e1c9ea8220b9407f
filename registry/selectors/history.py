"""Who changed a record, when and how."""

from collections.abc import Iterable, Sequence
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
    """The record's kind and name at that time: `layer 1. Cathode: NCM90`."""
    reason: str
    fields: tuple[FieldChange, ...] = field(default=())


def changes(record: Record, parts: Sequence[tuple[type[Record], str]] = ()) -> list[Change]:
    """Every change of a record and of its parts (model and the foreign key to the record), newest first."""
    found = _changes_of(type(record), record.history.filter(id=record.pk))  # type: ignore[attr-defined]
    for model, link in parts:
        found += _changes_of(model, model.history.filter(**{f"{link}_id": record.pk}))  # type: ignore[attr-defined]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _changes_of(model: type[Record], rows: Iterable[Any]) -> list[Change]:
    """Compare each historical row with the one before it of the same record."""
    names = [field.attname for field in model._meta.concrete_fields if not field.primary_key]
    previous: dict[int, Any] = {}
    found = []
    for row in sorted(rows, key=lambda row: row.history_id):
        before = previous.get(row.id)
        differing = () if before is None or row.history_type == "-" else tuple(
            FieldChange(name.removesuffix("_id"), getattr(before, name), getattr(row, name))
            for name in names
            if getattr(before, name) != getattr(row, name)
        )
        previous[row.id] = row
        if before is not None and row.history_type == "~" and not differing:
            continue
        who = row.history_user.get_username() if row.history_user else ""
        kind, what = KINDS[row.history_type], str(model._meta.verbose_name)
        found.append(Change(row.history_date, who, kind, what, row.history_change_reason or "", differing))
    return found
