"""Edit conflicts: refuses to overwrite changes made since the page was opened."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from registry.models import Condition
from registry.models.record import Record
from registry.selectors.history import last_change


class EditConflictForm(forms.ModelForm):
    """Compares the last change when the page was opened with the current one."""

    parts: tuple[type[Record], ...] = ()
    """Models whose rows the page replaces together."""

    def clean(self) -> Any:
        cleaned = super().clean()
        # Wait for a concurrent save of the same record.
        locked = type(self.instance)._default_manager.select_for_update(of=("self",)).filter(pk=self.instance.pk)
        list(locked.values_list("pk"))
        latest = last_change(self.instance, self.parts)
        if self.instance.pk and self.data.get(self.add_prefix("seen")) != latest.mark:
            raise ValidationError(
                f"Not saved: {latest.by or 'another user'} changed this record on {latest.when:%-d %B at %H:%M}, "
                "after you opened the page; open the page in another tab and repeat your changes there.",
                code="edit_conflict",
            )
        return cleaned


def edit_conflict_form(form: type[forms.BaseModelForm], record: Record, parts: tuple[type[Record], ...]) -> Any:
    """Return the form with a hidden field for the last change."""
    seen = forms.CharField(widget=forms.HiddenInput, required=False, initial=last_change(record, parts).mark)
    return type("EditConflictForm", (EditConflictForm, form), {"seen": seen, "parts": parts})


def replaced_parts(children: Iterable[type[Record]]) -> tuple[type[Record], ...]:
    """Return those of the child models whose rows are saved together: ordered rows, and conditions."""
    return tuple(
        model
        for model in children
        if model is Condition or any(field.name == "position" for field in model._meta.fields)
    )
