"""Which records use a record, so that it cannot be deleted."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models.deletion import Collector, ProtectedError, RestrictedError

from registry.models import Ingredient, Layer
from registry.models.record import Record, Scoped
from registry.models.visibility import AnyUser


@dataclass(frozen=True)
class Usage:
    """The records that use another: those the user can see, and the number of the others."""

    records: list[models.Model]
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.records or self.hidden)


def find_usage(record: Record, user: AnyUser | None) -> Usage:
    """The records that keep a record from being deleted."""
    assert record._state.db is not None
    try:
        Collector(using=record._state.db, origin=record).collect([record])
    except (ProtectedError, RestrictedError) as error:
        return split_visible(blocking_records(error), user)
    return Usage([], 0)


def blocking_records(error: ProtectedError | RestrictedError) -> list[models.Model]:
    """The records that an error of a deletion names."""
    return list(error.protected_objects if isinstance(error, ProtectedError) else error.restricted_objects)


def split_visible(records: Iterable[models.Model], user: AnyUser | None) -> Usage:
    """The records that a user can see, once each under its name, and the number of the others."""
    visible: dict[str, models.Model] = {}
    hidden = 0
    for record in records:
        if can_see(record, user):
            visible.setdefault(usage_name(record), record)
        else:
            hidden += 1
    return Usage([visible[name] for name in sorted(visible)], hidden)


def usage_name(record: models.Model) -> str:
    """The name of a record, with that of the record it is part of."""
    if isinstance(record, Layer):
        return f"layer {record.position} of {record.cell.refcode}"
    return f"formulation {record.formulation}" if isinstance(record, Ingredient) else str(record)


def can_see(record: models.Model, user: AnyUser | None) -> bool:
    """Whether a user can see a record; the command line sees all."""
    if user is None or not isinstance(record, Scoped):
        return True
    return type(record).objects.visible_to(user).filter(pk=record.pk).exists()
