"""Hides the names of records in a history that the user cannot see."""

from typing import Any

from django.contrib.auth.models import User
from django.db import models
from django.http import HttpRequest
from django.utils.text import capfirst
from simple_history.template_utils import HistoricalRecordContextHelper

from registry.models.record import RecordQuerySet, Scoped

HIDDEN = "a deleted or hidden record"


class VisibleNames(HistoricalRecordContextHelper):
    """Shows the changes of a historical row without the names of records hidden from the user."""

    def __init__(self, model: type[models.Model], historical_record: Any, request: HttpRequest) -> None:
        super().__init__(model, historical_record)
        self.request = request
        self.user = request.user
        assert isinstance(self.user, User)

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        model = self.model._meta.get_field(change.field).related_model
        if value is None or not _is_scoped(model):
            return super().prepare_delta_change_value(change, value)
        return value if self._is_visible(model, value.pk) else HIDDEN

    def title(self) -> str:
        """Return the name of the row, or only its type and position if its name would reveal a hidden record."""
        for field in self.record.tracked_fields:
            pk = getattr(self.record, field.attname)
            if pk is not None and _is_scoped(field.related_model) and not self._is_visible(field.related_model, pk):
                position = getattr(self.record, "position", "")
                return f"{capfirst(str(self.model._meta.verbose_name))} {position}".strip()
        return str(self.record.history_object)

    def _is_visible(self, model: Any, pk: Any) -> bool:
        """Whether the user can see the record; cached on the request."""
        known: dict[tuple[Any, Any], bool] = self.request.__dict__.setdefault("visible_records", {})
        if (model, pk) not in known:
            rows = model._default_manager.filter(pk=pk)
            known[model, pk] = isinstance(rows, RecordQuerySet) and rows.visible_to(self.user).exists()
        return known[model, pk]


def _is_scoped(model: Any) -> bool:
    return isinstance(model, type) and issubclass(model, Scoped)
