"""The cell page."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.models import Cell, CellGroup, Ingredient, Project
from registry.selectors.pending import list_pending
from registry.web.cell_page.measurement_section import MeasurementSection, get_cell_sections
from registry.web.cell_page.overview import list_headlines, take_main_plots
from registry.web.cell_page.stack import draw_stack
from registry.web.cell_page.technique_section import list_technique_sections
from registry.web.presentation.history import CHANGES_SHOWN, list_changes
from registry.web.presentation.text import typeset
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


@require_safe
def cell_page(request: HttpRequest, refcode: str) -> HttpResponse:
    """One cell: layers, measurements, values and history."""
    visible = Cell.objects.visible_to(request.user).select_related("project", "publication")
    cell = get_object_or_404(visible, refcode=refcode)
    layers = list(cell.layers.select_related("material", "formulation", "batch").order_by("position"))
    compositions = _get_compositions([layer.formulation_id for layer in layers if layer.formulation_id])
    columns = [
        build_unit_column(title, [typeset(str(getattr(layer, field) or "")) for layer in layers])
        for title, field in (LAYER_COLUMNS | OPTIONAL_LAYER_COLUMNS).items()
        if field in LAYER_COLUMNS.values() or any(getattr(layer, field) for layer in layers)
    ]
    changes = list_changes(cell, request.user)
    # Queried before the results: a run that ends in between still makes the page reload.
    pending = list_pending(cell)
    sections = get_cell_sections(cell, request.user)
    headlines = list_headlines(sections)
    context = {
        "cell": cell,
        "layers": [
            (layer, compositions.get(layer.formulation_id or 0, ""), values)
            for layer, *values in zip(layers, *(column.cells for column in columns), strict=True)
        ],
        "layer_headers": [column.header for column in columns],
        "drawing": draw_stack(layers),
        "numbers": [(name, typeset(text)) for name, field in CELL_NUMBERS.items() if (text := getattr(cell, field))],
        "attachments": cell.attachments.select_related("raw_file"),
        "groups": CellGroup.objects.visible_to(request.user).filter(members__cell=cell).order_by("name", "pk"),
        "sections": sections,
        "techniques": list_technique_sections(sections.measurements),
        "has_cell_level": _has_content(sections.cell_level),
        "headlines": headlines,
        "main_plots": take_main_plots(sections, headlines),
        "pending": pending,
        "changes": changes[:CHANGES_SHOWN],
        "further_changes": max(len(changes) - CHANGES_SHOWN, 0),
        "may_edit": Project.objects.editable_by(request.user).filter(pk=cell.project_id).exists(),
    }
    return render(request, "web/cell.html", context)


def _has_content(section: MeasurementSection) -> bool:
    return bool(section.rows or section.latest_runs or section.pending_runs or section.not_run)


@require_safe
def cell_pending(request: HttpRequest, refcode: str) -> JsonResponse:
    """Imports and runs of a cell in progress, polled by its page."""
    cell = get_object_or_404(Cell.objects.visible_to(request.user), refcode=refcode)
    return JsonResponse({"pending": list_pending(cell)})


def _get_compositions(formulations: list[int]) -> dict[int, str]:
    """The ingredients of each formulation in one line."""
    ingredient_texts: dict[int, list[str]] = {}
    ingredients = Ingredient.objects.filter(formulation__in=formulations).select_related("material")
    for ingredient in ingredients.order_by("formulation", "position"):
        text = f"{ingredient.material} {ingredient.mass_fraction}".strip()
        ingredient_texts.setdefault(ingredient.formulation_id, []).append(text)
    return {pk: ", ".join(texts) for pk, texts in ingredient_texts.items()}
