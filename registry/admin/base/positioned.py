"""Ordered rows: layers of a cell, ingredients of a formulation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from registry.admin.base.linkable import ScopedInline, row_forms
from registry.models.project import check_link_visible


class PositionedForm(forms.ModelForm):
    """A row; it is empty if only its position is filled in."""

    position = forms.IntegerField(min_value=1, max_value=9999, widget=forms.NumberInput(attrs={"class": "position"}))
    links: tuple[str, ...] = ()

    def __init__(self, *args: Any, parent: Any = None, **kwargs: Any) -> None:
        self.parent = parent
        super().__init__(*args, **kwargs)

    def has_changed(self) -> bool:
        changed = set(self.changed_data) - ({"position"} if self.instance._state.adding else set())
        return bool(changed)

    def validate_constraints(self) -> None:
        """Skip the position constraints: rows may swap positions, which the formset checks."""
        exclude = self._get_validation_exclusions() | {"position"}  # type: ignore[attr-defined]
        try:
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]

    def _post_clean(self) -> None:
        """Check links against an unsaved parent, which the model cannot do."""
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
    """Rows with unique positions."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "parent": self.instance}

    def clean(self) -> None:
        positions: set[int] = set()
        for form in row_forms(self):
            position = form.cleaned_data.get("position") if hasattr(form, "cleaned_data") else None
            if position is None:
                continue
            if position in positions:
                form.add_error("position", f"Position {position} is already used by another row.")
            positions.add(position)

    def validate_unique(self) -> None:
        """Skip: `clean` reports duplicates on the row."""

    def in_order(self) -> list[Any]:
        """Return the remaining rows by position."""
        return sorted((form.instance for form in row_forms(self)), key=lambda row: row.position)


class PositionedInline(ScopedInline):
    """Ordered rows; a new record starts with three empty rows numbered from 1."""

    ordering = ["position"]
    initial_rows = ({"position": 1}, {"position": 2}, {"position": 3})

    class Media:
        js = ["registry/positions.js"]

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 3
