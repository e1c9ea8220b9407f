"""Error responses, all in the same format.

`{"error": "one sentence", "code": "notation", "fields": {"layers.2.thickness": ["what is wrong and how to fix it"]},
"codes": {"layers.2.thickness": ["notation"]}}`: `fields` names each invalid field or query parameter, with list items
counted from 1; it is empty if the error concerns no single field. `codes` has the code of each sentence of `fields`,
and `code` that of the sentence in `error`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as DomainError
from django.db import IntegrityError
from django.http import Http404
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
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
NOT_FOUND = ErrorDetail("Not found, or you do not have access: check the URL or sign in.", "not-found")
CONFLICT = ErrorDetail("Nothing was saved because of a conflicting change: reload and try again.", "conflict")
KINDS: Mapping[type[Exception], tuple[int, str]] = {
    UnknownTableError: (status.HTTP_404_NOT_FOUND, "unknown-table"),
    RenderingError: (status.HTTP_500_INTERNAL_SERVER_ERROR, "table-format-failed"),
    IntegrityError: (status.HTTP_409_CONFLICT, "conflict"),
}
"""Status and code of errors that concern no field."""


class ErrorSerializer(serializers.Serializer[Any]):
    """The format of every error."""

    error = serializers.CharField(help_text="What is wrong and how to correct it.")
    code = serializers.CharField(help_text="Code of the message in `error`.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Errors by field (`layers.2.thickness`, items counted from 1) or query parameter.",
    )
    codes = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Code of each message in `fields`, in the same order.",
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
        message = ErrorDetail(str(error), error.code)
        return _error_response({error.parameter: [message]}, status.HTTP_400_BAD_REQUEST, message)
    for kind, (status_code, code) in KINDS.items():
        if isinstance(error, kind):
            general = CONFLICT if kind is IntegrityError else ErrorDetail(str(error), code)
            return _error_response({}, status_code, general)
    if isinstance(error, DomainError):
        return Response(_body(flatten_errors(errors_by_field(error))), status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, Http404):
        return _error_response({}, status.HTTP_404_NOT_FOUND, NOT_FOUND)
    response = drf_exception_handler(error, context)
    if response is not None:
        own = exception_message(error, context) if isinstance(error, APIException) else None
        response.data = _body({}, own) if own else _body(flatten_errors(response.data))
    return response


def errors_by_field(error: DomainError) -> dict[str, list[ErrorDetail]]:
    """The messages of a Django ValidationError by field."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"": error.error_list}
    return {name: [domain_message(item) for item in errors] for name, errors in by_field.items()}


def validation_error(fields: Mapping[str, str | Sequence[str]], code: str = "invalid") -> ValidationError:
    """A ValidationError with one or several messages for each field, with this code unless a message has its own."""
    return ValidationError(
        {name: [text] if isinstance(text, str) else list(text) for name, text in fields.items()}, code
    )


def flatten_errors(detail: Any, path: str = "") -> dict[str, list[ErrorDetail]]:
    """Nested errors by dotted path, list items counted from 1."""
    if isinstance(detail, Mapping):
        errors: dict[str, list[ErrorDetail]] = {}
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
    return {path: [_with_code(text) for text in texts]} if texts else {}


def _with_code(text: Any) -> ErrorDetail:
    return text if isinstance(text, ErrorDetail) else ErrorDetail(str(text), "invalid")


def _error_response(fields: dict[str, list[ErrorDetail]], status_code: int, message: ErrorDetail) -> Response:
    return Response(_body(fields, message), status=status_code)


def _body(fields: dict[str, list[ErrorDetail]], message: ErrorDetail | None = None) -> dict[str, Any]:
    message = message or _first_message(fields)
    general = fields.pop("", [])
    if general:
        message = ErrorDetail(" ".join(general), message.code)
    return {
        "error": str(message),
        "code": message.code,
        "fields": {name: [str(text) for text in texts] for name, texts in fields.items()},
        "codes": {name: [text.code for text in texts] for name, texts in fields.items()},
    }


def _first_message(fields: Mapping[str, list[ErrorDetail]]) -> ErrorDetail:
    """The first message, after the name of its field if it concerns one."""
    if not fields:
        return ErrorDetail("Invalid request.", "invalid")
    name = "" if "" in fields else next(iter(fields))
    first = fields[name][0]
    return ErrorDetail(f"{name}: {first}", first.code) if name else first
