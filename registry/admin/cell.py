"""Cells with their layers in stacking order."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.db.models import Count
from django.forms.models import model_to_dict
from django.http import HttpRequest

from registry.admin.base.interpretation import written_column
from registry.admin.base.linkable import actor
from registry.admin.base.parameters import ParametersAdmin, ParametersForm
from registry.admin.base.positioned import PositionedForm, PositionedFormSet, PositionedInline
from registry.admin.base.record import RecordAdmin
from registry.models import Cell, Layer
from registry.models.record import is_key
from registry.services.cell import copy_cell, save_cell


class LayerForm(PositionedForm):
    links = ("material", "formulation")


class LayerInline(PositionedInline, admin.StackedInline):
    model = Layer
    form = LayerForm
    formset = PositionedFormSet
    verbose_name_plural = "layers in stacking order, cathode side first"
    autocomplete_fields = ("material", "formulation", "batch")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("position", "role", "material", "formulation"),
                    ("mass_loading", "area", "thickness", "apparent_density"),
                    ("coated_sides", "as_written", "batch"),
                )
            },
        ),
    )

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        source = source_cell(request)
        return Layer.objects.filter(cell=source).count() if source else super().get_extra(request, obj, **kwargs)


@admin.register(Cell)
class CellAdmin(ParametersAdmin, RecordAdmin):
    form = ParametersForm
    list_display = (
        "refcode",
        "label",
        "configuration",
        "format",
        "measurement_count",
        written_column("fabrication_pressure", "fabrication_pressure_mpa", "fabrication pressure"),
        "publication",
        "project",
    )
    list_display_links = ("refcode", "label")
    ordering = ("refcode",)
    list_select_related = ("publication", "project")
    list_filter = (
        "format",
        "origin",
        ("project", RelatedOnlyFieldListFilter),
        ("publication", RelatedOnlyFieldListFilter),
    )
    search_fields = (
        "refcode",
        "label_key",
        "configuration_key",
        "publication__key",
        "layers__material__name_key",
        "layers__material__synonyms__name_key",
        "layers__formulation__name_key",
    )
    date_hierarchy = "assembled_on"
    autocomplete_fields = ("publication",)
    readonly_fields = ("refcode", "configuration")
    fields = (
        "project",
        ("label", "refcode", "configuration"),
        ("format", "origin", "publication"),
        ("fabrication_pressure", "assembled_on"),
        "failure",
        ("repeat_units", "footprint", "packaging_mass", "packaging_thickness", "tab_mass"),
        "notes",
    )
    inlines = (LayerInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(measurement_count=Count("measurements", distinct=True))

    @admin.display(description="measurements", ordering="measurement_count")
    def measurement_count(self, cell: Cell) -> int:
        return int(cell.measurement_count)  # type: ignore[attr-defined]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        source = source_cell(request)
        if source is None:
            return dict(super().get_changeform_initial_data(request))
        copy, _ = copy_cell(source)
        return model_to_dict(copy)

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and not obj.pk:
            source = source_cell(request)
            layers = copy_cell(source)[1] if source else []
            kwargs["initial"] = [model_to_dict(layer) for layer in layers] or [*LayerInline.initial_rows]
        return kwargs

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> Any:
        source = source_cell(request)
        context = {"title": f"Copy of {source}: enter a new label"} if source else {}
        return super().add_view(request, form_url, {**context, **(extra_context or {})})

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Do nothing: `save_related` saves the cell and its layers together."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        (layers,) = formsets
        layers.save(commit=False)
        save_cell(form.instance, layers.in_order(), by=actor(request))


def source_cell(request: HttpRequest) -> Cell | None:
    """Return the visible cell to copy (`?like=`), cached on the request."""
    like = request.GET.get("like", "")
    if not is_key(like):
        return None
    if not hasattr(request, "source_cell"):
        request.source_cell = Cell.objects.visible_to(actor(request)).filter(pk=int(like)).first()  # type: ignore[attr-defined]
    return request.source_cell  # type: ignore[attr-defined]
