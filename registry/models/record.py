"""Base classes of all records: visibility, permissions and change history."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from registry.models.text import MARKDOWN_HELP, CleanText, KeyField
from registry.models.visibility import AnyUser, projects_filter, was_hidden

MAX_REASON_LENGTH = 100
SLUG_UNAVAILABLE = "This slug is not available: choose another, for example with the name of your group."
"""The same whether a visible record, a hidden one or a plugin has it."""


def is_key(text: str) -> bool:
    """Whether the text is a valid primary key: an integer that fits in a database column."""
    return text.isascii() and text.isdecimal() and len(text) < 19


class HistoryBypassedError(TypeError):
    """Raised for a bulk write that would leave no history."""


class RecordQuerySet(models.QuerySet):
    """Filters rows by what a user may see or edit; refuses bulk writes that would bypass the history."""

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
            raise HistoryBypassedError("update() bypasses the history: save each record through a service")
        return super().update(**kwargs)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(self.model, "history"):
            raise HistoryBypassedError("bulk_create() bypasses the history: use bulk_create_with_history")
        return super().bulk_create(objs, *args, **kwargs)

    def bulk_update(self, objs: Any, *args: Any, **kwargs: Any) -> int:
        if hasattr(self.model, "history"):
            raise HistoryBypassedError("bulk_update() bypasses the history: save each record through a service")
        return super().bulk_update(objs, *args, **kwargs)

    def update_untracked(self, **kwargs: Any) -> int:
        """Update without history: only for interim values in a transaction that then saves each row."""
        return super().update(**kwargs)


class SupersededQuerySet(RecordQuerySet):
    """Rows that are superseded rather than changed.

    A superseded row may date from when its cell was less visible, so it is shown only to users who could see the cell
    in every project it was in and at every visibility its project had.
    """

    def visible_to(self, user: AnyUser) -> Self:
        visible = super().visible_to(user)
        if user.is_active and user.is_superuser:
            return visible
        current: models.Q = self.model.current
        cell = self.model.project_path.removesuffix("__project")
        return visible.filter(current | ~was_hidden(self.model, cell, user))


class Scoped(CleanText):
    """A row that belongs to a project through `project_path`."""

    project_path: ClassVar[str] = "project"
    objects: ClassVar[Any] = RecordQuerySet.as_manager()

    class Meta:
        abstract = True

    def unique_error_message(self, model_class: type[models.Model], unique_check: Any) -> ValidationError:
        """Django's error, as a sentence that starts with an article."""
        error = super().unique_error_message(model_class, unique_check)
        if len(unique_check) == 1:
            name = str(self._meta.verbose_name)
            field = self._meta.get_field(unique_check[0])
            if isinstance(field, models.SlugField):
                error.message = SLUG_UNAVAILABLE
                return error
            label = field.verbose_name  # type: ignore[union-attr]
            error.message = f"{'An' if name[0] in 'aeio' else 'A'} {name} with this {label} already exists."
        return error


_importing: ContextVar[str] = ContextVar("importing", default="")


@contextmanager
def importing(name: str) -> Iterator[None]:
    """Mark every change within the block as made by an import."""
    token = _importing.set(name)
    try:
        yield
    finally:
        _importing.reset(token)


class HistoryRow(models.Model):
    """Columns of every history row in addition to the fields of its record."""

    history_import = models.CharField(
        max_length=100, blank=True, default="", help_text="Name of the example whose import made the change."
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.history_import = _importing.get()
        super().save(*args, **kwargs)


class History(HistoricalRecords):
    """Tracks every change of a record, except to its `untracked_fields` and key fields."""

    def __init__(self, **options: Any) -> None:
        super().__init__(bases=(HistoryRow,), **options)

    def fields_included(self, model: Any) -> list[models.Field]:
        untracked_fields = getattr(model, "untracked_fields", ())
        fields = super().fields_included(model)
        return [field for field in fields if field.name not in untracked_fields and not isinstance(field, KeyField)]

    def get_change_reason_for_object(self, instance: Any, history_type: str, using: str | None) -> str | None:
        """Shorten the reason to fit its column."""
        reason: str | None = super().get_change_reason_for_object(instance, history_type, using)
        return f"{reason[: MAX_REASON_LENGTH - 1]}…" if reason and len(reason) > MAX_REASON_LENGTH else reason


class Record(Scoped):
    """A user-entered record in a project, with its change history."""

    history = History(inherit=True)

    class Meta:
        abstract = True


class ProjectRecord(Record):
    """A record with a foreign key to its project."""

    project = models.ForeignKey("registry.Project", on_delete=models.PROTECT, related_name="%(class)ss")
    notes = models.TextField(blank=True, help_text=MARKDOWN_HELP)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
