"""Materials, their synonyms and their batches."""

from typing import Any

from rest_framework import serializers

from registry.api.base.fields import ProjectField, VisibleById
from registry.api.base.filters import Filter
from registry.api.base.permissions import actor
from registry.api.base.records import RecordSerializer, RecordViewSet
from registry.models import Attachment, Batch, Material, MaterialKind, Synonym
from registry.services.material import save_material
from registry.services.record import save_record


class SynonymsField(serializers.ListField):
    """Synonyms as a list of names, which replaces all existing ones."""

    child = serializers.CharField(max_length=120)

    def to_representation(self, data: Any) -> list[str]:
        return [synonym.name for synonym in data.all()]


class MaterialSerializer(RecordSerializer):
    """A material."""

    project = ProjectField()
    variant_of = VisibleById(queryset=Material.objects.all(), required=False, allow_null=True)
    synonyms = SynonymsField(required=False, help_text="Replaces all existing synonyms.")
    nested = ("synonyms",)

    class Meta:
        model = Material
        fields = [
            "id",
            "project",
            "name",
            "formula",
            "kind",
            "variant_of",
            "synonyms",
            *Material.number_columns(),
            "notes",
            "created_at",
        ]

    def store(self, record: Material, nested: dict[str, Any]) -> Material:
        by = actor(self.context["request"])
        if "synonyms" in nested:
            return save_material(record, nested["synonyms"], by=by)
        return save_record(record, by=by)


class BatchSerializer(RecordSerializer):
    """A batch (lot) of a material."""

    material = VisibleById(queryset=Material.objects.select_related("project"))
    material_name = serializers.CharField(source="material.name", read_only=True)

    class Meta:
        model = Batch
        fields = [
            "id",
            "material",
            "material_name",
            "lot",
            "supplier",
            "received_on",
            *Batch.number_columns(),
            "notes",
        ]


class MaterialViewSet(RecordViewSet):
    """Materials. `variant_of` links a variant to its parent material."""

    queryset = Material.objects.select_related("project").prefetch_related("synonyms").order_by("name", "pk")
    serializer_class = MaterialSerializer
    history_parts = ((Synonym, "material"), (Attachment, "material"))
    filters = {
        "project": Filter("project__slug", "Slug of the project."),
        "kind": Filter("kind", "Kind of material.", choices=MaterialKind.values),
        "name": Filter("name_key", "Name, case-insensitive."),
        "synonym": Filter("synonyms__name_key", "Synonym, case-insensitive.", many=True),
        "variant_of": Filter("variant_of", "Id of the parent material.", kind="id"),
    }


class BatchViewSet(RecordViewSet):
    """Batches of materials, synthesised or purchased."""

    queryset = Batch.objects.select_related("material__project").order_by("material__name", "lot", "pk")
    serializer_class = BatchSerializer
    filters = {
        "project": Filter("material__project__slug", "Slug of the material's project."),
        "material": Filter("material", "Id of the material.", kind="id"),
        "lot": Filter("lot", "Lot number."),
    }
