"""Materials with their synonyms and batches."""

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from registry.admin.base.interpretation import written_column
from registry.admin.base.linkable import ScopedInline
from registry.admin.base.record import RecordAdmin
from registry.models import Batch, Material, Synonym


class SynonymInline(ScopedInline, admin.TabularInline):
    model = Synonym
    fields = ("name",)


class BatchInline(ScopedInline, admin.TabularInline):
    model = Batch
    fields = ("lot", "supplier", "received_on", "median_particle_size", "notes")


@admin.register(Material)
class MaterialAdmin(RecordAdmin):
    list_display = (
        "name",
        "formula",
        "kind",
        "variant_of",
        written_column("density", "density_g_cm3", "density"),
        written_column("theoretical_capacity", "theoretical_capacity_mah_g", "theoretical capacity"),
        written_column("median_particle_size", "median_particle_size_um", "median particle size"),
        "project",
    )
    list_select_related = ("variant_of", "project")
    list_filter = ("kind", ("project", RelatedOnlyFieldListFilter))
    search_fields = ("name_key", "formula_key", "synonyms__name_key")
    autocomplete_fields = ("variant_of",)
    fields = (
        "project",
        "name",
        "formula",
        "kind",
        "variant_of",
        ("density", "theoretical_capacity", "median_particle_size"),
        "notes",
    )
    inlines = (SynonymInline, BatchInline)


@admin.register(Batch)
class BatchAdmin(RecordAdmin):
    list_display = (
        "lot",
        "material",
        "supplier",
        "received_on",
        written_column("median_particle_size", "median_particle_size_um", "median particle size"),
    )
    list_select_related = ("material",)
    list_filter = (("material", RelatedOnlyFieldListFilter),)
    search_fields = ("lot", "supplier", "material__name_key", "material__synonyms__name_key")
    date_hierarchy = "received_on"
    autocomplete_fields = ("material",)
    fields = ("material", "lot", "supplier", "received_on", "median_particle_size", "notes")
