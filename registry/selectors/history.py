"""Who changed a record, when and how: to each what they might see at the time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User

from registry.models import AnalysisRun, Cell, Measurement, Membership, Project, Value, ValueOrigin
from registry.models.record import Record
from registry.models.visibility import AnyUser, visibilities_open_to

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


def list_changes(record: Record, user: AnyUser, parts: Sequence[tuple[type[Record], str]] = ()) -> list[Change]:
    """The changes of a record, of its parts (model and the foreign key to the record) and of what is reported of it,
    newest first."""
    since = visible_since(record, user)
    found = _changes_of(type(record), visible_history(type(record).history.filter(id=record.pk), since), user)
    for model, link in parts:
        found += _changes_of(model, visible_history(model.history.filter(**{f"{link}_id": record.pk}), since), user)
    if isinstance(record, Cell | Measurement):
        found += [report for report in _reports(record, user) if since is None or report.at >= since]
    return sorted(found, key=lambda change: change.at, reverse=True)


def _reports(record: Cell | Measurement, user: AnyUser) -> Iterator[Change]:
    """What was reported of it and what was taken out of use, also what was deleted with its measurement since."""
    for rows in (Value.objects, Value.deleted):
        reported = rows.filter(**{f"{type(record).__name__.lower()}_id": record.pk}, origin=ValueOrigin.REPORTED)
        for value in reported.select_related("created_by", "retired_by"):
            what = f"value {value.quantity} {value.written}"
            yield Change(value.created_at, account_name(value.created_by, user), "entered", what, "")
            if value.retired_at:
                yield Change(
                    value.retired_at, account_name(value.retired_by, user), "changed", what, "taken out of use"
                )


def visible_history(history: Any, since: datetime | None) -> Any:
    """The rows of a history from a moment on, all of them if it is None."""
    return history if since is None else history.filter(history_date__gte=since)


def visible_since(record: Record, user: AnyUser) -> datetime | None:
    """Since when the user could see a record, if it was once in a project they do not see, or in one not open yet.

    What stood in it before is not told, nor what the change at that moment replaced. None if they could all along.
    """
    if user.is_active and user.is_superuser:
        return None
    root: Any = record
    for step in type(record).project_path.split("__")[:-1]:
        root = getattr(root, step)
    if isinstance(root, Project):
        return _opened(root.pk, user)
    rows = list(type(root).history.filter(id=root.pk).order_by("-history_id").values_list("history_date", "project_id"))
    visible = set(
        Project.objects.visible_to(user).filter(pk__in={project for _, project in rows}).values_list("pk", flat=True)
    )
    moments: list[datetime] = []
    lived = set()
    for place, (_, project) in enumerate(rows):
        if project not in visible:
            moments.append(rows[place - 1][0])
            break
        lived.add(project)
    moments += [moment for moment in (_opened(project, user) for project in lived) if moment]
    return max(moments, default=None)


def _opened(project: int, user: AnyUser) -> datetime | None:
    """Since when a project is open to somebody who is no member; None if it always was, or for a member."""
    if user.is_authenticated and Membership.objects.filter(project=project, user_id=user.pk).exists():
        return None
    visibilities = visibilities_open_to(user)
    since = None
    rows = Project.history.filter(id=project).order_by("-history_id").values_list("history_date", "visibility")
    for moment, visibility in rows:
        if visibility not in visibilities:
            return since
        since = moment
    return None


@dataclass(frozen=True)
class LastChange:
    """How far a history has got: a mark that any later change makes another, and whose change it was."""

    mark: str
    by: str = ""
    when: datetime = datetime.min


def last_change(record: Record, parts: Sequence[type[Record]] = ()) -> LastChange:
    """The last change of a record and of the rows that belong to it."""
    rows = [type(record).history.filter(id=record.pk).order_by("-history_id").first()]
    for model in parts:
        link = next(field.name for field in model._meta.fields if field.related_model is type(record))
        rows.append(model.history.filter(**{f"{link}_id": record.pk}).order_by("-history_id").first())
    known = [row for row in rows if row is not None]
    newest = max(known, key=lambda row: row.history_date, default=None)
    mark = "-".join(str(row.history_id) if row else "0" for row in rows)
    if newest is None:
        return LastChange(mark)
    by = newest.history_user.get_username() if newest.history_user else "the command line"
    return LastChange(mark, by, newest.history_date)


def account_name(account: User | None, user: AnyUser) -> str:
    """The account's name for people who are signed in; visitors are not told the names people sign in with."""
    if account is None:
        return ""
    return (account.get_full_name() or account.get_username()) if user.is_authenticated else "a member"


def _changes_of(model: type[Record], history: Any, user: AnyUser) -> list[Change]:
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
        kind = KINDS[row.history_type]
        mark = next((str(getattr(row, name)) for name in ("position", "name") if hasattr(row, name)), "")
        what = f"{model._meta.verbose_name} {mark}".strip()
        found.append(
            Change(
                row.history_date,
                account_name(row.history_user, user),
                kind,
                what,
                row.history_change_reason or "",
                differing,
            )
        )
    return found


@dataclass(frozen=True)
class Event:
    """Something that happened to a row that is never changed."""

    at: datetime
    by: str
    what: str


def value_events(value: Value, user: AnyUser) -> list[Event]:
    """What was reported and computed of a quantity on one measurement or cell and may be seen, newest first."""
    same = {"cell": value.cell_id, "measurement": value.measurement_id, "quantity": value.quantity}
    rows = Value.objects.visible_to(user).filter(**same).select_related("created_by", "retired_by", "run")
    events = []
    for row in rows:
        text = f"‘{row.written or row.missing or row.magnitude}’"
        origin = f"computed by run {row.run_id}, {row.run.analysis} {row.run.version}" if row.run else "reported"
        events.append(Event(row.created_at, account_name(row.created_by, user), f"{text} {origin}"))
        if row.retired_at:
            events.append(Event(row.retired_at, account_name(row.retired_by, user), f"{text} taken out of use"))
    return sorted(events, key=lambda event: event.at, reverse=True)


def run_events(run: AnalysisRun, user: AnyUser) -> list[Event]:
    """When the runs of an analysis on one measurement or cell were queued, started and ended, newest first."""
    same = {"cell": run.cell_id, "measurement": run.measurement_id, "analysis": run.analysis}
    rows = AnalysisRun.objects.visible_to(user).filter(**same).defer("inputs", "software").select_related("started_by")
    events = []
    for row in rows:
        by, name = account_name(row.started_by, user), f"run {row.pk}, version {row.version}"
        moments = (
            (row.queued_at, by, "queued"),
            (row.started_at, by, "started"),
            (row.finished_at, by, row.get_status_display().lower()),
            (row.stale_since, "", "stale: an input changed"),
        )
        events += [Event(at, actor, f"{name}: {what}") for at, actor, what in moments if at]
    return sorted(events, key=lambda event: event.at, reverse=True)
