"""The change history of a cell: who changed what, and when."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import models

from registry.contract.place import place_of
from registry.models import (
    Attachment,
    Cell,
    Comment,
    Condition,
    Dataset,
    Layer,
    Measurement,
    MeasurementTag,
    Tag,
    Value,
    ValueOrigin,
)
from registry.models.fields import DerivedField
from registry.models.record import RecordQuerySet
from registry.models.visibility import AnyUser
from registry.models.vocabulary import VocabularyField, registered_names
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.names import condition_name, layer_role_in_sentence
from registry.selectors.history import history
from registry.web.presentation.text import typeset

CHANGES_SHOWN = 200
_DERIVED = {
    *("edited_at", "author", "author_name"),
    *("created_at", "cell", "measurement", "configuration", "position", "content_sha256", "raw_file"),
    *("columns", "header", "messages", "mapping_used", "start_time", "grey_levels"),
    *("image_width", "image_height", "pixel_width_um", "pixel_height_um"),
}
_ACTIONS = {"+": "created", "-": "deleted"}


@dataclass(frozen=True)
class Change:
    """One row of the history."""

    changed_at: datetime
    author: str
    description: str
    reason: str = ""


def list_changes(cell: Cell, user: AnyUser) -> list[Change]:
    """The changes of a cell and all that belongs to it: layers, tags, comments, measurements, conditions, data files,
    attachments and reported values; newest first."""
    since = history.visible_since(cell, user)
    rows: list[Any] = []
    for tracked in (
        Cell.history.filter(id=cell.pk),
        Layer.history.filter(cell_id=cell.pk),
        Tag.history.filter(cell_id=cell.pk),
        Comment.history.filter(cell_id=cell.pk),
        Measurement.history.filter(cell_id=cell.pk),
        Condition.history.filter(measurement_id__in=_measurement_ids(cell)),
        MeasurementTag.history.filter(measurement_id__in=_measurement_ids(cell)),
        Dataset.history.filter(measurement__cell_id=cell.pk),
        Attachment.history.filter(models.Q(cell_id=cell.pk) | models.Q(measurement_id__in=_measurement_ids(cell))),
    ):
        rows += history.visible_history(tracked, since).select_related("history_user")
    names = _RelatedNames(rows, user)
    refcodes = dict(Measurement.history.filter(cell_id=cell.pk).values_list("id", "refcode"))
    changes = [*_record_changes(rows, names, refcodes, user), *_value_changes(cell, refcodes, user)]
    changes = [change for change in changes if since is None or change.changed_at >= since]
    return sorted(changes, key=lambda change: change.changed_at, reverse=True)


def _measurement_ids(cell: Cell) -> Any:
    """Primary keys of all measurements of a cell, also of deleted ones."""
    return Measurement.history.filter(cell_id=cell.pk).values("id")


def get_author_name(account: User | None, user: AnyUser) -> str:
    """The name of whoever made a change, as pages show it."""
    return history.account_name(account, user) or "command line"


def _record_changes(
    rows: list[Any], names: "_RelatedNames", refcodes: Mapping[int, str], user: AnyUser
) -> Iterable[Change]:
    versions: dict[tuple[type, int], list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.history_date, row.history_id)):
        versions[type(row), row.id].append(row)
    for record_versions in versions.values():
        before = None
        for row in record_versions:
            action = _format_action(before, row, names)
            before = row
            if action:
                author, reason = get_author_name(row.history_user, user), row.history_change_reason or ""
                yield Change(row.history_date, author, f"{_format_subject(row, refcodes)}: {action}", reason)


def _format_action(before: Any, row: Any, names: "_RelatedNames") -> str:
    """Description of a change of a row; empty if only derived columns changed."""
    if row.instance_type is Condition and row.history_type != "-":
        return f"entered as ‘{typeset(row.written)}’"
    if row.instance_type is Comment and row.history_type == "-":
        return f"deleted: ‘{row.text}’"
    return _ACTIONS.get(row.history_type) or (_format_difference(before, row, names) if before else "changed")


def _format_subject(row: Any, refcodes: Mapping[int, str]) -> str:
    return _SUBJECTS[row.instance_type](row, refcodes)


def _of_measurement(row: Any, refcodes: Mapping[int, str], preposition: str) -> str:
    """The measurement of a row in words: ` of M-00012`; empty if it is of the cell."""
    return f" {preposition} {refcodes.get(row.measurement_id, 'a measurement')}" if row.measurement_id else ""


_SUBJECTS: Mapping[type[models.Model], Callable[[Any, Mapping[int, str]], str]] = {
    Cell: lambda row, refcodes: "Cell",
    Layer: lambda row, refcodes: f"Layer {row.position} ({layer_role_in_sentence(row.role)})",
    Tag: lambda row, refcodes: f"Tag {row.name}",
    MeasurementTag: lambda row, refcodes: f"Tag {row.name}{_of_measurement(row, refcodes, 'of')}",
    Comment: lambda row, refcodes: f"Comment{_of_measurement(row, refcodes, 'on')}",
    Measurement: lambda row, refcodes: f"Measurement {row.refcode}",
    Condition: lambda row, refcodes: f"{condition_name(row.quantity)}{_of_measurement(row, refcodes, 'of')}",
    Dataset: lambda row, refcodes: f"Data file {row.filename}",
    Attachment: lambda row, refcodes: f"Attachment {row.filename}{_of_measurement(row, refcodes, 'of')}",
}
"""How the rows of each history are named."""


def _format_difference(before: Any, after: Any, names: "_RelatedNames") -> str:
    """Each changed field with its old and new value; empty if only derived columns changed."""
    texts = []
    for field in after.tracked_fields:
        old, new = getattr(before, field.attname), getattr(after, field.attname)
        if old == new or field.name in _DERIVED or isinstance(field, DerivedField):
            continue
        texts.append(f"{field.verbose_name} {names.format_value(field, old)} → {names.format_value(field, new)}")
    return "; ".join(texts)


class _RelatedNames:
    """Names of the records that history rows link to, where the user may see them."""

    def __init__(self, rows: list[Any], user: AnyUser) -> None:
        pks_by_model: dict[type[models.Model], set[int]] = defaultdict(set)
        for row in rows:
            for field in row.tracked_fields:
                pk = getattr(row, field.attname)
                if field.is_relation and field.name not in _DERIVED and pk is not None:
                    pks_by_model[field.related_model].add(pk)
        self._names: dict[tuple[type[models.Model], int], str] = {}
        for model, pks in pks_by_model.items():
            if not isinstance(model._default_manager.none(), RecordQuerySet):
                continue
            visible = model._default_manager.visible_to(user)  # type: ignore[attr-defined]
            if model.__name__ == "Batch":
                visible = visible.select_related("material")
            self._names |= {(model, record.pk): str(record) for record in visible.filter(pk__in=pks)}

    def format_value(self, field: models.Field, value: Any) -> str:
        if value in (None, "", {}):
            return "empty"
        if isinstance(value, dict):
            return f"‘{_format_settings(value)}’"
        if field.is_relation:
            return f"‘{self._names.get((field.related_model, value), 'deleted or hidden record')}’"  # type: ignore[arg-type]
        if isinstance(field, VocabularyField):
            return f"‘{registered_names(field.kind).get(value, value)}’"
        return f"‘{dict(field.flatchoices).get(value, value)}’"


def _format_settings(settings: dict[str, Any]) -> str:
    """Nested settings as text: `capacity-retention: reference cycle 3`."""
    return "; ".join(
        f"{name}: {_format_settings(value)}" if isinstance(value, dict) else f"{name.replace('_', ' ')} {value}"
        for name, value in settings.items()
    )


def _value_changes(cell: Cell, refcodes: Mapping[int, str], user: AnyUser) -> Iterable[Change]:
    """Reported values, also those of deleted measurements."""
    for rows in (Value.objects, Value.deleted):
        reported = rows.filter(cell_id=cell.pk, origin=ValueOrigin.REPORTED)
        for value in reported.select_related("created_by", "retired_by").order_by("id"):
            yield from _reported_changes(value, refcodes.get(value.measurement_id, ""), user)


def _reported_changes(value: Any, refcode: str, user: AnyUser) -> Iterable[Change]:
    place = place_of(value.at_kind, value.at_number)
    name = get_or_placeholder(value.quantity).name + (f", {place.label}" if place else "")
    name += f" of {refcode}" if refcode else ""
    text = typeset(value.written or value.missing)
    yield Change(value.created_at, get_author_name(value.created_by, user), f"{name} reported as ‘{text}’")
    if value.retired_at:
        yield Change(value.retired_at, get_author_name(value.retired_by, user), f"{name} ‘{text}’ withdrawn")
