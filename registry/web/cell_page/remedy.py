"""The button of a refusal: where the entry that is missing is made."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.urls import reverse

from registry import plugin_loading
from registry.models import AnalysisRun, Cell, Material, Value
from registry.selectors.runs.refusal import does_not_apply

LAYER_FIELDS = {
    "apparent_density_g_cm3": "apparent_density",
    "area_cm2": "size",
    "diameter_mm": "size",
    "mass_loading_mg_cm2": "amount",
    "mass_mg": "amount",
    "thickness_um": "thickness",
}
"""Field of the form of a cell in which a quantity of a layer is entered."""
DIAMETER = "die_diameter_mm"
WITHOUT_DATA = "missing-data"
MISSING = "missing-"
"""How the codes of reasons begin that name a missing entry."""
OF_LAYERS = ("layer", "layers", "role")
"""Parameters of reasons that are about layers."""


class Remedy(NamedTuple):
    """A link to the place where something is entered."""

    url: str
    label: str


def get_remedy(run: AnalysisRun) -> Remedy | None:
    """Where to enter what a refused run lacks; None if nothing can be entered or the run offers a change itself."""
    if not run.messages or run.messages[0].get("offers") or does_not_apply(run):
        return None
    if run.messages[0]["code"] == WITHOUT_DATA:
        return Remedy(run.of.get_absolute_url(), "Add files")
    return _find_remedy(run, run.messages[0].get("parameters") or {})


def get_missing_remedy(value: Value) -> Remedy | None:
    """Where to enter what a run lacked for one of its quantities; None if no entry is missing."""
    if value.run is None or not value.missing_code.startswith(MISSING):
        return None
    return _find_remedy(value.run, value.missing_parameters)


def _find_remedy(run: AnalysisRun, parameters: Mapping[str, Any]) -> Remedy:
    """The field of what is missing; else the form of the measurement, or of the cell if it lacks a layer."""
    every = list(_list_parameters(parameters))
    for item in every:
        if remedy := _find_field(run, item):
            return remedy
    is_of_layer = any(name in item for item in every for name in OF_LAYERS)
    if run.measurement and not is_of_layer:
        return Remedy(reverse("web:edit-measurement", args=[run.measurement.refcode]), "Edit the measurement")
    return Remedy(reverse("web:edit-cell", args=[run.cell.refcode]), "Edit the cell")


def _list_parameters(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parameters of a reason, and of those it consists of."""
    yield parameters
    missing = parameters.get("missing")
    if isinstance(missing, list):
        yield from (item.get("parameters") or {} for item in missing if isinstance(item, dict))


def _find_field(run: AnalysisRun, parameters: Mapping[str, Any]) -> Remedy | None:
    """The field of the form in which the quantity that a reason names is entered."""
    quantity, layer, measurement = str(parameters.get("quantity") or ""), parameters.get("layer"), run.measurement
    if isinstance(layer, int):
        return _find_layer_field(run.cell, layer, quantity)
    if quantity in Cell.magnitude_fields():
        return Remedy(f"{_edit(run.cell)}#id_{Cell.magnitude_fields()[quantity]}", "Enter it for the cell")
    if any(name in parameters for name in OF_LAYERS):
        return None
    if quantity == DIAMETER and measurement and measurement.setup_id:
        return Remedy(f"{reverse('web:edit-setup', args=[measurement.setup_id])}#id_die_diameter", "Edit the set-up")
    if quantity and measurement:
        anchor = f"id_conditions.{quantity}" if quantity in plugin_loading.current().conditions else "values-heading"
        return Remedy(f"{reverse('web:edit-measurement', args=[measurement.refcode])}#{anchor}", "Enter it")
    return None


def _find_layer_field(cell: Cell, layer: int, quantity: str) -> Remedy:
    """The field of a layer, or of the material or formulation it is made of."""
    if not quantity or quantity in LAYER_FIELDS:
        field = LAYER_FIELDS.get(quantity, "substance")
        return Remedy(f"{_edit(cell)}#id_layers-{layer - 1}-{field}", f"Enter it for layer {layer}")
    made_of = reverse("web:layer-substance", args=[cell.refcode, layer])
    field = Material.magnitude_fields().get(quantity, "")
    return Remedy(f"{made_of}#id_{field}" if field else made_of, f"Enter it for the material of layer {layer}")


def _edit(cell: Cell) -> str:
    return reverse("web:edit-cell", args=[cell.refcode])
