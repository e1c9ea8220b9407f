"""Serializers that drop nothing of what is sent: a field they do not take is an error that says why."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request

from registry.api.base.errors import refusal
from registry.api.base.renderers import FastJSONRenderer
from registry.selectors.query.parsing import nearest


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses fields it does not take: unknown ones with the nearest it knows, read-only ones unless they are the same,
    so that an object may be read, changed in part and sent back whole.
    """

    shown_as: ClassVar[type[serializers.BaseSerializer[Any]] | None] = None
    """What the same object is read as, where that is another serializer; its fields count as read-only."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (errors := self._refused_fields(data)):
            raise refusal(errors)
        return super().to_internal_value(data)

    def _refused_fields(self, data: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with each field that is not taken."""
        taken = [name for name, field in self.fields.items() if not field.read_only]
        errors = {}
        for name in data:
            if name in taken:
                times = len(data.getlist(name)) if hasattr(data, "getlist") else 1
                if times > 1:
                    errors[name] = f"‘{name}’ was sent {times} times: send it once."
            elif name not in {*self.fields, *self._shown_fields()}:
                errors[str(name)] = f"There is no field ‘{name}’.{nearest(str(name), taken)}"
            elif (current := self._current(data)) is None:
                errors[name] = f"‘{name}’ is set by the registry: leave it out."
            elif name not in current or data[name] != current[name]:
                errors[name] = f"‘{name}’ is set by the registry and cannot be changed: leave it out."
        return errors

    def _shown_fields(self) -> Mapping[str, Any]:
        return self.shown_as().fields if self.shown_as else {}  # type: ignore[attr-defined]

    def _current(self, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """What a reader is shown of the object that is changed, or of the entry of it with the same id; None if new."""
        if self.parent is None:
            return self._shown_now()
        whole = self.parent.parent
        if not isinstance(whole, StrictSerializer) or "id" not in data:
            return None
        entries = (whole._shown_now() or {}).get(str(self.parent.field_name), ())
        return next((entry for entry in entries if entry["id"] == data["id"]), None)

    def _shown_now(self) -> dict[str, Any] | None:
        """The object as JSON before it is changed, made once."""
        if self.instance is None:
            return None
        if not hasattr(self, "_shown"):
            serializer = (self.shown_as or type(self))(self.instance, context=self.context)
            self._shown: dict[str, Any] = json.loads(FastJSONRenderer().render(serializer.data))
        return self._shown


class EmptySerializer(StrictSerializer):
    """What is sent with an action that takes no fields."""


def refuse_fields(request: Request) -> None:
    """Refuse every field sent with an action that takes none."""
    EmptySerializer(data=request.data).is_valid(raise_exception=True)
