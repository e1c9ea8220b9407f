"""All names of materials, by which everything made of them is found."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from registry.models import Ingredient, Layer, Material, Synonym

Names = Mapping[int, list[str]]


def get_material_names(pks: Iterable[int]) -> Names:
    """The name, formula and synonyms of each of these materials, and those of the materials it is a variant of."""
    own: dict[int, list[str]] = {}
    parents: dict[int, int | None] = {}
    missing = set(pks)
    while missing:
        rows = Material.objects.filter(pk__in=missing).values_list("pk", "name", "formula", "variant_of")
        for pk, name, formula, parent in rows:
            own[pk], parents[pk] = [name, formula], parent
        for material, name in Synonym.objects.filter(material__in=missing).values_list("material", "name"):
            own[material].append(name)
        missing = {parent for parent in parents.values() if parent} - own.keys()
    return {pk: [name for ancestor in _line(pk, parents) for name in own[ancestor]] for pk in own}


def _line(pk: int, parents: Mapping[int, int | None]) -> list[int]:
    """The material and those it is a variant of, nearest first."""
    line: list[int] = []
    current: int | None = pk
    while current is not None and current in parents and current not in line:
        line.append(current)
        current = parents[current]
    return line


def get_formulation_names(pks: Iterable[int]) -> Names:
    """All names of the ingredients of each formulation."""
    ingredients = list(
        Ingredient.objects.filter(formulation__in=set(pks))
        .order_by("formulation", "position")
        .values_list("formulation", "material")
    )
    materials = get_material_names(material for _, material in ingredients)
    names: dict[int, list[str]] = defaultdict(list)
    for formulation, material in ingredients:
        names[formulation] += materials[material]
    return names


def get_layer_names(cells: Iterable[int]) -> Names:
    """All names of what the layers of each cell are made of."""
    layers = list(
        Layer.objects.filter(cell__in=list(cells))
        .order_by("cell", "position")
        .values_list("cell", "as_written", "material", "formulation", "formulation__name", "batch__lot")
    )
    formulations = get_formulation_names(row[3] for row in layers if row[3])
    materials = get_material_names(row[2] for row in layers if row[2])
    names: dict[int, list[str]] = defaultdict(list)
    for cell, as_written, material, formulation, formulation_name, lot in layers:
        names[cell] += [as_written, formulation_name or "", lot or ""]
        names[cell] += materials[material] if material else formulations.get(formulation, [])
    return names
