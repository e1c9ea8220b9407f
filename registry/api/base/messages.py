"""Sentences of the API in place of those of Django and Django REST framework: what is wrong, and what to do."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DomainError
from django.utils.functional import Promise
from rest_framework import exceptions, serializers

FIELD_MESSAGES: Mapping[type[serializers.Field], Mapping[str, str]] = {
    serializers.Field: {
        "required": "Missing: send a value.",
        "null": "Null is not allowed: send a value.",
    },
    serializers.CharField: {
        "invalid": "Not a string: send a JSON string.",
        "blank": "Empty: send a value.",
        "max_length": "Too long: send at most {max_length} characters.",
        "min_length": "Too short: send at least {min_length} characters.",
    },
    serializers.SlugField: {
        "invalid": "Not a slug: send letters without accents, digits, hyphens and underscores only.",
        "invalid_unicode": "Not a slug: send letters, digits, hyphens and underscores only.",
    },
    serializers.BooleanField: {"invalid": "Not a boolean: send true or false."},
    serializers.IntegerField: {
        "invalid": "Not a whole number: send a number such as 3.",
        "max_value": "Too large: send at most {max_value}.",
        "min_value": "Too small: send at least {min_value}.",
        "max_string_length": "Too many digits: send a smaller number.",
    },
    serializers.BigIntegerField: {"invalid": "Not a whole number: send a number such as 3."},
    serializers.FloatField: {
        "invalid": "Not a number: send a number such as 0.5.",
        "max_value": "Too large: send at most {max_value}.",
        "min_value": "Too small: send at least {min_value}.",
        "max_string_length": "Too many digits: send fewer.",
        "overflow": "Too large: send a number below 1e300.",
    },
    serializers.ChoiceField: {"invalid_choice": "‘{input}’ is not a choice: send one that is listed in /api/schema/."},
    serializers.DateField: {
        "invalid": "Not a date: send one such as 2025-03-01.",
        "datetime": "A time is not allowed: send only the date.",
    },
    serializers.DateTimeField: {
        "invalid": "Not a date and time: send one such as 2025-03-01T12:00:00Z.",
        "date": "The time is missing: send a date and time such as 2025-03-01T12:00:00Z.",
        "make_aware": "This time does not exist in the time zone {timezone}: send another, or one with its offset.",
        "overflow": "Out of range: send a time after the year 1.",
    },
    serializers.ListField: {
        "not_a_list": "Not a list: send a JSON array.",
        "empty": "The list is empty: send at least one item.",
        "min_length": "Too few items: send at least {min_length}.",
        "max_length": "Too many items: send at most {max_length}.",
    },
    serializers.DictField: {
        "not_a_dict": "Not an object: send a JSON object.",
        "empty": "The object is empty: send at least one entry.",
    },
    serializers.JSONField: {"invalid": "Not valid JSON: correct it."},
    serializers.FileField: {
        "required": "No file: send one as multipart/form-data.",
        "invalid": "Not a file: send one as multipart/form-data.",
        "no_name": "The file has no name: send it with one.",
        "empty": "The file is empty: send one with data.",
        "max_length": "The name of the file is too long: send at most {max_length} characters, not {length}.",
    },
    serializers.PrimaryKeyRelatedField: {
        "does_not_exist": "Id {pk_value} does not exist, or you do not have access: send another.",
        "incorrect_type": "Not an id: send a whole number.",
    },
    serializers.SlugRelatedField: {
        "does_not_exist": "‘{value}’ does not exist: send another {slug_name}.",
        "invalid": "Not a string: send a JSON string.",
    },
    serializers.Serializer: {"invalid": "Not an object: send a JSON object."},
    serializers.ListSerializer: {
        "not_a_list": "Not a list: send a JSON array.",
        "empty": "The list is empty: send at least one item.",
        "min_length": "Too few items: send at least {min_length}.",
        "max_length": "Too many items: send at most {max_length}.",
    },
}
DOMAIN_MESSAGES: Mapping[str, str] = {
    "blank": "Empty: enter a value.",
    "null": "Missing: enter a value.",
    "invalid_choice": "‘{value}’ is not a choice: enter one that is listed in /api/schema/.",
    "max_length": "Too long: enter at most {limit_value} characters, not {show_value}.",
    "min_length": "Too short: enter at least {limit_value} characters, not {show_value}.",
    "max_value": "Too large: enter at most {limit_value}.",
    "min_value": "Too small: enter at least {limit_value}.",
    "invalid": "Not valid: correct it.",
}
"""By code, for the errors of Django's own fields and validators."""
EXCEPTION_MESSAGES: Mapping[type[exceptions.APIException], str] = {
    exceptions.NotAuthenticated: "You are not signed in: send the header ‘Authorization: Token …’.",
    exceptions.AuthenticationFailed: "The token is not valid or its user is not active: sign in to get a new token.",
    exceptions.PermissionDenied: "Permission denied: ask an owner of the project for a role that allows it.",
    exceptions.MethodNotAllowed: "This URL does not accept {method}: use {allowed}.",
    exceptions.NotAcceptable: "This format is not available: accept application/json, or omit the Accept header.",
    exceptions.UnsupportedMediaType: "The content type ‘{media_type}’ is not supported: send application/json, or "
    "multipart/form-data for a file.",
    exceptions.ParseError: "The body cannot be read: send valid JSON.",
    exceptions.Throttled: "Too many requests: wait a minute.",
}
PAGE = "Page ‘{page_number}’ does not exist: count from 1, and stop when `next` is null."


def use_plain_messages() -> None:
    """Give the fields of Django REST framework these sentences; our own fields override them as before."""
    for field, messages in FIELD_MESSAGES.items():
        own = field.__dict__.get("default_error_messages", {})
        field.default_error_messages = {**own, **messages}


def domain_message(error: DomainError) -> exceptions.ErrorDetail:
    """The sentence of a single error of a model, with its code; those that Django has written are replaced."""
    code = error.code or "invalid"
    is_djangos = isinstance(error.message, Promise) or error.code in ("null", "blank")
    if not is_djangos or code not in DOMAIN_MESSAGES:
        return exceptions.ErrorDetail(str(error.messages[0]), code)
    parameters = dict.fromkeys(("value", "limit_value", "show_value"), "") | dict(error.params or {})
    return exceptions.ErrorDetail(DOMAIN_MESSAGES[code].format(**parameters), code)


def exception_message(error: exceptions.APIException, context: Mapping[str, Any]) -> exceptions.ErrorDetail | None:
    """The sentence in place of the one an exception has by default; None if it has its own."""
    template = EXCEPTION_MESSAGES.get(type(error), "")
    if not template or not _is_default(error):
        return None
    view, request = context.get("view"), context.get("request")
    allowed = [method for method in getattr(view, "allowed_methods", ()) if method != "OPTIONS"]
    text = template.format(
        method=getattr(request, "method", ""),
        allowed=" or ".join(filter(None, (", ".join(allowed[:-1]), *allowed[-1:]))) or "another",
        media_type=getattr(request, "content_type", ""),
    )
    return exceptions.ErrorDetail(text, type(error).default_code)


def _is_default(error: exceptions.APIException) -> bool:
    """Whether its text comes from Django REST framework or knox rather than from here."""
    if isinstance(error, exceptions.MethodNotAllowed | exceptions.UnsupportedMediaType):
        return True
    texts = {str(type(error).default_detail), *KNOX}
    return str(error.detail) in texts


KNOX = ("Invalid token.", "User inactive or deleted.")
"""Sentences of the package that checks tokens."""
