"""Formulations with their ingredients."""

from typing import Any

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest

from registry.admin.base.linkable import actor
from registry.admin.base.positioned import PositionedForm, PositionedFormSet, PositionedInline
from registry.admin.base.record import RecordAdmin
from registry.models import Formulation, Ingredient, check_fractions_add_up
from registry.services.record import save_formulation


class IngredientForm(PositionedForm):
    links = ("material",)


class IngredientFormSet(PositionedFormSet):
    """Ingredients whose mass fractions can add up to 100 %."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        rows = self.in_order()
        pairs = [(row.material, row.role) for row in rows]
        for material, role in pairs:
            if pairs.count((material, role)) > 1:
                raise ValidationError(f"‘{material}’ is listed twice in the same role: merge the rows.")
        check_fractions_add_up(rows)


class IngredientInline(PositionedInline, admin.TabularInline):
    model = Ingredient
    form = IngredientForm
    formset = IngredientFormSet
    fields = ("position", "material", "role", "mass_fraction", "batch")
    autocomplete_fields = ("material", "batch")


@admin.register(Formulation)
class FormulationAdmin(RecordAdmin):
    list_display = ("name", "ingredients_as_written", "project")
    list_select_related = ("project",)
    list_filter = (("project", RelatedOnlyFieldListFilter),)
    search_fields = ("name_key", "ingredients__material__name_key", "ingredients__material__synonyms__name_key")
    fields = ("project", "name", "process", "notes")
    inlines = (IngredientInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        ingredients = Ingredient.objects.order_by("position").select_related("material")
        return super().get_queryset(request).prefetch_related(Prefetch("ingredients", ingredients))

    @admin.display(description="ingredients")
    def ingredients_as_written(self, formulation: Formulation) -> str:
        return " : ".join(str(ingredient) for ingredient in formulation.ingredients.all()) or "–"

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_formset_kwargs(request, obj, inline, prefix)
        if request.method == "GET" and not obj.pk:
            kwargs["initial"] = [*IngredientInline.initial_rows]
        return kwargs

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Do nothing: `save_related` saves the formulation and its ingredients together."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        (ingredients,) = formsets
        ingredients.save(commit=False)
        save_formulation(form.instance, ingredients.in_order(), by=actor(request))
