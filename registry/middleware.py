"""Requests whose address or headers hold text that no database keeps are answered 400, before anything reads them."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from registry.text.cleaning import TextError, check_text, escaped

API = "/api/"


class RequestTextMiddleware:
    """Checks path, query string, cookies and headers, and the rows chosen in a list of the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return _refusal(request, _texts(request)) or self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The lists of the admin look up the keys of the rows a form names, without checking them."""
        match = request.resolver_match
        if request.method != "POST" or match is None or not (match.url_name or "").endswith("_changelist"):
            return None
        return _refusal(request, (("", key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)))


def _texts(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Texts of a request, each with the query parameter it belongs to, empty for what is none."""
    yield "", request.path_info
    for name, values in request.GET.lists():
        yield from ((name, text) for text in (name, *values))
    headers = [str(value) for name, value in request.META.items() if name.startswith("HTTP_")]
    # Only NUL: bytes of a header are read as Latin-1, so that UTF-8 in one looks like control characters.
    yield from (("", "\0") for text in (*headers, *request.COOKIES.values()) if "\0" in text)


def _refusal(request: HttpRequest, texts: Iterator[tuple[str, str]]) -> HttpResponse | None:
    """The answer to a request with a text that cannot be stored, in the form of its face; None if there is no such."""
    for name, text in texts:
        try:
            check_text(text)
        except TextError as error:
            return _answer(request, escaped(name), str(error))
    return None


def _answer(request: HttpRequest, name: str, sentence: str) -> HttpResponse:
    if not request.path_info.startswith(API):
        return render(request, "400.html", {"reason": f"{name}: {sentence}".removeprefix(": ")}, status=400)
    fields = {name: [sentence]} if name else {}
    return JsonResponse({"error": f"{name}: {sentence}".removeprefix(": "), "fields": fields}, status=400)
