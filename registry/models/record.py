"""What all records share: who may see and change them, and a history that cannot be bypassed by accident."""

from typing import Any, ClassVar, Self

from django.db import models
from simple_history.models import HistoricalRecords

from registry.models.text import CleanText, KeyField
from registry.models.visibility import AnyUser, projects_filter, was_hidden

LONGEST_REASON = 100


def is_key(text: str) -> bool:
    """Whether a text is a primary key: a whole number, and none larger than databases count to."""
    return text.isascii() and text.isdecimal() and len(text) < 19


class HistoryBypassedError(TypeError):
    """A bulk write that would leave no history was refused."""


class RecordQuerySet(models.QuerySet):
    """Rows a user may see or change; bulk writes that bypass history are refused."""

    def visible_to(self, user: AnyUser) -> Self:
        if user.is_active and user.is_superuser:
            return self
        return self.filter(projects_filter(self.model.project_path, user))

    def editable_by(self, user: AnyUser) -> Self:
        if user.is_active and user.is_superuser:
            return self
        if not (user.is_authenticated and user.is_active):
            return self.none()
        return self.filter(projects_filter(self.model.project_path, user, roles=("editor", "owner")))

    def update(self, **kwargs: Any) -> int:
        if hasattr(self.model, "history"):
            raise HistoryBypassedError("update() leaves no history: save each record through a service")
        return super().update(**kwargs)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(self.model, "history"):
            raise HistoryBypassedError("bulk_create() leaves no history: use simple_history's bulk_create_with_history")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        if hasattr(self.model, "history"):
            raise HistoryBypassedError("bulk_update() leaves no history: save each record through a service")
        return super().bulk_update(objs, *args, **kwargs)

    def update_untracked(self, **kwargs: Any) -> int:
        """Update a column whose interim value nobody is to see, inside the transaction that then saves each row."""
        return super().update(**kwargs)


class SupersededQuerySet(RecordQuerySet):
    """Rows that stand until others supersede them.

    What is superseded may tell of a time when its cell was closed: it is shown only to those who might see the cell
    wherever it ever was, and its project however closed that ever was.
    """

    def visible_to(self, user: AnyUser) -> Self:
        seen = super().visible_to(user)
        if user.is_active and user.is_superuser:
            return seen
        current: models.Q = self.model.current
        return seen.filter(current | ~was_hidden(self.model.project_path.removesuffix("__project"), user))


class Scoped(CleanText):
    """Anything that belongs to a project, directly or through `project_path`."""

    project_path: ClassVar[str] = "project"
    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True


class History(HistoricalRecords):
    """Every change of a record, except of its `untracked_fields` and of the keys of its names."""

    def fields_included(self, model: Any) -> list[models.Field]:
        untracked_fields = getattr(model, "untracked_fields", ())
        fields = super().fields_included(model)
        return [field for field in fields if field.name not in untracked_fields and not isinstance(field, KeyField)]

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str | None) -> str | None:
        """As long as its column is: a record's name in it may be longer."""
        reason: str | None = super().get_change_reason_for_object(instance, history_type, using)
        return f"{reason[: LONGEST_REASON - 1]}…" if reason and len(reason) > LONGEST_REASON else reason


class Record(Scoped):
    """A record people enter: scoped to a project, with the history of every change."""

    history = History(inherit=True)

    class Meta:
        abstract = True


class ProjectRecord(Record):
    """A record directly in a project."""

    project = models.ForeignKey("registry.Project", on_delete=models.PROTECT, related_name="%(class)ss")
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
