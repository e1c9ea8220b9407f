"""Model fields of a number of a record: as entered, its magnitude, bounds and qualifier."""

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from analyses.uncertainty import Estimate
from registry.models.number import Qualifier
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
        """Also set the columns of the number, so that validation checks the constraints on them."""
        value = super().clean(value, model_instance)
        if model_instance is not None:
            set_number(model_instance, self.quantity, self.written(value))
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


class DerivedField(models.Field):
    """Mixin for a column set from a WrittenField on every save; never edited, and not shown in the history."""


class MagnitudeField(DerivedField, models.FloatField):
    """The magnitude of a WrittenField, in the unit of the column name.

    `thickness_um` of a `Quantified` model brings its columns `thickness_um_lower`, `_upper`, `_qualifier` and
    `_inferred`. All are set from the text on every save.
    """

    def __init__(self, *args: Any, written: str = "", **kwargs: Any) -> None:
        self.written = written
        super().__init__(*args, **({"null": True, "editable": False, "blank": True} | kwargs))

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"written": self.written}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Also add the other columns of the number; models of migrations and of the history list them themselves."""
        super().contribute_to_class(cls, name, private_only)
        if issubclass(cls, Quantified) and not cls._meta.abstract:
            for ending, column in _other_columns().items():
                column.contribute_to_class(cls, f"{name}{ending}")

    def pre_save(self, model_instance: models.Model, add: bool) -> float | None:
        field = model_instance._meta.get_field(self.written)
        assert isinstance(field, WrittenField)
        set_number(model_instance, self.attname, field.written(getattr(model_instance, self.written)))
        magnitude: float | None = getattr(model_instance, self.attname)
        return magnitude


class DerivedFloatField(DerivedField, models.FloatField):
    """A bound of a number; empty if nothing is known."""


class DerivedQualifierField(DerivedField, models.CharField):
    """The qualifier of a number."""


class DerivedBooleanField(DerivedField, models.BooleanField):
    """Whether a number was inferred."""


BOUND_FIELDS = (DerivedFloatField, DerivedQualifierField, DerivedBooleanField)
ENDINGS = ("_lower", "_upper", "_qualifier", "_inferred")
"""Endings of the columns of a number besides its magnitude."""


def _other_columns() -> dict[str, models.Field]:
    """The columns of a number besides its magnitude, by the ending of their name."""
    return {
        "_lower": DerivedFloatField(null=True, editable=False, blank=True),
        "_upper": DerivedFloatField(null=True, editable=False, blank=True),
        "_qualifier": DerivedQualifierField(max_length=1, default=Qualifier.EQUAL.value, editable=False, blank=True),
        "_inferred": DerivedBooleanField(default=False, editable=False, blank=True),
    }


def set_number(record: models.Model, slug: str, number: ParsedNumber | None) -> None:
    """Set the columns of a number: `thickness_um`, `thickness_um_lower` and so on."""
    setattr(record, slug, number.magnitude if number else None)
    setattr(record, f"{slug}_lower", number.lower if number else None)
    setattr(record, f"{slug}_upper", number.upper if number else None)
    setattr(record, f"{slug}_qualifier", number.qualifier if number else Qualifier.EQUAL.value)
    setattr(record, f"{slug}_inferred", bool(number and number.inferred))


class Quantified(models.Model):
    """Mixin for models with written numbers: `written('thickness_um')` and `estimate('thickness_um')`."""

    class Meta:
        abstract = True

    @classmethod
    def magnitude_fields(cls) -> dict[str, str]:
        """Map the slug of each quantity to the name of its WrittenField."""
        return _magnitude_fields(cls)

    @classmethod
    def number_columns(cls) -> tuple[str, ...]:
        """The columns of all numbers: as written, magnitude, bounds, qualifier and whether inferred."""
        columns = cls.magnitude_fields().items()
        return tuple(
            name for slug, written in columns for name in (written, slug, *(f"{slug}{item}" for item in ENDINGS))
        )

    def written(self, slug: str) -> ParsedNumber | None:
        field = self._meta.get_field(self.magnitude_fields()[slug])
        assert isinstance(field, WrittenField)
        return field.written(getattr(self, field.name))

    def estimate(self, slug: str) -> Estimate | None:
        """Return the number, or None if it is missing or only a bound."""
        written = self.written(slug)
        return written.estimate() if written else None


@cache
def _magnitude_fields(model: type[models.Model]) -> dict[str, str]:
    return {field.name: field.written for field in model._meta.get_fields() if isinstance(field, MagnitudeField)}


def positive(slug: str, model: str) -> models.CheckConstraint:
    """Return a constraint: the magnitude is null or positive."""
    condition = models.Q(**{f"{slug}__isnull": True}) | models.Q(**{f"{slug}__gt": 0})
    return models.CheckConstraint(condition=condition, name=f"{model}_{slug}_positive")
