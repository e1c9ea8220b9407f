"""Admin pages that reload when background work finishes."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from registry.models import Cell
from registry.selectors.runs.pending import list_pending


class LiveReloadAdmin(admin.ModelAdmin):
    """Reloads the page after imports and analyses, unless it has unsaved input."""

    change_form_template = "admin/registry/live_reload_change_form.html"

    def get_cell(self, record: Any) -> Cell:
        raise NotImplementedError

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        if record is not None and record.pk:
            cell = self.get_cell(record)
            context["pending"] = list_pending(cell)
            context["follow"] = reverse("web:cell-pending", args=[cell.refcode])
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
