"""Where a number that was entered comes from: as written, how it was understood, who entered it and what was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from registry.models import Cell, Condition, HardwareSetup, Layer, Material
from registry.models.condition import VOLTAGE_WINDOW, in_order
from registry.models.fields import WrittenField
from registry.models.record import Record
from registry.models.visibility import AnyUser
from registry.numbers.catalogue import get_or_placeholder
from registry.plugin_loading.names import condition_name
from registry.selectors.history.entered_number import Entry, list_entries
from registry.services.entry.interpretation import interpret
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.presentation.text import typeset

RELATED: Mapping[type[Record], tuple[str, ...]] = {
    Cell: (),
    Layer: ("cell", "material", "formulation"),
    Condition: ("measurement__cell",),
    Material: (),
    HardwareSetup: (),
}
KINDS = {str(model._meta.model_name): model for model in RELATED}
"""Records of which each number has a page, by their name in the address."""


@dataclass(frozen=True)
class EnteredNumber:
    """A number with what was entered for it, newest first."""

    name: str
    text: str
    understood: str
    entries: list[Entry]

    @property
    def latest(self) -> Entry | None:
        return self.entries[0] if self.entries else None

    @property
    def earlier(self) -> list[Entry]:
        return self.entries[1:]


@require_safe
def entered_number(request: HttpRequest, kind: str, pk: int, field: str) -> HttpResponse:
    """A number that was entered, as a page or as a part of one."""
    model = KINDS.get(kind)
    if model is None or not _is_number(model, field):
        raise Http404
    visible = model.objects.visible_to(request.user).select_related(*RELATED[model])
    record = get_object_or_404(visible, pk=pk)
    numbers = [_describe(item, field, request.user) for item in _shown_together(record)]
    context = {"numbers": numbers, "name": numbers[0].name, **_describe_record(record)}
    response = render(request, "web/_entered.html" if is_by_htmx(request) else "web/entered.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _is_number(model: type[Record], field: str) -> bool:
    if model is Condition:
        return field == "written"
    try:
        return isinstance(model._meta.get_field(field), WrittenField)
    except FieldDoesNotExist:
        return False


def _shown_together(record: Any) -> list[Any]:
    """The record; for a voltage limit, which pages show as one window, both limits of the measurement."""
    if not isinstance(record, Condition) or record.quantity not in VOLTAGE_WINDOW:
        return [record]
    limits = Condition.objects.filter(measurement=record.measurement_id, quantity__in=VOLTAGE_WINDOW)
    by_slug = {limit.quantity: limit for limit in limits}
    return [by_slug[slug] for slug in in_order(by_slug)]


def _describe(record: Any, field: str, user: AnyUser) -> EnteredNumber:
    if isinstance(record, Condition):
        slug, name = record.quantity, condition_name(record.quantity)
    else:
        slug = record._meta.get_field(field).quantity
        name = get_or_placeholder(slug).name
    text = getattr(record, field)
    entries = list_entries(record, field, user)
    return EnteredNumber(name, typeset(text) or "not entered", _understood(slug, text), entries)


def _understood(slug: str, text: str) -> str:
    """How a text was understood; empty if it is none, or can no longer be read."""
    interpretation = interpret(slug, text)
    if interpretation.kind == "words":
        return "the reason for a missing number"
    return interpretation.text.removeprefix("= ") if interpretation.kind == "number" else ""


def _describe_record(record: Any) -> dict[str, Any]:
    """Owner of the number, and the page that shows it."""
    if isinstance(record, Condition):
        measurement = record.measurement
        address, cell = f"{measurement.cell.get_absolute_url()}#{measurement.refcode}", measurement.cell
        return {"of": str(measurement.refcode), "label": measurement.label, "address": address, "cell": cell}
    if isinstance(record, Layer):
        of = f"{record.role_name}, layer {record.position}"
        return {"of": of, "label": record.label, "address": record.cell.get_absolute_url(), "cell": record.cell}
    if isinstance(record, Cell):
        return {"of": record.refcode, "label": record.label, "address": record.get_absolute_url(), "cell": record}
    page = "web:material" if isinstance(record, Material) else "web:setup"
    return {"of": record.name, "label": "", "address": reverse(page, args=[record.pk]), "cell": None}
