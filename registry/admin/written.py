"""Numbers typed as printed, with what was understood shown back beside the field."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html

from registry.display import pretty
from registry.hookspecs import Quantity
from registry.notation import Written
from registry.services.value import value_parse

SIGNS = {"=": "=", ">": "more than", "<": "less than", "~": "about"}


def read_as(written: Written, quantity: Quantity) -> str:
    """Say what was understood: ‘= 0.000366 S cm⁻¹, 0.0003655 to 0.0003665’, ‘no number: Coin cell’."""
    if written.magnitude is None:
        return f"no number: {written.missing}"
    parts = [f"{SIGNS[written.qualifier]} {_plainly(written.magnitude)} {quantity.unit_label}".rstrip()]
    if written.lower is not None and written.upper is not None and written.lower != written.upper:
        parts.append(f"{_plainly(written.lower)} to {_plainly(written.upper)}")
    if written.standard_uncertainty:
        parts.append(f"standard uncertainty {_plainly(written.standard_uncertainty)}")
    if written.exact:
        parts.append("exact")
    if written.inferred:
        parts.append("inferred")
    return ", ".join(parts)


def _plainly(number: float) -> str:
    return pretty(f"{number:.10g}")


def understood(quantity: str, text: str) -> tuple[str, str]:
    """Return what was understood and what is wrong; one of the two is empty."""
    if not text.strip() or not quantity:
        return "", ""
    try:
        known, written = value_parse(quantity, text)
    except ValidationError as error:
        return "", " ".join(error.messages)
    return read_as(written, known), ""


def read_as_view(request: HttpRequest) -> JsonResponse:
    """Answer the preview while somebody types."""
    text, error = understood(request.GET.get("quantity", ""), request.GET.get("written", ""))
    return JsonResponse({"text": text, "error": error})


class WrittenInput(forms.TextInput):
    """A text input with the parsed number under it. Without a quantity of its own it follows the row's `quantity`."""

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

    def parsed_by(self) -> str:
        """Slug of the quantity the text is read as."""
        return self.quantity

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        return format_html(
            '<span class="written">{}<span class="read-as" aria-live="polite">{}</span></span>',
            super().render(name, value, attrs, renderer),
            understood(self.parsed_by(), str(value or ""))[0],
        )


def as_written(field: str, slug: str, title: str) -> Any:
    """Make a list column that prints a number as written and sorts by its magnitude."""

    @admin.display(description=title, ordering=slug, empty_value="–")
    def column(record: Any) -> str:
        return getattr(record, field) or "–"

    column.__name__ = f"{field}_as_written"
    return column
