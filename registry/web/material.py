"""Materials, with the formulations and set-ups made and measured with them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from registry.models import Cell, Formulation, HardwareSetup, Material
from registry.selectors.affected_cells import affected_cells
from registry.web.presentation.text import typeset

CELLS_SHOWN = 50


@dataclass
class Branch:
    """A material with its variants below it."""

    material: Material
    depth: int = 0
    variants: list["Branch"] = field(default_factory=list)

    def lines(self) -> Iterable["Branch"]:
        yield self
        for variant in self.variants:
            yield from variant.lines()


@require_safe
def material_list(request: HttpRequest) -> HttpResponse:
    """Every visible material, variants grouped under what they are variants of."""
    materials = Material.objects.visible_to(request.user).prefetch_related("synonyms").order_by("kind", "name", "pk")
    formulations = Formulation.objects.visible_to(request.user).order_by("name", "pk")
    context = {
        "branches": [line for root in grouped(list(materials)) for line in root.lines()],
        "formulations": formulations.prefetch_related("ingredients__material"),
        "setups": HardwareSetup.objects.visible_to(request.user).order_by("name", "pk"),
    }
    return render(request, "web/materials.html", context)


def grouped(materials: list[Material]) -> list[Branch]:
    """Trees of variants; a variant of something the user may not see stands on its own."""
    branches = {one.pk: Branch(one) for one in materials}
    roots: list[Branch] = []
    for one in materials:
        parent = branches.get(one.variant_of_id or 0)
        (parent.variants if parent else roots).append(branches[one.pk])
    for root in roots:
        _set_depth(root, 0)
    return roots


def _set_depth(branch: Branch, depth: int) -> None:
    branch.depth = depth
    for variant in branch.variants:
        _set_depth(variant, depth + 1)


@require_safe
def material_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One material: properties as written, variants, batches, and what is made of it."""
    visible = Material.objects.visible_to(request.user)
    material = get_object_or_404(visible.select_related("project").prefetch_related("synonyms", "batches"), pk=pk)
    cells = Cell.objects.visible_to(request.user).filter(pk__in=affected_cells(material).values("pk"))
    formulations = Formulation.objects.visible_to(request.user).filter(ingredients__material=material)
    facts = [
        ("Density", material.density),
        ("Theoretical capacity", material.theoretical_capacity),
        ("Median particle size", material.median_particle_size),
    ]
    context = {
        "material": material,
        "facts": [(name, typeset(text)) for name, text in facts if text],
        "variant_of": visible.filter(pk=material.variant_of_id).first() if material.variant_of_id else None,
        "variants": visible.filter(variant_of=material).order_by("name", "pk"),
        "batches": [(one, typeset(one.median_particle_size)) for one in material.batches.all()],
        "formulations": formulations.distinct().order_by("name", "pk"),
        "cells": cells.select_related("publication").order_by("refcode")[:CELLS_SHOWN],
        "cell_count": cells.count(),
        "all_cells": f"{reverse('web:cells')}?{urlencode({'material': material.name})}",
    }
    return render(request, "web/material.html", context)
