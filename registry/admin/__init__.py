"""The web admin: one file per concept."""

from django.contrib import admin

from registry.admin import (
    analysis_run,
    cell,
    column_mapping,
    comparison,
    dataset,
    formulation,
    material,
    measurement,
    project,
    publication,
    setup,
    value,
)

__all__ = [
    "analysis_run",
    "cell",
    "column_mapping",
    "comparison",
    "dataset",
    "formulation",
    "material",
    "measurement",
    "project",
    "publication",
    "setup",
    "value",
]

admin.site.site_header = "Cellar"
admin.site.site_title = "Cellar"
admin.site.index_title = "Records"
admin.site.empty_value_display = "–"
