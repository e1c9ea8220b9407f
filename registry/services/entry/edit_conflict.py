"""Refuse to overwrite changes made since a form was opened."""

from collections.abc import Sequence

from django.core.exceptions import ValidationError

from registry.models.record import Record
from registry.selectors.history.history import LastChange, last_change


class EditConflictError(ValidationError):
    """Another change was saved after the form was opened."""

    def __init__(self, change: LastChange) -> None:
        self.change = change
        text = (
            f"Not saved: {change.by or 'another user'} changed this record on {change.when:%-d %B at %H:%M}, "
            "after you opened the page; open the page in another tab and repeat your changes there."
        )
        super().__init__(text, code="edit_conflict")


def refuse_overwriting(record: Record, parts: Sequence[type[Record]], seen: str) -> None:
    """Raise unless `seen` is the mark of the last change of the record and its parts; call it in the transaction that
    saves them."""
    # Wait for a concurrent save of the same record.
    locked = type(record)._default_manager.select_for_update(of=("self",)).filter(pk=record.pk)
    list(locked.values_list("pk"))
    latest = last_change(record, parts)
    if record.pk and seen != latest.mark:
        raise EditConflictError(latest)
