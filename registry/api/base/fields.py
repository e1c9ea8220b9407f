"""Serializer fields: links to records visible to the user, and numbers in a quantity's unit."""

from typing import Any, NoReturn, cast

from django.db.models import QuerySet
from rest_framework import serializers

from registry.models import Cell, Measurement, Project
from registry.models.record import is_key
from registry.selectors.project_slug import get_current_slugs


class ListedChoiceField(serializers.ChoiceField):
    """A choice, whose error lists all of them."""

    default_error_messages = {"invalid_choice": "‘{input}’ is not a choice: send one of {choices}."}

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        super().fail(key, choices=", ".join(map(str, self.choices)), **kwargs)


class VisibleById(serializers.PrimaryKeyRelatedField[Any]):
    """A link by id to a record visible to the user."""

    default_error_messages = {
        "does_not_exist": "Id {pk_value} does not exist, or you do not have access.",
        "incorrect_type": "Enter an id (a whole number).",
    }

    def get_queryset(self) -> QuerySet[Any]:
        queryset: Any = super().get_queryset()
        return cast("QuerySet[Any]", queryset.visible_to(self.context["request"].user))

    def to_internal_value(self, data: Any) -> Any:
        """Accept only whole numbers within the range of a database key."""
        if isinstance(data, bool) or not is_key(str(data)):
            self.fail("incorrect_type")
        return super().to_internal_value(data)


class VisibleByName(serializers.SlugRelatedField[Any]):
    """A link by a natural key to a record visible to the user."""

    def get_queryset(self) -> QuerySet[Any]:
        queryset: Any = super().get_queryset()
        return cast("QuerySet[Any]", queryset.visible_to(self.context["request"].user))


class ProjectField(VisibleByName):
    """A project by its slug."""

    default_error_messages = {"does_not_exist": "Project ‘{value}’ does not exist, or you do not have access."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Project.objects.all())
        super().__init__(slug_field="slug", **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Accept an earlier slug too."""
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError:
            slugs = get_current_slugs([data] if isinstance(data, str) else [], self.context["request"].user)
            if not slugs:
                raise
            return super().to_internal_value(slugs[data])


class CellField(VisibleByName):
    """A cell by its refcode."""

    default_error_messages = {"does_not_exist": "Cell ‘{value}’ does not exist, or you do not have access."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Cell.objects.select_related("project", "publication"))
        super().__init__(slug_field="refcode", **kwargs)


class MeasurementField(VisibleByName):
    """A measurement by its refcode."""

    default_error_messages = {"does_not_exist": "Measurement ‘{value}’ does not exist, or you do not have access."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Measurement.objects.select_related("cell__project", "cell__publication"))
        super().__init__(slug_field="refcode", **kwargs)


class MagnitudeInput(serializers.FloatField):
    """A number in the unit at the end of the field name; a number with another unit goes in the text field."""

    default_error_messages = {
        "not_a_number": "Enter a number without a unit; use ‘{written}’ for a number with a unit."
    }

    def __init__(self, *, written: str, **kwargs: Any) -> None:
        self.written = written
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("not_a_number", written=self.written)
        # An int stays an int: 10 is printed as ‘10 MPa’, not ‘10.0 MPa’.
        return data
