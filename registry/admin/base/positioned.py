"""Rows in an order: layers of a cell, ingredients of a formulation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from registry.admin.base.linkable import ScopedInline, row_forms
from registry.models.project import check_link_visible


class PositionedForm(forms.ModelForm):
    """A row; one with nothing but its position was left empty."""

    position = forms.IntegerField(min_value=1, max_value=9999, widget=forms.NumberInput(attrs={"class": "position"}))
    links: tuple[str, ...] = ()

    def __init__(self, *args: Any, parent: Any = None, **kwargs: Any) -> None:
        self.parent = parent
        super().__init__(*args, **kwargs)

    def has_changed(self) -> bool:
        changed = set(self.changed_data) - ({"position"} if self.instance._state.adding else set())
        return bool(changed)

    def validate_constraints(self) -> None:
        """Leave positions to the whole set: rows may change places."""
        exclude = self._get_validation_exclusions() | {"position"}  # type: ignore[attr-defined]
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Check links under a parent that is not saved yet: the row itself can only look at a saved one."""
        super()._post_clean()
        if self.parent is None or self.parent.pk or not self.parent.project_id or not self.has_changed():
            return
        for name in self.links:
            if name in self.cleaned_data and (linked := getattr(self.instance, name)):
                try:
                    check_link_visible(name, linked, self.parent.project)
                except ValidationError as error:
                    self._update_errors(error)  # type: ignore[attr-defined]


class PositionedFormSet(forms.BaseInlineFormSet):
    """Every row at a position of its own."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "parent": self.instance}

    def clean(self) -> None:
        at: dict[int, Any] = {}
        for form in row_forms(self):
            position = form.cleaned_data.get("position") if hasattr(form, "cleaned_data") else None
            if position is None:
                continue
            if position in at:
                sentence = f"Another row has the position {position} already: each needs its own."
                form.add_error("position", sentence)
            at.setdefault(position, form)

    def validate_unique(self) -> None:
        """The set's own `clean` says what is wrong in the words of the row."""

    def in_order(self) -> list[Any]:
        """The rows that are to stand, by position."""
        return sorted((form.instance for form in row_forms(self)), key=lambda row: row.position)


class PositionedInline(ScopedInline):
    """Rows entered in order, three empty ones to begin with, numbered from 1."""

    ordering = ["position"]
    beginning = ({"position": 1}, {"position": 2}, {"position": 3})

    class Media:
        js = ["registry/positions.js"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 3
