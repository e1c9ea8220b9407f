"""Inputs for written numbers, with the parsed value shown below the field."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html

from registry.services.entry.interpretation import Interpretation, interpret


def interpretation_view(request: HttpRequest) -> JsonResponse:
    """Interpret a text while it is being typed."""
    return JsonResponse(interpret(request.GET.get("quantity", ""), request.GET.get("written", ""))._asdict())


class WrittenInput(forms.TextInput):
    """A text input with the parsed number below it. Without `quantity`, the quantity selected in the row is used."""

    class Media:
        js = ["registry/read_as.js"]

    def __init__(self, attrs: dict[str, Any] | None = None, *, quantity: str = "") -> None:
        self.quantity = quantity
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"].update(
            {
                "autocomplete": "off",
                "size": 22,
                "data-quantity": self.quantity,
                "data-read-as": reverse("admin:registry_read_as"),
            }
        )
        return context

    def get_quantity(self) -> str:
        """Return the slug of the quantity used to parse the text."""
        return self.quantity

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        understood = interpret(self.get_quantity(), str(value or ""))
        if understood.kind == "error":
            # The form already shows the error.
            understood = Interpretation()
        return format_html(
            '<span class="written">{}<span class="read-as read-as-{}" aria-live="polite">{}</span></span>',
            super().render(name, value, attrs, renderer),
            understood.kind,
            understood.text,
        )


def written_column(field: str, slug: str, title: str) -> Any:
    """Return a list column that shows a number as written and sorts by its magnitude."""

    @admin.display(description=title, ordering=slug, empty_value="–")
    def column(record: Any) -> str:
        return getattr(record, field) or "–"

    column.__name__ = f"{field}_as_written"
    return column
