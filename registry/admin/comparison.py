"""Saved comparison tables."""

import json
from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import RelatedOnlyFieldListFilter
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join

from registry.admin.base.linkable import actor
from registry.admin.base.record import RecordAdmin
from registry.hookspecs import Table
from registry.models import Comparison
from registry.services.comparison import save_comparison
from registry.text.cleaning import TextError, clean_json

EXAMPLE = {
    "columns": ["configuration", "stack_pressure_mpa", "capacity_retention_percent", "reference"],
    "filters": {"technique": "cycling", "stack_pressure_mpa__lte": "10 MPa"},
    "order": ["-capacity_retention_percent"],
}

KEYS = format_html_join(
    ", ", "<code>{}</code>", ((field.name,) for field in fields(Table) if field.name not in ("slug", "title"))
)


class ReadableJSONField(forms.JSONField):
    """JSON shown indented; empty if there is none."""

    def prepare_value(self, value: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, dict | list):
            try:
                clean_json(value)
            except TextError:
                return json.dumps(value, indent=2)
            return json.dumps(value, indent=2, ensure_ascii=False)
        return super().prepare_value(value)


class ComparisonForm(forms.ModelForm):
    definition = ReadableJSONField(
        widget=forms.Textarea(attrs={"rows": 24, "cols": 90, "spellcheck": "false", "class": "vLargeTextField"}),
        help_text=format_html("Keys: {}. Example: <code>{}</code>", KEYS, json.dumps(EXAMPLE)),
    )


@admin.register(Comparison)
class ComparisonAdmin(RecordAdmin):
    form = ComparisonForm
    list_display = ("title", "slug", "project", "created_at")
    list_select_related = ("project",)
    list_filter = (("project", RelatedOnlyFieldListFilter),)
    search_fields = ("title", "slug", "notes")
    prepopulated_fields = {"slug": ("title",)}
    fields = ("project", "title", "slug", "definition", "notes")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_comparison(obj, by=actor(request))
