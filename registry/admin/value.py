"""Values: reported values are entered as published; computed values are read-only."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from registry.admin.base.interpretation import WrittenInput, interpretation_view
from registry.admin.base.linkable import ScopedInline, actor, row_forms
from registry.admin.base.record import ServiceAdmin
from registry.admin.base.vocabulary import QuantityFilter
from registry.contract.estimate_encoding import components_from_json
from registry.contract.place import Place
from registry.models import Value, ValueOrigin
from registry.models.project import check_link_visible
from registry.numbers import catalogue
from registry.numbers.formatting import format_digits, to_typographic
from registry.selectors.entry.reported_quantities import quantity_choices
from registry.selectors.history.history import value_events
from registry.selectors.query.parsing import value_quantities
from registry.services.value import parse_value, report_value, retire_value


def quantity_name(slug: str) -> str:
    name = catalogue.get_or_placeholder(slug).name
    return name if slug in catalogue.catalogue else f"{name}, not registered"


def value_name(value: Value) -> str:
    """Return the name of the quantity, with the place of the value if it has one."""
    return quantity_name(value.quantity) + (f", {value.place.label}" if value.place else "")


def format_value(value: Value) -> str:
    """Return the value as written, or rounded to its uncertainty, or the reason it is missing."""
    if value.written or value.magnitude is None:
        return value.written or value.missing
    estimate = value.estimate()
    quantity = catalogue.get_or_placeholder(value.quantity)
    digits = to_typographic(format_digits(estimate, count=quantity.is_count)) if estimate else ""
    return f"{digits} {quantity.unit_label}".strip()


class PlaceField(forms.CharField):
    """The place of a value among several of a quantity, written as `peak:2`; cleaned to a place, or None."""

    def __init__(self) -> None:
        help_text = "Only if the quantity has several values: a word and a number, e.g. peak:2"
        super().__init__(label="Place", required=False, max_length=60, help_text=help_text)

    def clean(self, value: Any) -> Place | None:
        text = super().clean(value)
        try:
            return Place.parse(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error)) from error


class ValueForm(forms.ModelForm):
    """A reported value. The form validates it; the service saves it."""

    quantity = forms.ChoiceField(choices=quantity_choices)
    at = PlaceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["at"] = str(self.instance.place or "")
        current = self.instance.quantity
        if current and current not in value_quantities():
            choice = self.fields["quantity"]
            choice.choices = [*choice.choices, (current, f"{current} (no longer registered)")]  # type: ignore[attr-defined]
        if "written" in self.fields:
            slug = self.data.get(self.add_prefix("quantity")) or self.initial.get("quantity", "")
            self.fields["written"].widget = RowQuantityInput(slug)
            self.fields["written"].required = True
            self.fields["written"].label = "Reported value"
            self.fields["written"].help_text = "E.g. 7.87×10^3 Ω, or the reason for a missing number: Coin cell"
        if "cell" in self.fields:
            self.fields["cell"].required = False
            self.fields["measurement"].help_text = "Required unless the value is cell-level."
            self.fields[
                "cell"
            ].help_text = "Only for a cell-level value; otherwise the cell of the measurement is used."

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        has_target = any(cleaned.get(name) or name in self.errors for name in ("measurement", "cell"))
        if "cell" in self.fields and not has_target:
            self.add_error("measurement", "Select a measurement, or a cell for a cell-level value.")
        if not self.has_changed():
            return cleaned
        if "quantity" in cleaned and "written" in cleaned:
            parse_value(cleaned["quantity"], cleaned["written"])
        self._check_target(cleaned)
        return cleaned

    def _check_target(self, cleaned: dict[str, Any]) -> None:
        """Check that measurement and cell match and that the publication is as visible as they are."""
        measurement, cell = cleaned.get("measurement"), cleaned.get("cell")
        if measurement and cell and measurement.cell_id != cell.pk:
            raise ValidationError({"cell": f"The measurement belongs to {measurement.cell}: leave the cell empty."})
        cell = measurement.cell if measurement and measurement.cell_id else cell
        if cell and cleaned.get("publication"):
            check_link_visible("publication", cleaned["publication"], cell.project)

    def validate_unique(self) -> None:
        """Skip: a new report supersedes the previous one."""

    def validate_constraints(self) -> None:
        """Skip: the service validates the value it creates."""


class RowQuantityInput(WrittenInput):
    """Parses with the quantity selected in its row."""

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug

    def get_quantity(self) -> str:
        return self.slug


def report_form(form: Any, request: HttpRequest) -> Value:
    """Report the value of a valid form, replacing the value it showed."""
    value: Value = form.instance
    previous = Value.objects.get(pk=value.pk) if value.pk else None
    place = form.cleaned_data.get("at", value.place)
    if previous and (previous.quantity, previous.place) != (value.quantity, place):
        retire_value(previous, by=actor(request))
    return report_value(
        measurement=value.measurement,
        cell=None if value.measurement else value.cell,
        quantity=value.quantity,
        written=value.written,
        at=place,
        publication=value.publication,
        note=value.note,
        by=actor(request),
    )


class ReportedFormSet(forms.BaseInlineFormSet):
    """At most one reported value per quantity and place."""

    def clean(self) -> None:
        seen = set()
        for form in row_forms(self):
            entered = form.cleaned_data if hasattr(form, "cleaned_data") else {}
            quantity, place = entered.get("quantity"), entered.get("at")
            if quantity and (quantity, place) in seen:
                sentence = "is reported twice: enter the second value on a separate measurement or at another place."
                form.add_error("quantity", f"{quantity_name(quantity)} {sentence}")
            seen.add((quantity, place))

    def validate_unique(self) -> None:
        """Skip: `clean` reports duplicates on the row."""


class ReportedInline(ScopedInline, admin.TabularInline):
    """Reported values of a measurement."""

    model = Value
    form = ValueForm
    formset = ReportedFormSet
    fields = ("quantity", "at", "written", "publication", "note")
    autocomplete_fields = ("publication",)
    verbose_name = "reported value"
    verbose_name_plural = "reported values"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(origin=ValueOrigin.REPORTED, is_latest=True).order_by("pk")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1 if obj else 3


def save_reported_values(formset: Any, request: HttpRequest) -> None:
    """Retire the rows marked for deletion and report new or changed rows."""
    formset.save(commit=False)
    for deleted in formset.deleted_objects:
        retire_value(deleted, by=actor(request))
    for form in row_forms(formset):
        if form.has_changed():
            form.instance.measurement = formset.instance
            report_form(form, request)


@admin.register(Value)
class ValueAdmin(ServiceAdmin):
    form = ValueForm
    list_display = ("name", "as_published", "origin", "measurement", "cell", "publication", "is_latest")
    list_select_related = ("measurement", "cell", "publication")
    list_filter = (
        "origin",
        "is_latest",
        ("quantity", QuantityFilter),
        ("cell__project", RelatedOnlyFieldListFilter),
        ("publication", RelatedOnlyFieldListFilter),
    )
    search_fields = ("quantity", "written", "missing", "cell__refcode", "cell__label_key", "measurement__refcode")
    autocomplete_fields = ("measurement", "cell", "publication")
    readonly_fields = (
        "as_published",
        "origin",
        "is_latest",
        "created_at",
        "created_by",
        "retired_at",
        "retired_by",
        "run",
        "standard_uncertainty",
        "components_listed",
        "methods_listed",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        entered = ("measurement", "cell", "quantity", "at", "written", "publication", "note")
        parts = ("components_listed", "methods_listed") if obj and obj.origin == ValueOrigin.COMPUTED else ()
        details = ("as_published", "standard_uncertainty", *parts, "origin", "run", "is_latest")
        when = ("created_at", "created_by", "retired_at", "retired_by")
        return (*entered, *details, *when) if obj else entered

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        target = ("measurement", "cell") if obj else ()
        return (*super().get_readonly_fields(request, obj), *target)

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        return self.autocomplete_fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_editable = obj is None or (obj.origin == ValueOrigin.REPORTED and obj.is_latest)
        return is_editable and super().has_change_permission(request, obj)

    def history_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"events": value_events(record, actor(request))}

    def get_urls(self) -> Any:
        preview = path("read-as/", self.admin_site.admin_view(interpretation_view), name="registry_read_as")
        return [preview, *super().get_urls()]

    @admin.display(description="quantity", ordering="quantity")
    def name(self, value: Value) -> str:
        return value_name(value)

    @admin.display(description="value", ordering="magnitude")
    def as_published(self, value: Value) -> str:
        return format_value(value)

    @admin.display(description="uncertainty by component")
    def components_listed(self, value: Value) -> str:
        parts = components_from_json(value.components)
        texts = (f"{part.name or 'other'} {to_typographic(f'{part.standard_uncertainty:.2g}')}" for part in parts)
        return ", ".join(texts) or "–"

    @admin.display(description="by method")
    def methods_listed(self, value: Value) -> str:
        texts = (f"{method} {to_typographic(f'{number:.4g}')}" for method, number in value.method_spread)
        return ", ".join(texts) or "–"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Report the value; the new row supersedes the one shown."""
        obj.pk = report_form(form, request).pk
        obj.refresh_from_db()

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        if "_continue" in request.POST:
            return redirect(reverse("admin:registry_value_change", args=[obj.pk]))
        return response

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        retire_value(obj, by=actor(request))

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        values = list(objs)
        return [f"{value.cell}: {value}" for value in values], {"superseded values": len(values)}, set(), []
