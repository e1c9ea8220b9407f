"""The area of the electrodes of a cell with two alike."""

from analyses.cell.geometry import disc_area
from analyses.coded_text import Listed, Remark
from analyses.uncertainty import Estimate
from registry.contract.inputs import Inputs

ELECTRODES = ("cathode", "anode")


def electrode_area(inputs: Inputs) -> Estimate | Remark:
    """Return the area of both electrodes, that of the die if they have none, or what is missing for it [cm²]."""
    layers = [layer for layer in inputs.layers if layer.role in ELECTRODES]
    for layer in layers:
        if bound := layer.bound("area_cm2"):
            return Remark(
                "only-a-bound",
                "the area of layer {layer} ({role}, {name}) is only a bound, {bound}: enter it",
                layer=layer.position,
                role=layer.role,
                name=layer.name,
                bound=bound,
                quantity="area_cm2",
            )
    areas = [area for layer in layers if (area := layer.quantity("area_cm2")) is not None]
    if len({area.magnitude for area in areas}) > 1:
        return Remark(
            "electrode-areas-differ",
            "the electrodes differ in area ({areas_cm2:g} cm²), so the current density is ambiguous",
            areas_cm2=Listed(area.magnitude for area in areas),
        )
    if areas:
        return areas[0]
    if bound := inputs.bound("setup.die_diameter_mm"):
        return Remark(
            "only-a-bound",
            "the die diameter of the set-up is only a bound, {bound}: enter it, or the area of the electrodes",
            bound=bound,
            quantity="die_diameter_mm",
        )
    diameter = inputs.setup("die_diameter_mm")
    if diameter is None:
        electrodes = [f"layer {layer.position} ({layer.role}, {layer.name})" for layer in layers]
        return Remark(
            "missing-area",
            "enter the area of {electrodes} or the die diameter of the set-up",
            electrodes=Listed(electrodes or ["the electrodes"]),
            quantities=["area_cm2", "die_diameter_mm"],
        )
    return disc_area(diameter)
