"""Model and form field for the slug of a registered technique or layer role."""

import difflib
from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from registry import plugin_loading

LONGEST_SLUG = 64


def registered_names(kind: str) -> Mapping[str, str]:
    """The name of each registered technique or layer role, by slug."""
    plugins = plugin_loading.current()
    items = plugins.techniques if kind == "technique" else plugins.layer_roles
    return {slug: item.name for slug, item in items.items()}


class VocabularyChoiceField(forms.ChoiceField):
    """The registered slugs by name; the slug of a record whose plugin is not loaded can be kept."""

    def __init__(self, *, kind: str, required: bool = True, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(required=required, choices=self._list_choices, **kwargs)

    def _list_choices(self) -> list[tuple[str, str]]:
        return [("", "---------"), *registered_names(self.kind).items()]

    def get_bound_field(self, form: Any, field_name: str) -> Any:
        """Add the slug of the record to the choices, if it is not among them."""
        current = form.get_initial_for_field(self, field_name)
        if current and current not in registered_names(self.kind):
            self.choices = [*self._list_choices(), (current, f"{current} (no longer registered)")]
        return super().get_bound_field(form, field_name)


class VocabularyField(models.CharField):
    """The slug of a registered technique or layer role.

    A record keeps a slug whose plugin is not loaded; it cannot be set anew.
    """

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        kwargs.setdefault("max_length", LONGEST_SLUG)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"kind": self.kind}

    def formfield(self, **kwargs: Any) -> Any:
        # The admin passes the widget of a text column, which would show no choices.
        names = ("label", "help_text", "initial")
        arguments = {name: value for name, value in kwargs.items() if name in names}
        return VocabularyChoiceField(
            kind=self.kind,
            required=not self.blank,
            **{"label": str(self.verbose_name).capitalize(), "help_text": self.help_text} | arguments,
        )

    def validate(self, value: str, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        known = registered_names(self.kind)
        if value and value not in known and not self._is_stored(value, model_instance):
            raise ValidationError(unknown_text(self.kind, value, known), code=f"unknown-{self.kind.replace(' ', '-')}")

    def _is_stored(self, value: str, record: models.Model | None) -> bool:
        """Whether the record has this slug in the database."""
        if record is None or record.pk is None:
            return False
        return type(record)._default_manager.filter(pk=record.pk, **{self.attname: value}).exists()


def unknown_text(kind: str, value: str, known: Collection[str]) -> str:
    """A sentence that refuses an unknown slug, with the nearest one and all of them."""
    near = difflib.get_close_matches(value.casefold(), known, 1, 0.5)
    hint = f" Did you mean ‘{near[0]}’?" if near else ""
    return f"‘{value}’ is not a registered {kind}.{hint} Choose from {', '.join(known)}."
