"""Formulations and their ingredients."""

from typing import Any

from django.db.models import Prefetch
from rest_framework import serializers

from registry.api.base.fields import ProjectField, VisibleById
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet, build_children
from registry.models import Batch, Formulation, Ingredient, Material
from registry.services.record import save_formulation, save_record


class IngredientSerializer(RecordSerializer):
    """An ingredient. Without `position`, its place in the list is used."""

    id = serializers.IntegerField(
        required=False, help_text="Id of the ingredient; send it to update an existing ingredient and keep its history."
    )
    position = serializers.IntegerField(required=False, min_value=1, max_value=1000)
    material = VisibleById(queryset=Material.objects.select_related("project"))
    material_name = serializers.CharField(source="material.name", read_only=True)
    batch = VisibleById(queryset=Batch.objects.select_related("material"), required=False, allow_null=True)

    class Meta:
        model = Ingredient
        fields = [
            "id",
            "position",
            "material",
            "material_name",
            "batch",
            "role",
            *Ingredient.number_columns(),
        ]


class FormulationSerializer(RecordSerializer):
    """A mixture of materials. Mass fractions must add up to 100 % within rounding."""

    project = ProjectField()
    ingredients = IngredientSerializer(many=True, required=False)
    nested = ("ingredients",)

    class Meta:
        model = Formulation
        fields = ["id", "project", "name", "process", "ingredients", "notes", "created_at"]

    def store(self, record: Formulation, nested: dict[str, Any]) -> Formulation:
        by = actor(self.context["request"])
        if "ingredients" not in nested:
            return save_record(record, by=by)
        ingredients = build_children(
            Ingredient, nested["ingredients"], name="ingredients", parent="formulation", owner=record
        )
        return save_formulation(record, ingredients, by=by)


class FormulationViewSet(RecordViewSet):
    """Formulations. `ingredients` replaces all ingredients; without it, they do not change."""

    queryset = (
        Formulation.objects.select_related("project")
        .prefetch_related(Prefetch("ingredients", Ingredient.objects.select_related("material").order_by("position")))
        .order_by("name", "pk")
    )
    serializer_class = FormulationSerializer
    history_parts = ((Ingredient, "formulation"),)
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "name": Filter("name_key", "Name, case-insensitive."),
        "material": Filter("ingredients__material", "Id of a material that it contains.", kind="id", many=True),
    }
