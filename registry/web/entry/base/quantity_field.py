"""Inputs of pages for numbers as one types them, with what was understood below."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from registry.services.entry.interpretation import Interpretation, interpret

ECHO_CLASSES = {"number": "", "words": "warn", "error": "bad"}
"""Class of the echo for each kind of interpretation; static/registry/echo.js has the same."""


@dataclass(frozen=True, kw_only=True)
class QuantityField:
    """A labelled input for a number of a quantity, for the template web/entry/_field.html."""

    name: str
    """Name of the input in the form."""
    label: str
    quantity: str
    text: str = ""
    """The number as typed."""
    example: str = ""
    note: str = ""
    """Shown before what was understood, such as where a proposed number comes from."""
    error: str = ""
    """Shown in place of what was understood."""
    form: str = ""
    """Id of the form, where the input is outside of it."""

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def echo(self) -> Interpretation:
        """Interpretation of the text, or its error."""
        return Interpretation(self.error, "error") if self.error else interpret(self.quantity, self.text)

    @property
    def echo_class(self) -> str:
        return ECHO_CLASSES.get(self.echo.kind, "")


@require_safe
def read_as(request: HttpRequest) -> JsonResponse:
    """Interpret a text while it is being typed, by the parser that reads it when it is saved."""
    if not request.user.is_authenticated:
        raise PermissionDenied("Sign in to enter numbers.")
    return JsonResponse(interpret(request.GET.get("quantity", ""), request.GET.get("written", ""))._asdict())
