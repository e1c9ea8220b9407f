"""Base serializers and viewsets: strict fields, numbers as written, writes through services, history."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as DomainError
from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.validators import UniqueValidator
from rest_framework.viewsets import GenericViewSet, ModelViewSet

from registry.api.base.errors import errors_by_field, validation_error
from registry.api.base.fields import ListedChoiceField, MagnitudeInput
from registry.api.base.filters import PAGING, Filter, apply_filters, refuse_unknown
from registry.api.base.parsers import FiniteJSONParser
from registry.api.base.permissions import actor
from registry.api.base.rows import Columns, Finish, RowList, Rows
from registry.api.base.schema import CellarSchema
from registry.api.base.strict import StrictSerializer
from registry.models.fields import MagnitudeField, WrittenField
from registry.models.number import Qualifier
from registry.models.record import Record
from registry.models.vocabulary import VocabularyField, registered_names
from registry.numbers import catalogue
from registry.numbers.parsing import NotationError, number_as_text
from registry.selectors.history.history import list_changes
from registry.services.record import delete_record, save_record


class RecordSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """A record, saved by its service. Numbers are accepted as text with a unit or as numbers in the field's unit."""

    serializer_choice_field = ListedChoiceField

    def get_uniqueness_extra_kwargs(
        self, field_names: Any, declared_fields: Any, extra_kwargs: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Leave uniqueness to the model, whose messages name the conflicting record."""
        return extra_kwargs, {}

    def get_validators(self) -> list[Any]:
        return []

    def build_standard_field(self, field_name: str, model_field: Any) -> Any:
        """Make magnitude fields writable; word the unique error as the model does."""
        if not isinstance(model_field, MagnitudeField):
            field, kwargs = super().build_standard_field(field_name, model_field)
            if isinstance(model_field, VocabularyField):
                names = ", ".join(f"`{slug}`" for slug in registered_names(model_field.kind))
                kwargs["help_text"] = f"{model_field.help_text} One of {names}.".strip()
            for validator in kwargs.get("validators", ()):
                if isinstance(validator, UniqueValidator):
                    error = self.Meta.model().unique_error_message(self.Meta.model, (model_field.name,))
                    validator.message = error.messages[0]
            return field, kwargs
        unit = catalogue.get(field_name).unit_label
        written = model_field.written
        text = f"`{written}` {f'in {unit}' if unit else 'as a number'}. Send one of the two."
        return MagnitudeInput, {"written": written, "required": False, "allow_null": True, "help_text": text}

    def to_internal_value(self, data: Any) -> Any:
        values = super().to_internal_value(data)
        self._merge_numbers(values)
        return values

    def _merge_numbers(self, values: dict[str, Any]) -> None:
        """Merge each text field and its magnitude field into the text."""
        errors: dict[str, list[ErrorDetail]] = {}
        model: type[models.Model] = self.Meta.model
        for field in model._meta.get_fields():
            if not isinstance(field, MagnitudeField) or field.name not in self.fields:
                continue
            try:
                self._merge_number(values, field)
            except DomainError as error:
                errors[field.written] = [ErrorDetail(text, error.code or "invalid") for text in error.messages]
            except NotationError as error:
                errors[field.name] = [ErrorDetail(str(error), "notation")]
        if errors:
            raise validation_error(errors)

    def _merge_number(self, values: dict[str, Any], field: MagnitudeField) -> None:
        has_number = field.name in values
        number, text = values.pop(field.name, None), values.get(field.written)
        model: type[models.Model] = self.Meta.model
        written_field = model._meta.get_field(field.written)
        assert isinstance(written_field, WrittenField)
        if text is not None:
            written = written_field.written(text.strip())
            magnitude = written.magnitude if written else None
            if has_number and not _equal(number, magnitude):
                shown = f"‘{text}’" if text else "empty"
                raise NotationError(f"{field.written} is {shown} but {field.name} is {number}: send only one of them.")
        elif has_number and number is None:
            values[field.written] = ""
        elif has_number and not self._is_stored(number, field):
            values[field.written] = number_as_text(number, catalogue.get(field.name))
            written_field.written(values[field.written])

    def _is_stored(self, number: float | None, field: MagnitudeField) -> bool:
        """Whether the record has this number; `<600 µm` is not 600 µm."""
        if self.instance is None or getattr(self.instance, f"{field.name}_qualifier") != Qualifier.EQUAL:
            return False
        return _equal(number, getattr(self.instance, field.name))

    def create(self, validated_data: dict[str, Any]) -> Any:
        nested = {name: validated_data.pop(name) for name in self.nested if name in validated_data}
        return self.store(self.Meta.model(**validated_data), nested)

    def update(self, instance: Any, validated_data: dict[str, Any]) -> Any:
        """Set only the fields sent on the current row, so that concurrent requests do not undo each other."""
        nested = {name: validated_data.pop(name) for name in self.nested if name in validated_data}
        with transaction.atomic():
            current = type(instance)._default_manager.select_for_update(of=("self",)).filter(pk=instance.pk).first()
            if current is None:
                raise Http404
            for name, value in validated_data.items():
                setattr(current, name, value)
            return self.store(current, nested)

    nested: ClassVar[tuple[str, ...]] = ()
    """Fields with nested records, which `store` saves."""

    def store(self, record: Any, nested: dict[str, Any]) -> Any:
        return save_record(record, by=actor(self.context["request"]))


def _equal(number: float | None, magnitude: float | None) -> bool:
    if number is None or magnitude is None:
        return number is magnitude
    return math.isclose(number, magnitude, rel_tol=1e-9)


def build_children(
    model: type[Record], items: Sequence[dict[str, Any]], *, name: str, parent: str, owner: Any
) -> list[Any]:
    """Build the layers or ingredients that were sent: update those with an id, create the others."""
    existing = {item.pk: item for item in model.objects.filter(**{parent: owner})} if owner.pk else {}
    children, errors = [], {}
    for number, values in enumerate(items, start=1):
        pk = values.pop("id", None)
        if pk is not None and pk not in existing:
            unknown = f"Id {pk} is not in this list: omit the id to create a new item."
            errors[f"{name}.{number}.id"] = [ErrorDetail(unknown, "unknown-id")]
            continue
        child = existing.pop(pk) if pk is not None else model()
        fields = _defaults(model, exclude=(parent,)) | {"position": number} | values
        for field, value in {**fields, parent: owner}.items():
            setattr(child, field, value)
        try:
            child.full_clean(exclude=[parent], validate_unique=False, validate_constraints=False)
        except DomainError as error:
            errors |= {f"{name}.{number}.{field}".rstrip("._"): texts for field, texts in _field_errors(error)}
        children.append(child)
    if errors:
        raise validation_error(errors)
    return children


def _field_errors(error: DomainError) -> list[tuple[str, list[ErrorDetail]]]:
    return [("" if field == "__all__" else field, texts) for field, texts in errors_by_field(error).items()]


def _defaults(model: type[models.Model], exclude: Collection[str]) -> dict[str, Any]:
    """The default of each editable field."""
    return {
        field.name: field.get_default()
        for field in model._meta.concrete_fields
        if field.editable and not field.primary_key and field.name not in exclude
    }


class FieldChangeSerializer(serializers.Serializer[Any]):
    """A changed field; links by id."""

    name = serializers.CharField()
    before = serializers.JSONField()
    after = serializers.JSONField()


class ChangeSerializer(serializers.Serializer[Any]):
    """A change in a record's history."""

    at = serializers.DateTimeField()
    by = serializers.CharField(help_text="Username; empty for the command line.")
    kind = serializers.ChoiceField(choices=["entered", "changed", "deleted"])
    what = serializers.CharField(help_text="The changed part of the record: `cell`, `layer 1`.")
    reason = serializers.CharField()
    fields = FieldChangeSerializer(many=True)  # type: ignore[assignment]


class ReadViewSet(GenericViewSet[Any]):
    """Accepts only the query parameters it declares."""

    schema = CellarSchema()
    parser_classes: Sequence[type[BaseParser]] = (FiniteJSONParser,)
    filters: ClassVar[Mapping[str, Filter]] = {}
    parameters: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Query parameters of actions other than `list`."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.check_parameters(request)

    def check_parameters(self, request: Request) -> None:
        known = (*self.filters, *PAGING) if self.action == "list" else self.parameters.get(self.action, ())
        refuse_unknown(request, known)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return apply_filters(queryset, self.request, self.filters) if self.action == "list" else queryset

    def get_page_rows(self, queryset: QuerySet[Any], columns: Columns, finish: Finish | None = None) -> Rows:
        """The rows of the requested page."""
        rows: Rows = self.paginate_queryset(RowList(queryset, columns, finish)) or []  # type: ignore[arg-type]
        return rows


class RecordViewSet(ModelViewSet[Any], ReadViewSet):
    """List, retrieve, create, update (PATCH) and delete records, and read their history."""

    http_method_names = ["get", "post", "patch", "delete", "head", "options"]
    lookup_value_regex = r"\d{1,18}"
    history_parts: ClassVar[tuple[tuple[type[Record], str], ...]] = ()
    """Models (and their foreign key to this record) whose history is included."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().visible_to(self.request.user)  # type: ignore[attr-defined]

    def perform_destroy(self, instance: Any) -> None:
        delete_record(instance, by=actor(self.request))

    @extend_schema(responses=ChangeSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def history(self, request: Request, **kwargs: Any) -> Response:
        """All changes of the record, newest first."""
        changes = list_changes(self.get_object(), request.user, self.history_parts)
        return Response(ChangeSerializer(changes, many=True).data)
