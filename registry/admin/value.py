"""Values: reported ones typed as printed, computed ones to read."""

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
from registry.models import Value, ValueOrigin
from registry.models.project import check_link_visible
from registry.numbers import catalogue
from registry.numbers.formatting import format_digits, to_typographic
from registry.selectors.history import value_events
from registry.selectors.query.parsing import value_quantities
from registry.services.runs.queue import queue_cells
from registry.services.value import parse_value, report_value, retire_value

GROUPS = {
    "Resistance and conductivity": ("Ω", "S cm⁻¹"),
    "Capacity": ("mAh", "mAh g⁻¹", "mAh cm⁻²"),
    "Cycling": ("% per cycle", "%", ""),
    "Voltage and energy": ("V", "Wh kg⁻¹", "Wh L⁻¹"),
}


def quantity_choices() -> list[tuple[str, Any]]:
    """Quantities a value may have, grouped by what they measure, units beside the names."""
    groups: dict[str, list[tuple[str, str]]] = {name: [] for name in (*GROUPS, "Other")}
    for slug in value_quantities():
        unit = catalogue.get(slug).unit_label
        group = next((name for name, units in GROUPS.items() if unit in units), "Other")
        groups[group].append((slug, quantity_label(slug)))
    named = [(name, sorted(found, key=lambda one: one[1])) for name, found in groups.items() if found]
    return [("", "---------"), *named]


def quantity_label(slug: str) -> str:
    if slug not in catalogue.catalogue:
        return slug
    quantity = catalogue.get(slug)
    return f"{quantity.name} ({quantity.unit_label})" if quantity.unit_label else quantity.name


def quantity_name(slug: str) -> str:
    return catalogue.get(slug).name if slug in catalogue.catalogue else slug


def printed(value: Value) -> str:
    """A value as written, or with the digits its doubt warrants, or why there is none."""
    if value.written or value.magnitude is None:
        return value.written or value.missing
    estimate = value.estimate()
    known = catalogue.catalogue.get(value.quantity)
    digits = to_typographic(format_digits(estimate, count=bool(known and known.is_count))) if estimate else ""
    return f"{digits} {known.unit_label if known else ''}".strip()


class ValueForm(forms.ModelForm):
    """A reported value. What is saved is made by the service; the form only reads and checks."""

    quantity = forms.ChoiceField(choices=quantity_choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        standing = self.instance.quantity
        if standing and standing not in value_quantities():
            choice = self.fields["quantity"]
            choice.choices = [*choice.choices, (standing, f"{standing} (no longer registered)")]  # type: ignore[attr-defined]
        if "written" in self.fields:
            slug = self.data.get(self.add_prefix("quantity")) or self.initial.get("quantity", "")
            self.fields["written"].widget = _WrittenOf(slug)
            self.fields["written"].required = True
            self.fields["written"].label = "As printed"
            self.fields["written"].help_text = "For example 7.87×10^3 Ω, or why there is none: Coin cell"
        if "cell" in self.fields:
            self.fields["cell"].required = False
            self.fields["measurement"].help_text = "Required, unless the value is one of the whole cell."
            self.fields["cell"].help_text = "Only for a value of the whole cell; otherwise it is the measurement's."

    def clean(self) -> Any:
        cleaned = super().clean() or self.cleaned_data
        told = any(cleaned.get(name) or name in self.errors for name in ("measurement", "cell"))
        if "cell" in self.fields and not told:
            self.add_error("measurement", "Give the measurement, or the cell if the value is one of the whole cell.")
        if not self.has_changed():
            return cleaned
        if "quantity" in cleaned and "written" in cleaned:
            parse_value(cleaned["quantity"], cleaned["written"])
        self._check_place(cleaned)
        return cleaned

    def _check_place(self, cleaned: dict[str, Any]) -> None:
        """A value stands on a measurement or on a whole cell; its publication must be as open as they are."""
        measurement, cell = cleaned.get("measurement"), cleaned.get("cell")
        if measurement and cell and measurement.cell_id != cell.pk:
            raise ValidationError({"cell": f"The measurement is one of {measurement.cell}: leave the cell empty."})
        cell = measurement.cell if measurement and measurement.cell_id else cell
        if cell and cleaned.get("publication"):
            check_link_visible("publication", cleaned["publication"], cell.project)

    def validate_unique(self) -> None:
        """A report supersedes the one before it."""

    def validate_constraints(self) -> None:
        """The service checks the value it makes."""


class _WrittenOf(WrittenInput):
    """Parses by the quantity of its row, which the page may still change."""

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug

    def parsed_by(self) -> str:
        return self.slug


def report_form(form: Any, request: HttpRequest) -> Value:
    """Report what a valid form holds in place of the value it showed."""
    value: Value = form.instance
    shown = Value.objects.get(pk=value.pk) if value.pk else None
    if shown and shown.quantity != value.quantity:
        retire_value(shown, by=actor(request))
    return report_value(
        measurement=value.measurement,
        cell=None if value.measurement else value.cell,
        quantity=value.quantity,
        written=value.written,
        publication=value.publication,
        note=value.note,
        by=actor(request),
    )


class ReportedFormSet(forms.BaseInlineFormSet):
    """One reported value a quantity."""

    def clean(self) -> None:
        seen = set()
        for form in row_forms(self):
            quantity = form.cleaned_data.get("quantity") if hasattr(form, "cleaned_data") else None
            if quantity and quantity in seen:
                sentence = "is reported twice here: another number belongs on a measurement of its own."
                form.add_error("quantity", f"{quantity_name(quantity)} {sentence}")
            seen.add(quantity)

    def validate_unique(self) -> None:
        """The set's own `clean` says what is wrong in the words of the row."""


class ReportedInline(ScopedInline, admin.TabularInline):
    """Values as the measurement's source reports them."""

    model = Value
    form = ValueForm
    formset = ReportedFormSet
    fields = ("quantity", "written", "publication", "note")
    autocomplete_fields = ("publication",)
    verbose_name = "reported value"
    verbose_name_plural = "reported values"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(origin=ValueOrigin.REPORTED, is_latest=True).order_by("pk")

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 1 if obj else 3


def reported_save(formset: Any, request: HttpRequest) -> None:
    """Retire the rows ticked for deletion and report those new or changed."""
    formset.save(commit=False)
    for gone in formset.deleted_objects:
        retire_value(gone, by=actor(request))
    for form in row_forms(formset):
        if form.has_changed():
            form.instance.measurement = formset.instance
            report_form(form, request)


@admin.register(Value)
class ValueAdmin(ServiceAdmin):
    form = ValueForm
    list_display = ("name", "as_printed", "origin", "measurement", "cell", "publication", "is_latest")
    list_select_related = ("measurement", "cell", "publication")
    list_filter = (
        "origin",
        "is_latest",
        "quantity",
        ("cell__project", RelatedOnlyFieldListFilter),
        ("publication", RelatedOnlyFieldListFilter),
    )
    search_fields = ("quantity", "written", "missing", "cell__refcode", "cell__label_key", "measurement__refcode")
    autocomplete_fields = ("measurement", "cell", "publication")
    readonly_fields = (
        "as_printed",
        "origin",
        "is_latest",
        "created_at",
        "created_by",
        "retired_at",
        "retired_by",
        "run",
        "standard_uncertainty",
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        entered = ("measurement", "cell", "quantity", "written", "publication", "note")
        standing = ("as_printed", "standard_uncertainty", "origin", "run", "is_latest")
        when = ("created_at", "created_by", "retired_at", "retired_by")
        return (*entered, *standing, *when) if obj else entered

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        place = ("measurement", "cell") if obj else ()
        return (*super().get_readonly_fields(request, obj), *place)

    def get_autocomplete_fields(self, request: HttpRequest) -> Any:
        return self.autocomplete_fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        standing = obj is None or (obj.origin == ValueOrigin.REPORTED and obj.is_latest)
        return standing and super().has_change_permission(request, obj)

    def history_context(self, request: HttpRequest, record: Any) -> dict[str, Any]:
        return {"events": value_events(record, actor(request))}

    def get_urls(self) -> Any:
        preview = path("read-as/", self.admin_site.admin_view(interpretation_view), name="registry_read_as")
        return [preview, *super().get_urls()]

    @admin.display(description="quantity", ordering="quantity")
    def name(self, value: Value) -> str:
        return quantity_name(value.quantity)

    @admin.display(description="value", ordering="magnitude")
    def as_printed(self, value: Value) -> str:
        return printed(value)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Report it; the row shown is superseded and the page goes on with the new one."""
        obj.pk = report_form(form, request).pk
        obj.refresh_from_db()

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        if "_continue" in request.POST:
            return redirect(reverse("admin:registry_value_change", args=[obj.pk]))
        return response

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        retire_value(obj, by=actor(request))
        queue_cells([obj.cell], by=actor(request))

    def get_deleted_objects(self, objs: Iterable[Any], request: HttpRequest) -> Any:
        values = list(objs)
        return [f"{value.cell}: {value}" for value in values], {"values taken out of use": len(values)}, set(), []
