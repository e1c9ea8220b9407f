"""The lists of materials and publications, and comparison tables, as files at their own addresses."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from registry import plugin_loading
from registry.models import Cell, Material, Publication
from registry.selectors.query.errors import QueryError
from registry.web.comparison import send_file
from registry.web.presentation import list_export

MATERIAL_TEXTS = ("name", "formula", "kind", "synonyms", "variant of", "project")
MATERIAL_NUMBERS = tuple(Material.magnitude_fields())
PUBLICATION_COLUMNS = ("key", "doi", "authors", "title", "journal", "year", "volume", "pages", "project", "cells")


@require_safe
def material_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """All visible materials."""
    try:
        list_export.check_no_parameters(request)
    except QueryError as error:
        return list_export.refuse(error, ending)
    materials = Material.objects.visible_to(request.user).select_related("variant_of", "project")
    columns = [*MATERIAL_TEXTS, *(name for slug in MATERIAL_NUMBERS for name in list_export.entered_columns(slug))]
    ordered: QuerySet[Material] = materials.prefetch_related("synonyms").order_by("kind", "name", "pk")
    rows = (_material_cells(material) for material in ordered.iterator(chunk_size=list_export.CHUNK))
    return list_export.send_rows(f"materials.{ending}", columns, rows)


def _material_cells(material: Material) -> list[Any]:
    synonyms = "; ".join(synonym.name for synonym in material.synonyms.all())
    parent = material.variant_of.name if material.variant_of else ""
    texts = [material.name, material.formula, material.kind, synonyms, parent, material.project.slug]
    numbers = [cell for slug in MATERIAL_NUMBERS for cell in list_export.entered_cells(material.written(slug))]
    return [*texts, *numbers]


@require_safe
def publication_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """All visible publications, with the number of visible cells."""
    try:
        list_export.check_no_parameters(request)
    except QueryError as error:
        return list_export.refuse(error, ending)
    cells = Cell.objects.visible_to(request.user).filter(publication=OuterRef("pk")).order_by()
    counted = cells.values("publication").annotate(number=Count("pk")).values("number")
    publications = Publication.objects.visible_to(request.user).select_related("project").order_by("key", "pk")
    rows = (
        [
            item.key,
            item.doi,
            "; ".join(item.author_list()),
            item.title,
            item.journal,
            item.year,
            item.volume,
            item.pages,
            item.project.slug,
            item.cell_count,
        ]
        for item in publications.annotate(cell_count=Coalesce(Subquery(counted), 0)).iterator()
    )
    return list_export.send_rows(f"publications.{ending}", PUBLICATION_COLUMNS, rows)


@require_safe
def comparison_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """A comparison table in the format with this file name extension, filtered as on its page."""
    formats = plugin_loading.current().table_formats
    name = next((name for name, item in formats.items() if ending in (name, item.extension)), "")
    if not name:
        raise Http404(f"There is no table format ‘{ending}’.")
    return send_file(request, slug, name)
