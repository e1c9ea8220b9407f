"""The cell page."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.models import (
    Attachment,
    Cell,
    CellGroup,
    Comment,
    FileDraft,
    GroupMember,
    Ingredient,
    Layer,
    MeasurementTag,
    Role,
    Tag,
)
from registry.models.comment import LONGEST_COMMENT
from registry.models.visibility import AnyUser
from registry.selectors.comment import list_comments
from registry.selectors.project import membership_role, role_of
from registry.selectors.runs.pending import list_pending
from registry.text.search_tokens import full_refcode
from registry.web.cell_page.cell_sections import get_cell_sections
from registry.web.cell_page.measurement_section import MeasurementSection
from registry.web.cell_page.overview import list_headlines, take_main_plots
from registry.web.cell_page.stack import draw_stack
from registry.web.cell_page.technique_section import list_technique_sections
from registry.web.entry.base.htmx import is_by_htmx
from registry.web.presentation.history import CHANGES_SHOWN, list_changes
from registry.web.presentation.tagged import TaggedRecord
from registry.web.presentation.text import format_written, typeset
from registry.web.presentation.units import build_unit_column

LAYER_COLUMNS = {"Mass loading": "mass_loading", "Area": "area", "Thickness": "thickness"}
CELL_NUMBERS = {
    "Fabrication pressure": "fabrication_pressure",
    "Footprint": "footprint",
    "Packaging mass": "packaging_mass",
    "Packaging thickness": "packaging_thickness",
    "Tab mass": "tab_mass",
}
OPTIONAL_LAYER_COLUMNS = {"Apparent density": "apparent_density", "Coated sides": "coated_sides"}
"""Columns shown if a layer of the cell has an entry in them."""


def _related(user: AnyUser) -> dict[str, Any]:
    """What few cells have, so that the page of the others does not ask for it, and the role of the user."""
    own = Q(cell=OuterRef("pk"))
    drafts = FileDraft.objects.visible_to(user)
    return {
        "has_groups": Exists(GroupMember.objects.filter(own)),
        "has_tags": Exists(Tag.objects.filter(own)),
        "has_measurement_tags": Exists(MeasurementTag.objects.filter(measurement__cell=OuterRef("pk"))),
        "has_comments": Exists(Comment.objects.filter(own)),
        "has_attachments": Exists(Attachment.objects.filter(own | Q(measurement__cell=OuterRef("pk")))),
        "has_drafts": Exists(drafts.filter(own | Q(dropped_on=OuterRef("pk")))),
        "membership": membership_role(user),
    }


@require_safe
def cell_page(request: HttpRequest, refcode: str) -> HttpResponse:
    """One cell: layers, measurements, values, notes and comments; `c-65` leads to C-00065, as in the search."""
    stored = full_refcode(refcode)
    if stored and stored != refcode:
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{reverse('web:cell', args=[stored])}{f'?{query}' if query else ''}")
    visible = Cell.objects.visible_to(request.user).select_related("project", "publication")
    cell = get_object_or_404(visible.annotate(**_related(request.user)), refcode=refcode)
    of_cell = Layer.objects.select_related("material", "formulation", "batch").order_by("position")
    prefetch_related_objects([cell], Prefetch("layers", of_cell))
    layers = list(cell.layers.all())
    compositions = _get_compositions([layer.formulation_id for layer in layers if layer.formulation_id])
    shown = {
        title: field
        for title, field in (LAYER_COLUMNS | OPTIONAL_LAYER_COLUMNS).items()
        if field in LAYER_COLUMNS.values() or any(getattr(layer, field) for layer in layers)
    }
    columns = [
        build_unit_column(title, [typeset(str(getattr(layer, field) or "")) for layer in layers])
        for title, field in shown.items()
    ]
    role = role_of(request.user, cell.membership)
    sections = get_cell_sections(cell, request.user, request.GET)
    headlines = list_headlines(sections)
    context = {
        "cell": cell,
        "layers": [
            (layer, compositions.get(layer.formulation_id or 0, ""), _link_numbers(layer, shown.values(), values))
            for layer, *values in zip(layers, *(column.cells for column in columns), strict=True)
        ],
        "layer_headers": [column.header for column in columns],
        "drawing": draw_stack(layers),
        "numbers": [
            (name, format_written(text), reverse("web:entered", args=["cell", cell.pk, field]))
            for name, field in CELL_NUMBERS.items()
            if (text := getattr(cell, field))
        ],
        "tagged": TaggedRecord(cell, list(cell.tags.all()) if _has(cell, "tags") else []),
        "attachments": sections.attachments,
        "groups": _list_groups(cell, request.user),
        "sections": sections,
        "techniques": list_technique_sections(cell, sections.measurements, request.GET),
        "has_cell_level": _has_content(sections.cell_level),
        "headlines": headlines,
        "main_plots": take_main_plots(sections, headlines),
        "pending": sections.pending,
        "outdated": sections.get_outdated(cell, request.user),
        "rerun_url": reverse("web:cell-outdated", args=[cell.refcode]),
        "may_edit": role in (Role.EDITOR, Role.OWNER),
        "comments": list_comments(cell, request.user, role) if _has(cell, "comments") else [],
        "measurements": [section.measurement for section in sections.measurements],
        "may_comment": role is not None,
        "longest_comment": LONGEST_COMMENT,
    }
    return render(request, "web/cell.html", context)


def _link_numbers(layer: Layer, fields: Iterable[str], texts: Sequence[str]) -> list[tuple[str, str]]:
    """The numbers of a layer, each with the address that says where it comes from; a count has none."""
    entered = Layer.magnitude_fields().values()
    return [
        (text, reverse("web:entered", args=["layer", layer.pk, field]) if field in entered else "")
        for field, text in zip(fields, texts, strict=True)
    ]


def _has(cell: Cell, related: str) -> bool:
    return bool(getattr(cell, f"has_{related}"))


def _list_groups(cell: Cell, user: AnyUser) -> list[CellGroup]:
    if not _has(cell, "groups"):
        return []
    return list(CellGroup.objects.visible_to(user).filter(members__cell=cell).order_by("name", "pk"))


def _has_content(section: MeasurementSection) -> bool:
    return bool(section.rows or section.latest_runs or section.pending_runs or section.not_run)


@require_safe
def cell_pending(request: HttpRequest, refcode: str) -> JsonResponse:
    """Imports and runs of a cell in progress, polled by its page."""
    cell = get_object_or_404(Cell.objects.visible_to(request.user), refcode=refcode)
    return JsonResponse({"pending": list_pending(cell)})


@require_safe
def cell_history(request: HttpRequest, refcode: str) -> HttpResponse:
    """Who changed what of a cell: the part of its page that is loaded when it is opened, or a page of its own."""
    cell = get_object_or_404(Cell.objects.visible_to(request.user).select_related("project"), refcode=refcode)
    changes = list_changes(cell, request.user)
    context = {
        "cell": cell,
        "changes": changes[:CHANGES_SHOWN],
        "further_changes": max(len(changes) - CHANGES_SHOWN, 0),
    }
    return render(request, "web/_history.html" if is_by_htmx(request) else "web/cell_history.html", context)


def _get_compositions(formulations: list[int]) -> dict[int, str]:
    """The ingredients of each formulation in one line."""
    ingredient_texts: dict[int, list[str]] = {}
    ingredients = Ingredient.objects.filter(formulation__in=formulations).select_related("material")
    for ingredient in ingredients.order_by("formulation", "position"):
        text = f"{ingredient.material} {ingredient.mass_fraction}".strip()
        ingredient_texts.setdefault(ingredient.formulation_id, []).append(text)
    return {pk: ", ".join(texts) for pk, texts in ingredient_texts.items()}
