"""Who changed a record, when and how; users see only the changes they could see at the time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from registry.contract.place import place_of, value_key
from registry.models import AnalysisRun, Cell, Measurement, Membership, Project, Value, ValueOrigin
from registry.models.fields import BOUND_FIELDS
from registry.models.record import Record
from registry.models.value import place_columns
from registry.models.visibility import AnyUser, visibilities_open_to

IDENTIFIERS: Mapping[str, Callable[[Any], str]] = {
    "position": lambda row: str(row.position),
    "name": lambda row: str(row.name),
    "quantity": lambda row: f"{row.quantity} {row.written}",
    "filename": lambda row: str(row.filename),
}
"""Column that identifies a row of a record → what names it."""
KINDS = {"+": "entered", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class FieldChange:
    """The value of a field before and after a change."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Change:
    """An entry of the history."""

    at: datetime
    by: str
    kind: str
    what: str
    """Record type and identifying field: `layer 1`, `synonym LPSCl`, `condition c_rate 1C`."""
    reason: str
    fields: tuple[FieldChange, ...] = field(default=())


def list_changes(record: Record, user: AnyUser, parts: Sequence[tuple[type[Record], str]] = ()) -> list[Change]:
    """Changes of a record, its parts (model, foreign key to the record) and its reported values, newest first."""
    since = visible_since(record, user)
    changes = _changes_of(type(record), visible_history(type(record).history.filter(id=record.pk), since), user)
    for model, link in parts:
        changes += _changes_of(model, visible_history(model.history.filter(**{f"{link}_id": record.pk}), since), user)
    if isinstance(record, Cell | Measurement):
        changes += [change for change in _reported_values(record, user) if since is None or change.at >= since]
    return sorted(changes, key=lambda change: change.at, reverse=True)


def _reported_values(record: Cell | Measurement, user: AnyUser) -> Iterator[Change]:
    """Values reported and withdrawn, including those deleted later with their measurement."""
    for rows in (Value.objects, Value.deleted):
        reported = rows.filter(**{f"{type(record).__name__.lower()}_id": record.pk}, origin=ValueOrigin.REPORTED)
        for value in reported.select_related("created_by", "retired_by"):
            what = f"value {value_key(value.quantity, place_of(value.at_kind, value.at_number))} {value.written}"
            yield Change(value.created_at, account_name(value.created_by, user), "entered", what, "")
            if value.retired_at:
                yield Change(value.retired_at, account_name(value.retired_by, user), "changed", what, "withdrawn")


def visible_history(history: Any, since: datetime | None) -> Any:
    """The history rows from a date on, or all rows if it is None."""
    return history if since is None else history.filter(history_date__gte=since)


def visible_since(record: Record, user: AnyUser) -> datetime | None:
    """When the user was first able to see a record that used to be in a project closed to them; None if always.

    Earlier contents stay hidden, including what the change at that date replaced.
    """
    if user.is_active and user.is_superuser:
        return None
    root: Any = record
    for step in type(record).project_path.split("__")[:-1]:
        root = getattr(root, step)
    if isinstance(root, Project):
        return opened_at(root.pk, user)
    rows = list(type(root).history.filter(id=root.pk).order_by("-history_id").values_list("history_date", "project_id"))
    visible = set(
        Project.objects.visible_to(user).filter(pk__in={project for _, project in rows}).values_list("pk", flat=True)
    )
    dates: list[datetime] = []
    visible_projects = set()
    for index, (_, project) in enumerate(rows):
        if project not in visible:
            dates.append(rows[index - 1][0])
            break
        visible_projects.add(project)
    dates += [opened for opened in (opened_at(project, user) for project in visible_projects) if opened]
    return max(dates, default=None)


def opened_at(project: int, user: AnyUser) -> datetime | None:
    """When a project was opened to a user who is not a member; None for members and if it was always open."""
    if user.is_authenticated and Membership.objects.filter(project=project, user_id=user.pk).exists():
        return None
    visibilities = visibilities_open_to(user)
    since = None
    rows = Project.history.filter(id=project).order_by("-history_id").values_list("history_date", "visibility")
    for date, visibility in rows:
        if visibility not in visibilities:
            return since
        since = date
    return None


@dataclass(frozen=True)
class LastChange:
    """The last change of a history: a mark that differs after any later change, its author and date."""

    mark: str
    by: str = ""
    when: datetime = datetime.min


def last_change(record: Record, parts: Sequence[type[Record]] = ()) -> LastChange:
    """The last change of a record or its parts."""
    rows = [type(record).history.filter(id=record.pk).order_by("-history_id").first()]
    for model in parts:
        link = next(field.name for field in model._meta.fields if field.related_model is type(record))
        rows.append(model.history.filter(**{f"{link}_id": record.pk}).order_by("-history_id").first())
    existing = [row for row in rows if row is not None]
    newest = max(existing, key=lambda row: row.history_date, default=None)
    mark = "-".join(str(row.history_id) if row else "0" for row in rows)
    if newest is None:
        return LastChange(mark)
    by = newest.history_user.get_username() if newest.history_user else "the command line"
    return LastChange(mark, by, newest.history_date)


def account_name(account: User | None, user: AnyUser) -> str:
    """The name of an account; visitors who are not signed in see no names."""
    if account is None:
        return ""
    return (account.get_full_name() or account.get_username()) if user.is_authenticated else "a member"


def _changes_of(model: type[Record], history: Any, user: AnyUser) -> list[Change]:
    """Compare each history row with the previous row of the same record."""
    fields = model.history.model.tracked_fields
    names = [field.attname for field in fields if not field.primary_key and not isinstance(field, BOUND_FIELDS)]
    previous: dict[int, Any] = {}
    changes = []
    for row in history.select_related("history_user").order_by("history_id"):
        before = previous.get(row.id)
        changed_fields = (
            ()
            if before is None or row.history_type == "-"
            else tuple(
                FieldChange(name.removesuffix("_id"), getattr(before, name), getattr(row, name))
                for name in names
                if getattr(before, name) != getattr(row, name)
            )
        )
        previous[row.id] = row
        if before is not None and row.history_type == "~" and not changed_fields:
            continue
        kind = KINDS[row.history_type]
        identifier = next((row_text(row) for name, row_text in IDENTIFIERS.items() if hasattr(row, name)), "")
        what = f"{model._meta.verbose_name} {identifier}".strip()
        changes.append(
            Change(
                row.history_date,
                account_name(row.history_user, user),
                kind,
                what,
                row.history_change_reason or "",
                changed_fields,
            )
        )
    return changes


@dataclass(frozen=True)
class Event:
    """An event in the life of an append-only row."""

    at: datetime
    by: str
    what: str


def value_events(value: Value, user: AnyUser) -> list[Event]:
    """Visible reported and computed values of a quantity of one measurement or cell, at one place, newest first."""
    same = {"cell": value.cell_id, "measurement": value.measurement_id, "quantity": value.quantity}
    same |= place_columns(value.place)
    rows = Value.objects.visible_to(user).filter(**same).select_related("created_by", "retired_by", "run")
    events = []
    for row in rows:
        text = f"‘{row.text}’"
        origin = f"computed by run {row.run_id} ({row.run.analysis} {row.run.version})" if row.run else "reported"
        events.append(Event(row.created_at, account_name(row.created_by, user), f"{text} {origin}"))
        if row.retired_at:
            events.append(Event(row.retired_at, account_name(row.retired_by, user), f"{text} withdrawn"))
    return sorted(events, key=lambda event: event.at, reverse=True)


def run_events(run: AnalysisRun, user: AnyUser) -> list[Event]:
    """Events of all runs of an analysis on one measurement or cell, newest first."""
    same = run.target._asdict() | {"analysis": run.analysis}
    rows = AnalysisRun.objects.visible_to(user).filter(**same).defer("inputs", "software").select_related("started_by")
    events = []
    for row in rows:
        by, name = account_name(row.started_by, user), f"Run {row.pk} (version {row.version})"
        dated_events = (
            (row.queued_at, by, "queued"),
            (row.started_at, by, "started"),
            (row.finished_at, by, row.get_status_display().lower()),
            (row.stale_since, "", "stale: an input has changed"),
        )
        events += [Event(at, actor, f"{name}: {what}") for at, actor, what in dated_events if at]
    return sorted(events, key=lambda event: event.at, reverse=True)
