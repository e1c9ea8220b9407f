"""Serializers that reject unknown and read-only fields instead of ignoring them."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.request import Request

from registry.api.base.errors import validation_error
from registry.api.base.messages import use_plain_messages
from registry.api.base.renderers import FastJSONRenderer
from registry.selectors.query.parsing import nearest

use_plain_messages()


class StrictSerializer(serializers.Serializer[Any]):
    """Rejects unknown fields, and read-only fields unless their value is unchanged.

    A client can therefore read an object, change part of it and send it back.
    """

    read_serializer: ClassVar[type[serializers.BaseSerializer[Any]] | None] = None
    """Serializer for reading the object, if it differs; its fields count as read-only."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (errors := self._rejected_fields(data)):
            raise validation_error(errors)
        return super().to_internal_value(data)

    def _rejected_fields(self, data: Mapping[str, Any]) -> dict[str, str]:
        """Errors of the unknown, read-only and repeated fields."""
        writable = [name for name, field in self.fields.items() if not field.read_only]
        errors: dict[str, str] = {}
        for name in data:
            if name in writable:
                count = len(data.getlist(name)) if hasattr(data, "getlist") else 1
                if count > 1:
                    errors[name] = ErrorDetail(f"Sent {count} times: send it once.", "repeated-field")
            elif name not in {*self.fields, *self._read_fields()}:
                errors[str(name)] = ErrorDetail(f"Unknown field.{nearest(str(name), writable)}", "unknown-field")
            elif (current := self._current(data)) is None:
                errors[name] = ErrorDetail("Read-only: omit it.", "read-only")
            elif name not in current or data[name] != current[name]:
                errors[name] = ErrorDetail("Read-only, cannot be changed: omit it.", "read-only")
        return errors

    def _read_fields(self) -> Mapping[str, Any]:
        return self.read_serializer().fields if self.read_serializer else {}  # type: ignore[attr-defined]

    def _current(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The current object, or the nested item with the same id, as it is read; None if it is new."""
        if self.parent is None:
            return self._representation()
        parent = self.parent.parent
        if not isinstance(parent, StrictSerializer) or "id" not in data:
            return None
        items = (parent._representation() or {}).get(str(self.parent.field_name), ())
        return next((item for item in items if item["id"] == data["id"]), None)

    def _representation(self) -> dict[str, Any] | None:
        """The object as JSON before it is changed, cached."""
        if self.instance is None:
            return None
        if not hasattr(self, "_cached"):
            serializer = (self.read_serializer or type(self))(self.instance, context=self.context)
            self._cached: dict[str, Any] = json.loads(FastJSONRenderer().render(serializer.data))
        return self._cached


class EmptySerializer(StrictSerializer):
    """The body of an action without fields."""


def refuse_fields(request: Request) -> None:
    """Reject every field of a request to an action without fields."""
    EmptySerializer(data=request.data).is_valid(raise_exception=True)
