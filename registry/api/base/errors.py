"""Errors of the domain as answers, all of one shape.

`{"error": "one sentence", "fields": {"layers.2.thickness": ["what is wrong and how to mend it"]}}`: `fields` names the
field or the query parameter at fault, entries of a list counted from 1; it is empty where no single one is.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as DomainError
from django.db import IntegrityError
from django.http import Http404
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.views import exception_handler as drf_exception_handler

from registry.selectors.comparison.rendering import RenderingError
from registry.selectors.comparison.tables import UnknownTableError
from registry.selectors.query.parsing import QueryError

WHOLE = ("", "detail", "non_field_errors", NON_FIELD_ERRORS)
"""Keys under which Django and DRF put what concerns no single field."""
NOT_FOUND = "There is nothing at this address, or you may not see it: check the address, or sign in."
TAKEN = "Somebody else saved the same at the same moment, so nothing was saved: read it again and retry."


class ErrorSerializer(serializers.Serializer[Any]):
    """What every error looks like."""

    error = serializers.CharField(help_text="What is wrong, in one sentence.")
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField()),
        help_text="By field (`layers.2.thickness`, entries counted from 1) or query parameter: what is wrong with it.",
    )


class NotFoundView(APIView):
    """Every address of the API that leads nowhere."""

    schema = None
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise Http404


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an error of the domain into an answer; anything else stays an error of the server."""
    if isinstance(error, QueryError):
        return _answer({error.parameter: [str(error)]}, status.HTTP_400_BAD_REQUEST, str(error))
    if isinstance(error, UnknownTableError | RenderingError):
        return _answer({}, 404 if isinstance(error, UnknownTableError) else 500, str(error))
    if isinstance(error, IntegrityError):
        return _answer({}, status.HTTP_409_CONFLICT, TAKEN)
    if isinstance(error, DomainError):
        return _answer(flat(plain(error)), status.HTTP_400_BAD_REQUEST)
    if isinstance(error, Http404):
        return _answer({}, status.HTTP_404_NOT_FOUND, NOT_FOUND)
    answer = drf_exception_handler(error, context)
    if answer is not None:
        answer.data = _body(flat(answer.data))
    return answer


def plain(error: DomainError) -> dict[str, list[str]]:
    """Django's error as a mapping of fields to sentences."""
    return dict(error.message_dict) if hasattr(error, "error_dict") else {"": list(error.messages)}


def refusal(fields: Mapping[str, str]) -> ValidationError:
    """An error beside each of these fields."""
    return ValidationError({name: [text] for name, text in fields.items()})


def flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    """Nested errors as dotted paths, entries of a list counted from 1."""
    if isinstance(detail, Mapping):
        found: dict[str, list[str]] = {}
        for key, value in detail.items():
            # DRF counts the entries of a list from 0.
            name = str(key + 1) if isinstance(key, int) else str(key)
            inner = path if name in WHOLE else ".".join(filter(None, (path, name)))
            for place, texts in flat(value, inner).items():
                found.setdefault(place, []).extend(texts)
        return found
    if isinstance(detail, list) and any(isinstance(item, Mapping | list) for item in detail):
        found = {}
        for number, value in enumerate(detail, start=1):
            for place, texts in flat(value, f"{path}.{number}".strip(".")).items():
                found.setdefault(place, []).extend(texts)
        return found
    texts = detail if isinstance(detail, list) else [detail]
    return {path: [str(text) for text in texts]} if texts else {}


def _answer(fields: dict[str, list[str]], code: int, sentence: str = "") -> Response:
    return Response(_body(fields, sentence), status=code)


def _body(fields: dict[str, list[str]], sentence: str = "") -> dict[str, Any]:
    whole = " ".join(fields.pop("", []))
    if not sentence and not whole and fields:
        name, texts = next(iter(fields.items()))
        sentence = f"{name}: {texts[0]}"
    return {"error": sentence or whole or "The request cannot be answered.", "fields": fields}
