"""Model fields for a number as entered and its parsed magnitude."""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from analyses.uncertainty import Estimate
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, ParsedNumber, parse
from registry.text.cleaning import TextError, clean_text


class WrittenField(models.CharField):
    """A number as entered, with its unit: '0.060 cm (inferred)'. Text without a number is the reason it is missing."""

    def __init__(self, *args: Any, quantity: str, **kwargs: Any) -> None:
        self.quantity = quantity
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"quantity": self.quantity}

    def to_python(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else super().to_python(value)

    def validate(self, value: str, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        self.written(value)

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        """Also set the magnitude, so that validation checks the constraints on it."""
        value = super().clean(value, model_instance)
        if model_instance is not None:
            written = self.written(value)
            setattr(model_instance, self.quantity, written.magnitude if written else None)
        return value

    def written(self, value: str) -> ParsedNumber | None:
        """Parse the text; raise ValidationError with the parser's message."""
        if not value:
            return None
        try:
            return parse(clean_text(value), catalogue.get(self.quantity))
        except TextError as error:
            raise ValidationError(str(error), code="text") from error
        except NotationError as error:
            raise ValidationError(str(error), code="notation") from error


class MagnitudeField(models.FloatField):
    """The magnitude of a WrittenField, in the unit of the column name; set from the text on every save."""

    def __init__(self, *args: Any, written: str = "", **kwargs: Any) -> None:
        self.written = written
        super().__init__(*args, **({"null": True, "editable": False, "blank": True} | kwargs))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"written": self.written}

    def pre_save(self, model_instance: models.Model, add: bool) -> float | None:
        field = model_instance._meta.get_field(self.written)
        assert isinstance(field, WrittenField)
        written = field.written(getattr(model_instance, self.written))
        magnitude = written.magnitude if written else None
        setattr(model_instance, self.attname, magnitude)
        return magnitude


class Quantified(models.Model):
    """Mixin for models with written numbers: `written('thickness_um')` and `estimate('thickness_um')`."""

    class Meta:
        abstract = True

    @classmethod
    def magnitude_fields(cls) -> dict[str, str]:
        """Map the slug of each quantity to the name of its WrittenField."""
        return _magnitude_fields(cls)

    def written(self, slug: str) -> ParsedNumber | None:
        field = self._meta.get_field(self.magnitude_fields()[slug])
        assert isinstance(field, WrittenField)
        return field.written(getattr(self, field.name))

    def estimate(self, slug: str) -> Estimate | None:
        written = self.written(slug)
        return written.estimate() if written else None


@cache
def _magnitude_fields(model: type[models.Model]) -> dict[str, str]:
    return {field.name: field.written for field in model._meta.get_fields() if isinstance(field, MagnitudeField)}


def positive(slug: str, model: str) -> models.CheckConstraint:
    """Return a constraint: the magnitude is null or positive."""
    condition = models.Q(**{f"{slug}__isnull": True}) | models.Q(**{f"{slug}__gt": 0})
    return models.CheckConstraint(condition=condition, name=f"{model}_{slug}_positive")
