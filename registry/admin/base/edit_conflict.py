"""Edit conflicts: refuses to overwrite changes made since the page was opened."""

from collections.abc import Iterable
from typing import Any

from django import forms

from registry.models import Condition
from registry.models.record import Record
from registry.selectors.history.history import last_change
from registry.services.entry.edit_conflict import refuse_overwriting


class EditConflictForm(forms.ModelForm):
    """Compares the last change when the page was opened with the current one."""

    parts: tuple[type[Record], ...] = ()
    """Models whose rows the page replaces together."""

    def clean(self) -> Any:
        cleaned = super().clean()
        refuse_overwriting(self.instance, self.parts, self.data.get(self.add_prefix("seen"), ""))
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
