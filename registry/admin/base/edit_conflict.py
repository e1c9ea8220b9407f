"""Two people at one page: what the second saves must not undo what the first did without anybody seeing it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from registry.models.record import Record
from registry.selectors.history import last_change


class EditConflictForm(forms.ModelForm):
    """Carries what the history had reached when the page was opened, and refuses to save over anything later."""

    parts: tuple[type[Record], ...] = ()
    """Records whose rows the page replaces as a whole."""

    def clean(self) -> Any:
        cleaned = super().clean()
        # Whoever is just saving the same record is waited for.
        same = type(self.instance)._default_manager.select_for_update(of=("self",)).filter(pk=self.instance.pk)
        list(same.values_list("pk"))
        stands = last_change(self.instance, self.parts)
        if self.instance.pk and self.data.get(self.add_prefix("seen")) != stands.mark:
            who = stands.by or "somebody"
            raise ValidationError(
                f"This was changed by {who} on {stands.when:%-d %B at %H:%M} while you had the page open, so nothing "
                "was saved. Open it anew in another tab, and enter there what you changed here.",
                code="meanwhile",
            )
        return cleaned


def edit_conflict_form(form: type[forms.BaseModelForm], record: Record, parts: tuple[type[Record], ...]) -> Any:
    """The form with the hidden field, set to what the history has reached."""
    seen = forms.CharField(widget=forms.HiddenInput, required=False, initial=last_change(record, parts).mark)
    return type("MeanwhileForm", (EditConflictForm, form), {"seen": seen, "parts": parts})


def replaced_parts(inlines: Any) -> tuple[type[Record], ...]:
    """The models of inlines whose rows are in an order, and so are saved all together."""
    found = []
    for inline in inlines:
        model: type[models.Model] = inline.model
        if issubclass(model, Record) and any(field.name == "position" for field in model._meta.fields):
            found.append(model)
    return tuple(found)
