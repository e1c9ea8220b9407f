"""Geometry of a pressed pellet, for conductivity analyses."""

from dataclasses import dataclass

from analyses.cell.geometry import disc_area
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.electrodes import read_electrodes
from registry.contract.analysis_support.sample_layer import find_sample
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, Refused


@dataclass(frozen=True)
class Pellet:
    """Thickness and area of the sample, with remarks on their source."""

    thickness_um: Estimate
    area_cm2: Estimate
    messages: tuple[Message, ...]


def read_pellet(inputs: Inputs) -> Pellet:
    """Return the geometry of the sample; its area is entered or that of the die, never assumed.

    The sample is found by `find_sample`. A full cell is refused: its layers are not a pellet.
    """
    read_electrodes(inputs).refuse_full_cell()
    sample, found_by = find_sample(inputs.layers)
    thickness = sample.require("thickness_um", "pellet thickness")
    area = sample.optional("area_cm2", "pellet area")
    messages = list(found_by)
    if area is None:
        diameter = inputs.optional("setup.die_diameter_mm", "die diameter")
        if diameter is None:
            raise Refused(
                "missing-area",
                "no pellet area: enter the area of layer {position} ({role}, {sample_name}), or the die diameter of "
                "the set-up",
                position=sample.position,
                role=sample.role,
                sample_name=sample.name,
            )
        area = disc_area(diameter)
        messages.append(
            Message(
                "area-from-diameter",
                "Area {area:.4g} cm² from the die diameter, {diameter:g} mm (π d²/4).",
                area=area.magnitude,
                diameter=diameter.magnitude,
            )
        )
    inferred = [label for label, number in (("thickness", thickness), ("area", area)) if number.inferred]
    if inferred:
        messages.append(
            Message(
                "inferred-geometry",
                "Inferred pellet {inferred}: the conductivity is inferred too.",
                inferred=" and ".join(inferred),
            )
        )
    return Pellet(thickness, area, tuple(messages))
