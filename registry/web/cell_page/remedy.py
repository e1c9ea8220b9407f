"""The button of a refusal: where the entry that is missing is made."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django.urls import reverse

from registry import plugin_loading
from registry.models import AnalysisRun, Measurement
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


class Remedy(NamedTuple):
    """A link to the place where something is entered."""

    url: str
    label: str


def get_remedy(run: AnalysisRun) -> Remedy | None:
    """Where to enter what a refused run lacks; None if nothing can be entered or the run offers a change itself."""
    if not run.messages or run.messages[0].get("offers") or does_not_apply(run):
        return None
    measurement = run.measurement
    if run.messages[0]["code"] == WITHOUT_DATA:
        return Remedy(run.of.get_absolute_url(), "Add files")
    for parameters in _list_parameters(run.messages[0]):
        if remedy := _find_field(run, measurement, parameters):
            return remedy
    if measurement:
        return Remedy(reverse("web:edit-measurement", args=[measurement.refcode]), "Edit the measurement")
    return Remedy(reverse("web:edit-cell", args=[run.cell.refcode]), "Edit the cell")


def _list_parameters(message: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The parameters of a refusal, and of those it consists of."""
    parameters = message.get("parameters") or {}
    yield parameters
    missing = parameters.get("missing")
    if isinstance(missing, list):
        yield from (item.get("parameters") or {} for item in missing if isinstance(item, dict))


def _find_field(run: AnalysisRun, measurement: Measurement | None, parameters: Mapping[str, Any]) -> Remedy | None:
    """The field of the form in which the quantity that a refusal names is entered."""
    quantity, layer = str(parameters.get("quantity") or ""), parameters.get("layer")
    if isinstance(layer, int):
        field = LAYER_FIELDS.get(quantity, "substance")
        edit = reverse("web:edit-cell", args=[run.cell.refcode])
        return Remedy(f"{edit}#id_layers-{layer - 1}-{field}", f"Enter it for layer {layer}")
    if quantity == DIAMETER and measurement and measurement.setup_id:
        return Remedy(f"{reverse('web:edit-setup', args=[measurement.setup_id])}#id_die_diameter", "Edit the set-up")
    if quantity and measurement:
        anchor = f"id_conditions.{quantity}" if quantity in plugin_loading.current().conditions else "values-heading"
        return Remedy(f"{reverse('web:edit-measurement', args=[measurement.refcode])}#{anchor}", "Enter it")
    return None
