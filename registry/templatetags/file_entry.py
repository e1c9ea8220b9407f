"""The drop zone of a page."""

from typing import Any

from django import template
from django.urls import reverse

from registry.models import Cell, FileDraft

register = template.Library()


@register.inclusion_tag("web/entry/files_drop.html", takes_context=True)
def files_drop(context: template.Context, cell: Cell | None = None) -> dict[str, Any]:
    """The drop zone of the page of a cell, or of a page for all cells, in one query; for those who may add files.

    A cell annotated with `has_drafts` saves the query where there are none. The page loads registry/drop.js and
    registry/echo.js.
    """
    drafts = FileDraft.objects.visible_to(context["user"])
    if cell is not None:
        drafts = drafts.filter(dropped_on=cell) | drafts.filter(cell=cell)
    if not getattr(cell, "has_drafts", True):
        drafts = drafts.none()
    return {
        "csrf_token": context.get("csrf_token"),
        "upload_url": reverse("web:cell-files", args=[cell.refcode]) if cell else reverse("web:files"),
        "page_cell": cell.refcode if cell else "",
        "waiting": drafts.count(),
    }
