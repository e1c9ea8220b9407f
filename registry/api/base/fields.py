"""Serializer fields: links to what the user may see, and numbers in a quantity's own unit."""

from typing import Any, cast

from django.db.models import QuerySet
from rest_framework import serializers

from registry.models import Cell, Measurement, Project
from registry.models.record import is_key


class VisibleById(serializers.PrimaryKeyRelatedField[Any]):
    """A link by id; what the user may not see does not exist for them."""

    default_error_messages = {
        "does_not_exist": "There is none with the id {pk_value}, or you may not see it.",
        "incorrect_type": "This takes an id, a whole number.",
    }

    def get_queryset(self) -> QuerySet[Any]:
        found: Any = super().get_queryset()
        return cast("QuerySet[Any]", found.visible_to(self.context["request"].user))

    def to_internal_value(self, data: Any) -> Any:
        """Take whole numbers alone, within what a database counts to."""
        if isinstance(data, bool) or not is_key(str(data)):
            self.fail("incorrect_type")
        return super().to_internal_value(data)


class VisibleByName(serializers.SlugRelatedField[Any]):
    """A link by a natural key; what the user may not see does not exist for them."""

    def get_queryset(self) -> QuerySet[Any]:
        found: Any = super().get_queryset()
        return cast("QuerySet[Any]", found.visible_to(self.context["request"].user))


class ProjectField(VisibleByName):
    """A project by its slug."""

    default_error_messages = {"does_not_exist": "There is no project ‘{value}’, or you may not see it."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Project.objects.all())
        super().__init__(slug_field="slug", **kwargs)


class CellField(VisibleByName):
    """A cell by its refcode."""

    default_error_messages = {"does_not_exist": "There is no cell ‘{value}’, or you may not see it."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Cell.objects.select_related("project", "publication"))
        super().__init__(slug_field="refcode", **kwargs)


class MeasurementField(VisibleByName):
    """A measurement by its refcode."""

    default_error_messages = {"does_not_exist": "There is no measurement ‘{value}’, or you may not see it."}

    def __init__(self, **kwargs: Any) -> None:
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", Measurement.objects.select_related("cell__project", "cell__publication"))
        super().__init__(slug_field="refcode", **kwargs)


class MagnitudeInput(serializers.FloatField):
    """A bare number in the unit its name ends in. Text with a unit goes into the field beside it."""

    default_error_messages = {"not_a_number": "This takes a bare number; a number with its unit goes in ‘{written}’."}

    def __init__(self, *, written: str, **kwargs: Any) -> None:
        self.written = written
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("not_a_number", written=self.written)
        # A whole number stays whole: 10 is printed ‘10 MPa’, not ‘10.0 MPa’.
        return data
