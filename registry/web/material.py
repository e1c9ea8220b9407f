"""Materials, and the list of formulations and set-ups."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from registry.models import Cell, Formulation, HardwareSetup, Material
from registry.selectors.staleness.affected_cells import affected_cells
from registry.web.entry.base.access import may_edit
from registry.web.presentation.parameters import takes
from registry.web.presentation.text import format_written, typeset
from registry.web.presentation.units import build_unit_column

CELLS_SHOWN = 50
PROPERTIES = {
    "Density": "density",
    "Theoretical capacity": "theoretical_capacity",
    "Median particle size": "median_particle_size",
}


@dataclass
class MaterialNode:
    """A material with its variants, as a tree."""

    material: Material
    depth: int = 0
    variants: list["MaterialNode"] = field(default_factory=list)

    def list_nodes(self) -> Iterable["MaterialNode"]:
        """The material and all variants below it."""
        yield self
        for variant in self.variants:
            yield from variant.list_nodes()


@require_safe
@takes()
def material_list(request: HttpRequest) -> HttpResponse:
    """All visible materials, with variants below their parent."""
    materials = Material.objects.visible_to(request.user).prefetch_related("synonyms").order_by("kind", "name", "pk")
    formulations = Formulation.objects.visible_to(request.user).order_by("name", "pk")
    nodes = [node for root in build_variant_trees(list(materials)) for node in root.list_nodes()]
    columns = [
        build_unit_column(name, [typeset(getattr(node.material, field)) for node in nodes])
        for name, field in PROPERTIES.items()
    ]
    context = {
        "nodes": [(node, values) for node, *values in zip(nodes, *(column.cells for column in columns), strict=True)],
        "property_headers": [column.header for column in columns],
        "formulations": formulations.prefetch_related("ingredients__material"),
        "setups": HardwareSetup.objects.visible_to(request.user).order_by("name", "pk"),
    }
    return render(request, "web/materials.html", context)


def build_variant_trees(materials: list[Material]) -> list[MaterialNode]:
    """Trees of variants; a variant whose parent is hidden from the user becomes a root."""
    nodes = {material.pk: MaterialNode(material) for material in materials}
    roots: list[MaterialNode] = []
    for material in materials:
        parent = nodes.get(material.variant_of_id or 0)
        (parent.variants if parent else roots).append(nodes[material.pk])
    for root in roots:
        _set_depth(root, 0)
    return roots


def _set_depth(node: MaterialNode, depth: int) -> None:
    node.depth = depth
    for variant in node.variants:
        _set_depth(variant, depth + 1)


@require_safe
def material_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One material: properties, variants, batches, formulations and cells."""
    visible = Material.objects.visible_to(request.user)
    material = get_object_or_404(visible.select_related("project").prefetch_related("synonyms", "batches"), pk=pk)
    cells = Cell.objects.visible_to(request.user).filter(pk__in=affected_cells(material).values("pk"))
    formulations = Formulation.objects.visible_to(request.user).filter(ingredients__material=material)
    context = {
        "material": material,
        "may_edit": may_edit(material, request.user),
        "properties": [
            (name, format_written(text), reverse("web:entered", args=["material", material.pk, field]))
            for name, field in PROPERTIES.items()
            if (text := getattr(material, field))
        ],
        "attachments": material.attachments.select_related("raw_file"),
        "variant_of": visible.filter(pk=material.variant_of_id).first() if material.variant_of_id else None,
        "variants": visible.filter(variant_of=material).order_by("name", "pk"),
        "batches": [(batch, format_written(batch.median_particle_size)) for batch in material.batches.all()],
        "formulations": formulations.distinct().order_by("name", "pk"),
        "cells": cells.select_related("publication").order_by("refcode")[:CELLS_SHOWN],
        "cell_count": cells.count(),
        "all_cells": f"{reverse('web:cells')}?{urlencode({'material': material.name})}",
    }
    return render(request, "web/material.html", context)
