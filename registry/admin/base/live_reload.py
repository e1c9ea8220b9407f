"""Pages of the admin that follow what is done in the background."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from registry.models import Cell
from registry.selectors.pending import list_pending


class LiveReloadAdmin(admin.ModelAdmin):
    """Loads the page of a record again when files were read or analyses ended, unless somebody is typing in it."""

    change_form_template = "admin/registry/following_change_form.html"

    def cell_of(self, record: Any) -> Cell:
        raise NotImplementedError

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        record = kwargs.get("obj")
        if record is not None and record.pk:
            cell = self.cell_of(record)
            context["pending"] = list_pending(cell)
            context["follow"] = reverse("web:cell-pending", args=[cell.refcode])
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)
        return response
