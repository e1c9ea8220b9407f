"""Materials, their synonyms and batches."""

from django.core.exceptions import ValidationError
from django.db import models

from registry.models.fields import MagnitudeField, Quantified, WrittenField, positive
from registry.models.project import check_link_visible
from registry.models.record import ProjectRecord, Record
from registry.models.text import MARKDOWN_HELP, KeyField


class MaterialKind(models.TextChoices):
    ACTIVE = "active_material", "Active material"
    ELECTROLYTE = "solid_electrolyte", "Solid electrolyte"
    COATING = "coating", "Coating"
    CONDUCTIVE = "conductive_additive", "Conductive additive"
    BINDER = "binder", "Binder"
    METAL = "metal_or_alloy", "Metal or alloy"
    COLLECTOR = "current_collector", "Current collector"


class Material(ProjectRecord, Quantified):
    """A material. A variant (L-LPSCl) links to its base material (Li6PS5Cl)."""

    name = models.CharField(max_length=120)
    name_key = KeyField(source="name")
    formula = models.CharField(max_length=120, blank=True)
    formula_key = KeyField(source="formula")
    kind = models.CharField(max_length=32, choices=MaterialKind)
    variant_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="variants")
    density = WrittenField(quantity="density_g_cm3", help_text="E.g. 1.64 g/cm³")
    density_g_cm3 = MagnitudeField(written="density")
    theoretical_capacity = WrittenField(quantity="theoretical_capacity_mah_g", help_text="E.g. 275 mAh/g")
    theoretical_capacity_mah_g = MagnitudeField(written="theoretical_capacity")
    median_particle_size = WrittenField(quantity="median_particle_size_um", help_text="D50, e.g. 4.5 µm")
    median_particle_size_um = MagnitudeField(written="median_particle_size")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "name_key"],
                name="material_name_unique_in_project",
                violation_error_message="This project already has a material with this name.",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=MaterialKind.values), name="material_kind_known"),
            models.CheckConstraint(
                condition=models.Q(variant_of__isnull=True) | ~models.Q(variant_of=models.F("id")),
                name="material_not_its_own_variant",
            ),
            positive("density_g_cm3", "material"),
            positive("theoretical_capacity_mah_g", "material"),
            positive("median_particle_size_um", "material"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        seen, ancestor = {self.pk}, self.variant_of
        while ancestor is not None:
            if ancestor.pk in seen:
                raise ValidationError({"variant_of": f"‘{self.variant_of}’ is itself a variant of ‘{self}’."})
            seen.add(ancestor.pk)
            ancestor = ancestor.variant_of
        if self.variant_of and self.project_id:
            check_link_visible("variant_of", self.variant_of, self.project)


class Synonym(Record):
    """Another name for a material, used by every search: LPSC, LPSCl and Li6PS5Cl are the same material."""

    project_path = "material__project"

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="synonyms")
    name = models.CharField(max_length=120)
    name_key = KeyField(source="name")

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["name_key"], name="synonym_name_key")]
        constraints = [
            models.UniqueConstraint(
                fields=["material", "name_key"],
                name="synonym_unique_in_material",
                violation_error_message="This material already has this synonym.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(Record, Quantified):
    """A lot of a material, purchased or synthesized."""

    project_path = "material__project"

    material = models.ForeignKey(Material, on_delete=models.CASCADE, related_name="batches")
    lot = models.CharField(max_length=120)
    supplier = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True, blank=True)
    median_particle_size = WrittenField(quantity="median_particle_size_um")
    median_particle_size_um = MagnitudeField(written="median_particle_size")
    notes = models.TextField(blank=True, help_text=MARKDOWN_HELP)

    class Meta:
        ordering = ["material__name", "lot"]
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(
                fields=["material", "lot"],
                name="batch_lot_unique_in_material",
                violation_error_message="This material already has a batch with this lot number.",
            ),
            positive("median_particle_size_um", "batch"),
        ]

    def __str__(self) -> str:
        return f"{self.material} · {self.lot}"
