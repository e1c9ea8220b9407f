"""Text cleaning before validation, and key fields for comparing names."""

from collections.abc import Collection, Sequence
from functools import reduce
from operator import and_
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db import models, router
from django.db.models import lookups

from registry.text.cleaning import TextError, clean_json, clean_text, name_key

MARKDOWN_HELP = "Markdown: **bold**, - list, # heading, [text](https://…)"
"""Help text of the fields that pages show as Markdown."""


class KeyField(models.TextField):
    """Normalized copy of a text field for comparisons, the same on every database; set on every save.

    Lookups are normalized too: `name_key="Zelle Ä"` matches `ZELLE ä`.
    """

    def __init__(self, *args: Any, source: str = "", **kwargs: Any) -> None:
        self.source = source
        for name, setting in (("editable", False), ("blank", True), ("default", "")):
            kwargs.setdefault(name, setting)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"source": self.source}

    def get_prep_value(self, value: Any) -> Any:
        return name_key(value) if isinstance(value, str) else super().get_prep_value(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = name_key(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, key)
        return key


@KeyField.register_lookup
class KeyContains(lookups.Contains):
    """Matches part of a name in any spelling."""

    prepare_rhs = True


@KeyField.register_lookup
class KeyIContains(KeyContains):
    """The same lookup under the name the admin search uses."""

    lookup_name = "icontains"


class CleanText(models.Model):
    """Cleans all text fields before validation."""

    _checks_hold = False

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        errors: dict[str, Any] = {}
        for field in self._meta.concrete_fields:
            try:
                if field.name not in (exclude or ()):
                    self._clean_text(field)
            except TextError as error:
                prefix = f"{error.path}: " if error.path else ""
                errors[field.name] = ValidationError(f"{prefix}{error}", code="text")
        try:
            super().clean_fields(exclude={*(exclude or ()), *errors})
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def _clean_text(self, field: models.Field) -> None:
        value = getattr(self, field.attname)
        if isinstance(field, KeyField):
            setattr(self, field.attname, name_key(getattr(self, field.source)))
        elif isinstance(field, models.JSONField):
            setattr(self, field.attname, clean_json(value))
        elif isinstance(field, models.CharField | models.TextField) and isinstance(value, str):
            setattr(self, field.attname, clean_text(value, lines=isinstance(field, models.TextField)))

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Validate a key field whenever its source field is validated, even if a form does not include it."""
        excluded = set(exclude or ())
        keys = {
            field.name
            for field in self._meta.concrete_fields
            if isinstance(field, KeyField) and field.source not in excluded
        }
        self._checks_hold = self._holds_checks(excluded - keys)
        try:
            super().validate_constraints(exclude=excluded - keys)
        finally:
            self._checks_hold = False

    def get_constraints(self) -> list[tuple[type[models.Model], Sequence[models.BaseConstraint]]]:
        """Return the constraints to validate: without the checks once one query has found that all hold."""
        constraints = super().get_constraints()
        if not self._checks_hold:
            return constraints
        return [
            (model, [item for item in items if not isinstance(item, models.CheckConstraint)])
            for model, items in constraints
        ]

    def _holds_checks(self, excluded: Collection[str]) -> bool:
        """Whether all check constraints hold, in one query instead of one each; False if that cannot be told."""
        conditions = [
            models.Q(item.condition) for item in self._meta.constraints if isinstance(item, models.CheckConstraint)
        ]
        values = {
            field.name: models.Value(getattr(self, field.attname), field)
            for field in self._meta.local_concrete_fields
            if field.name not in excluded
        }
        try:
            return bool(conditions) and reduce(and_, conditions).check(values, router.db_for_write(type(self)))
        except FieldError:
            return False
