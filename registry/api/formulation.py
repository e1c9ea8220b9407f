"""Formulations with their ingredients."""

from typing import Any

from django.db.models import Prefetch
from rest_framework import serializers

from registry.api.base.fields import ProjectField, VisibleById
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet, children_from
from registry.models import Batch, Formulation, Ingredient, Material
from registry.services.record import save_formulation, save_record


class IngredientSerializer(RecordSerializer):
    """One ingredient; sent without a position it stands where it is listed."""

    id = serializers.IntegerField(required=False, help_text="Send it to keep the ingredient's history.")
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
            "mass_fraction",
            "mass_fraction_percent",
        ]


class FormulationSerializer(RecordSerializer):
    """A mixture. Mass fractions must be able to add up to 100 %."""

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
        ingredients = children_from(
            Ingredient, nested["ingredients"], name="ingredients", parent="formulation", owner=record
        )
        return save_formulation(record, ingredients, by=by)


class FormulationViewSet(RecordViewSet):
    """Mixtures. Sent with `ingredients`, these are all of them; without, they stay."""

    queryset = (
        Formulation.objects.select_related("project")
        .prefetch_related(Prefetch("ingredients", Ingredient.objects.select_related("material").order_by("position")))
        .order_by("name", "pk")
    )
    serializer_class = FormulationSerializer
    history_parts = ((Ingredient, "formulation"),)
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "name": Filter("name_key", "The name, whatever its capitals."),
        "material": Filter("ingredients__material", "Id of a material among its ingredients.", kind="id", many=True),
    }
