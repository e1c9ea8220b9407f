"""Error responses, all in the same format.

`{"error": "one sentence", "fields": {"layers.2.thickness": ["what is wrong and how to fix it"]}}`: `fields` names each
invalid field or query parameter, with list items counted from 1; it is empty if the error concerns no single field.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as DomainError
from django.db import IntegrityError
from django.http import Http404
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.views import exception_handler as drf_exception_handler

from registry.api.base.messages import domain_message, exception_message
from registry.selectors.comparison.rendering import RenderingError
from registry.selectors.comparison.tables import UnknownTableError
from registry.selectors.query.errors import QueryError

NON_FIELD_KEYS = ("", "detail", "non_field_errors", NON_FIELD_ERRORS)
"""Keys Django and DRF use for errors that concern no single field."""
NOT_FOUND = "Not found, or you do not have access: check the URL or sign in."
CONFLICT = "Nothing was saved because of a conflicting change: reload and try again."


class ErrorSerializer(serializers.Serializer[Any]):
    """The format of every error."""

    error = serializers.CharField(help_text="What is wrong, in one sentence.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Errors by field (`layers.2.thickness`, items counted from 1) or query parameter.",
    )


class NotFoundView(APIView):
    """Responds 404 to every unknown API URL."""

    schema = None
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.perform_authentication(request)
        raise Http404


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Convert known errors to responses; any other exception remains a server error."""
    if isinstance(error, QueryError):
        return _error_response({error.parameter: [str(error)]}, status.HTTP_400_BAD_REQUEST, str(error))
    if isinstance(error, UnknownTableError | RenderingError):
        return _error_response({}, 404 if isinstance(error, UnknownTableError) else 500, str(error))
    if isinstance(error, IntegrityError):
        return _error_response({}, status.HTTP_409_CONFLICT, CONFLICT)
    if isinstance(error, DomainError):
        return _error_response(flatten_errors(errors_by_field(error)), status.HTTP_400_BAD_REQUEST)
    if isinstance(error, Http404):
        return _error_response({}, status.HTTP_404_NOT_FOUND, NOT_FOUND)
    response = drf_exception_handler(error, context)
    if response is not None:
        message = exception_message(error, context) if isinstance(error, APIException) else ""
        response.data = _body({}, message) if message else _body(flatten_errors(response.data))
    return response


def errors_by_field(error: DomainError) -> dict[str, list[str]]:
    """The messages of a Django ValidationError by field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return {name: [domain_message(item) for item in errors] for name, errors in by_field.items()}


def validation_error(fields: Mapping[str, str]) -> ValidationError:
    """A ValidationError with one message for each field."""
    return ValidationError({name: [text] for name, text in fields.items()})


def flatten_errors(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors by dotted path, list items counted from 1."""
    if isinstance(detail, Mapping):
        errors: dict[str, list[str]] = {}
        for key, value in detail.items():
            # DRF counts list items from 0.
            name = str(key + 1) if isinstance(key, int) else str(key)
            inner = path if name in NON_FIELD_KEYS else ".".join(filter(None, (path, name)))
            for inner_path, texts in flatten_errors(value, inner).items():
                errors.setdefault(inner_path, []).extend(texts)
        return errors
    if isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        errors = {}
        for number, value in enumerate(detail, start=1):
            for inner_path, texts in flatten_errors(value, f"{path}.{number}".strip(".")).items():
                errors.setdefault(inner_path, []).extend(texts)
        return errors
    texts = detail if isinstance(detail, list) else [detail]
    return {path: [str(text) for text in texts]} if texts else {}


def _error_response(fields: dict[str, list[str]], code: int, message: str = "") -> Response:
    return Response(_body(fields, message), status=code)


def _body(fields: dict[str, list[str]], message: str = "") -> dict[str, Any]:
    general = " ".join(fields.pop("", []))
    if not message and not general and fields:
        name, texts = next(iter(fields.items()))
        field = f"‘{name.rpartition('.')[2]}’"
        message = texts[0].replace(field, f"‘{name}’", 1) if field in texts[0] else f"{name}: {texts[0]}"
    return {"error": message or general or "Invalid request.", "fields": fields}
