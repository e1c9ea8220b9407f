"""A formulation: its ingredients and the cells made with it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.models import Cell, Formulation
from registry.selectors.staleness.affected_cells import affected_cells
from registry.web.entry.base.access import may_edit
from registry.web.presentation.text import typeset
from registry.web.presentation.units import build_unit_column

CELLS_SHOWN = 100


@require_safe
def formulation_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One formulation."""
    visible = Formulation.objects.visible_to(request.user).select_related("project")
    formulation = get_object_or_404(visible, pk=pk)
    cells = Cell.objects.visible_to(request.user).filter(pk__in=affected_cells(formulation).values("pk"))
    ingredients = list(formulation.ingredients.select_related("material", "batch").order_by("position"))
    fractions = build_unit_column("Mass fraction", [typeset(ingredient.mass_fraction) for ingredient in ingredients])
    context = {
        "formulation": formulation,
        "may_edit": may_edit(formulation, request.user),
        "ingredients": list(zip(ingredients, fractions.cells, strict=True)),
        "fraction_header": fractions.header,
        "cells": cells.select_related("publication").order_by("refcode")[:CELLS_SHOWN],
        "cell_count": cells.count(),
    }
    return render(request, "web/formulation.html", context)
