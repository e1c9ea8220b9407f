"""Geometry of a pressed pellet, for conductivity analyses."""

from dataclasses import dataclass

from analyses.cell.geometry import disc_area
from analyses.uncertainty import Estimate
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused


@dataclass(frozen=True)
class Pellet:
    """Thickness and area of the sample, with remarks on their source."""

    thickness_um: Estimate
    area_cm2: Estimate
    messages: tuple[Message, ...]


def read_pellet(inputs: Inputs) -> Pellet:
    """Return the geometry of the only sample layer; its area is entered or that of the die, never assumed."""
    sample = inputs.only_layer("sample")
    thickness = sample.require("thickness_um", "pellet thickness")
    area = sample.quantity("area_cm2")
    messages = []
    if area is None:
        diameter = inputs.setup("die_diameter_mm")
        if diameter is None:
            raise Refused(
                f"no pellet area: enter the area of layer {sample.position} ({sample.role}, {sample.name}), or the die "
                "diameter of the set-up"
            )
        area = disc_area(diameter)
        messages.append(
            Message(f"Area {area.magnitude:.4g} cm² from the die diameter, {diameter.magnitude:g} mm (π d²/4).")
        )
    inferred = [label for label, number in (("thickness", thickness), ("area", area)) if number.inferred]
    if inferred:
        messages.append(Message(f"Inferred pellet {' and '.join(inferred)}: the conductivity is inferred too."))
    return Pellet(thickness, area, tuple(messages))
