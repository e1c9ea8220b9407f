"""Hardware set-ups."""

from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter

from registry.admin.base.interpretation import written_column
from registry.admin.base.record import RecordAdmin
from registry.models import HardwareSetup


@admin.register(HardwareSetup)
class HardwareSetupAdmin(RecordAdmin):
    list_display = (
        "name",
        "kind",
        written_column("die_diameter", "die_diameter_mm", "die diameter"),
        "pressure_application",
        "blocks",
        "instrument",
        "channel",
        "calibrated_on",
        "project",
    )
    list_select_related = ("project",)
    list_filter = ("kind", "pressure_application", ("project", RelatedOnlyFieldListFilter))
    search_fields = ("name_key", "press", "instrument", "channel")
    date_hierarchy = "calibrated_on"
    fields = (
        "project",
        "name",
        "kind",
        "die_diameter",
        "pressure_application",
        "blocks",
        "press",
        ("instrument", "channel", "calibrated_on"),
        "notes",
    )
