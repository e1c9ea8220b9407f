"""Who changed what of a cell, and when."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from registry.hookspecs import LAYER_ROLES
from registry.models import Cell, Dataset, Layer, Measurement, Value, ValueOrigin
from registry.models.fields import MagnitudeField
from registry.models.record import RecordQuerySet
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.selectors import history
from registry.web.presentation.text import typeset

SHOWN = 200
_DERIVED = {
    *("created_at", "cell", "measurement", "configuration", "position", "content_sha256", "raw_file"),
    *("columns", "header", "messages", "mapping_used"),
}
_VERBS = {"+": "entered", "-": "deleted"}


@dataclass(frozen=True)
class Change:
    """One line of the history."""

    when: datetime
    who: str
    what: str
    reason: str = ""


def changes_of(cell: Cell, user: AnyUser) -> list[Change]:
    """The changes of a cell, its layers, measurements, data files and reported values, newest first."""
    since = history.visible_since(cell, user)
    rows: list[Any] = []
    for written in (
        Cell.history.filter(id=cell.pk),
        Layer.history.filter(cell_id=cell.pk),
        Measurement.history.filter(cell_id=cell.pk),
        Dataset.history.filter(measurement__cell_id=cell.pk),
    ):
        rows += history.visible_history(written, since).select_related("history_user")
    names = _Names(rows, user)
    changes = [*_record_changes(rows, names, user), *_value_changes(cell, user)]
    changes = [change for change in changes if since is None or change.when >= since]
    return sorted(changes, key=lambda change: change.when, reverse=True)


def who(account: User | None, user: AnyUser) -> str:
    """Who wrote, as pages name them."""
    return history.account_name(account, user) or "command line"


def _record_changes(rows: list[Any], names: "_Names", user: AnyUser) -> Iterable[Change]:
    lives: dict[tuple[type, int], list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.history_date, row.history_id)):
        lives[type(row), row.id].append(row)
    for life in lives.values():
        before = None
        for row in life:
            what = _VERBS.get(row.history_type) or (_difference(before, row, names) if before else "changed")
            before = row
            if what:
                reason = row.history_change_reason or ""
                yield Change(row.history_date, who(row.history_user, user), f"{_subject(row)}: {what}", reason)


def _subject(row: Any) -> str:
    model = row.instance_type
    if model is Layer:
        return f"Layer {row.position} ({LAYER_ROLES.get(row.role, row.role).lower()})"
    if model is Measurement:
        return f"Measurement {row.refcode}"
    return f"Data file {row.filename}" if model is Dataset else "Cell"


def _difference(before: Any, after: Any, names: "_Names") -> str:
    """Each field that differs, old and new; empty if only derived columns do."""
    texts = []
    for field in after.tracked_fields:
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new or field.name in _DERIVED or isinstance(field, MagnitudeField):
            continue
        texts.append(f"{field.verbose_name} {names.text(field, old)} → {names.text(field, new)}")
    return "; ".join(texts)


class _Names:
    """Names of the records that history rows point to, of those the user may see."""

    def __init__(self, rows: list[Any], user: AnyUser) -> None:
        wanted: dict[type[models.Model], set[int]] = defaultdict(set)
        for row in rows:
            for field in row.tracked_fields:
                pk = getattr(row, field.attname)
                if field.is_relation and field.name not in _DERIVED and pk is not None:
                    wanted[field.related_model].add(pk)
        self._names: dict[tuple[type[models.Model], int], str] = {}
        for model, pks in wanted.items():
            if not isinstance(model._default_manager.none(), RecordQuerySet):
                continue
            visible = model._default_manager.visible_to(user)  # type: ignore[attr-defined]
            if model.__name__ == "Batch":
                visible = visible.select_related("material")
            self._names |= {(model, one.pk): str(one) for one in visible.filter(pk__in=pks)}

    def text(self, field: models.Field, value: Any) -> str:
        if value in (None, "", {}):
            return "nothing"
        if isinstance(value, dict):
            return f"‘{json.dumps(value, ensure_ascii=False)}’"
        if field.is_relation:
            return f"‘{self._names.get((field.related_model, value), 'a record that is gone or hidden')}’"  # type: ignore[arg-type]
        chosen = dict(field.flatchoices).get(value, value)
        return f"‘{chosen}’"


def _value_changes(cell: Cell, user: AnyUser) -> Iterable[Change]:
    """What was reported, also on measurements that were deleted since."""
    refcodes = dict(Measurement.history.filter(cell_id=cell.pk).values_list("id", "refcode"))
    for rows in (Value.objects, Value.deleted):
        reported = rows.filter(cell_id=cell.pk, origin=ValueOrigin.REPORTED)
        for value in reported.select_related("created_by", "retired_by").order_by("id"):
            yield from _of_value(value, refcodes.get(value.measurement_id, ""), user)


def _of_value(value: Any, refcode: str, user: AnyUser) -> Iterable[Change]:
    where = f" of {refcode}" if refcode else ""
    name = f"{get_or_placeholder(value.quantity).name}{where}"
    text = typeset(value.written or value.missing)
    yield Change(value.created_at, who(value.created_by, user), f"{name} reported as ‘{text}’")
    if value.retired_at:
        yield Change(value.retired_at, who(value.retired_by, user), f"{name} ‘{text}’ taken out of use")
