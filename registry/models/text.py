"""Text of records, stored in one form, and the keys by which names are compared."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import lookups

from registry.text.cleaning import TextError, clean_json, clean_text, name_key


class KeyField(models.TextField):
    """What the text of another field is compared by, the same on every database; set from it on every save.

    A lookup may name any spelling: `name_key="Zelle Ä"` finds `ZELLE ä`.
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
    """Part of a name, in any spelling."""

    prepare_rhs = True


@KeyField.register_lookup
class KeyIContains(KeyContains):
    """The same: the searches of the admin ask for it by this name."""

    lookup_name = "icontains"


class CleanText(models.Model):
    """A model whose every text is cleaned, or refused, before it is validated."""

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        errors: dict[str, Any] = {}
        for field in self._meta.concrete_fields:
            try:
                if field.name not in (exclude or ()):
                    self._clean_text(field)
            except TextError as error:
                where = f"{error.path}: " if error.path else ""
                errors[field.name] = ValidationError(f"{where}{error}", code="text")
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
        """Check a key where its text is checked, also on forms, which know no key."""
        left_out = set(exclude or ())
        keys = {
            field.name
            for field in self._meta.concrete_fields
            if isinstance(field, KeyField) and field.source not in left_out
        }
        super().validate_constraints(exclude=left_out - keys)
