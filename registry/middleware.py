"""Reject requests whose URL, headers or cookies contain text that a database cannot store."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from registry.text.cleaning import TextError, check_text, escaped

API = "/api/"
CODE = "control-characters"


class RequestTextMiddleware:
    """Respond 400 to control characters in the path, query string, headers, cookies or selected admin rows."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _error_response(request, _request_texts(request)) or self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Check the keys of rows selected in an admin list: the admin looks them up unchecked."""
        match = request.resolver_match
        if request.method != "POST" or match is None or not (match.url_name or "").endswith("_changelist"):
            return None
        return _error_response(request, (("", key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)))


def _request_texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Texts of a request, each with the name of its query parameter, or '' if it is not from the query string."""
    yield "", request.path_info
    for name, values in request.GET.lists():
        yield from ((name, text) for text in (name, *values))
    headers = [str(value) for name, value in request.META.items() if name.startswith("HTTP_")]
    # Only NUL: headers are decoded as Latin-1, so UTF-8 in a header looks like control characters.
    yield from (("", "\0") for text in (*headers, *request.COOKIES.values()) if "\0" in text)


def _error_response(request: HttpRequest, texts: Iterator[tuple[str, str]]) -> HttpResponse | None:
    """A 400 response for the first text that cannot be stored, as JSON for the API, else as a page; None if all can."""
    for name, text in texts:
        try:
            check_text(text)
        except TextError as error:
            return _bad_request(request, escaped(name), str(error))
    return None


def _bad_request(request: HttpRequest, name: str, message: str) -> HttpResponse:
    reason = f"{name}: {message}" if name else message
    if not request.path_info.startswith(API):
        return render(request, "400.html", {"reason": reason}, status=400)
    fields, codes = ({name: [message]}, {name: [CODE]}) if name else ({}, {})
    return JsonResponse({"error": reason, "code": CODE, "fields": fields, "codes": codes}, status=400)
