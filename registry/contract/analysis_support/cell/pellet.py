"""Geometry of a pressed pellet, for conductivity analyses."""

from collections.abc import Mapping
from dataclasses import dataclass

from analyses.cell.geometry import disc_area
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cell.electrodes import read_electrodes
from registry.contract.analysis_support.cell.header_geometry import (
    AREA,
    THICKNESS,
    HeaderNumber,
    differing_geometry,
    read_header_geometry,
)
from registry.contract.analysis_support.cell.sample_layer import find_sample
from registry.contract.inputs import Inputs
from registry.contract.layer import Layer
from registry.contract.outcome import Message, Refused

ELECTRODE_ROLES = ("current_collector", "cathode", "anode")
SAME_AREA = 0.02
"""Relative difference up to which two areas are one."""


@dataclass(frozen=True)
class Pellet:
    """Thickness and area of the sample, with remarks on their source."""

    thickness_um: Estimate
    area_cm2: Estimate
    messages: tuple[Message, ...]


def read_pellet(inputs: Inputs) -> Pellet:
    """Return the geometry of the sample; its area is entered or that of the die, never assumed.

    The sample is found by `find_sample`. A full cell is refused: its layers are not a pellet. What the header of the
    file states is offered where the record has nothing, and compared where it has.
    """
    read_electrodes(inputs).refuse_full_cell()
    sample, found_by = find_sample(inputs.layers)
    stated = read_header_geometry(inputs)
    thickness = _thickness(sample, stated)
    area = sample.optional("area_cm2", "pellet area")
    messages = list(found_by)
    if area is None:
        diameter = inputs.optional("setup.die_diameter_mm", "die diameter")
        if diameter is None:
            raise Refused(
                "missing-area",
                "no pellet area: enter the area of layer {position} ({role}, {sample_name}), or the die diameter of "
                "the set-up{offer}",
                position=sample.position,
                role=sample.role,
                sample_name=sample.name,
                offer=stated[AREA].offer if AREA in stated else "",
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
                "The pellet {inferred} was inferred, so the conductivity is marked as inferred.",
                inferred=" and ".join(inferred),
            )
        )
    messages += differing_geometry(stated, {THICKNESS: thickness, AREA: area})
    messages += _electrode_messages(inputs, sample, area)
    return Pellet(thickness, area, tuple(messages))


def _electrode_messages(inputs: Inputs, sample: Layer, area: Estimate) -> list[Message]:
    """Return that an electrode has another area than the sample, through which the current then does not flow alike."""
    others = [layer for layer in inputs.layers if layer.position != sample.position and layer.role in ELECTRODE_ROLES]
    areas = {layer.position: number for layer in others if (number := layer.quantity("area_cm2")) is not None}
    return [
        Message(
            "electrode-area-differs",
            "Layer {layer} has an area of {electrode_cm2:.4g} cm², the sample {area_cm2:.4g} cm². The conductivity "
            "assumes current through the full area of the sample: if the smaller electrode limits the current, enter "
            "its area for the sample.",
            "warning",
            layer=position,
            electrode_cm2=number.magnitude,
            area_cm2=area.magnitude,
        )
        for position, number in areas.items()
        if abs(number.magnitude - area.magnitude) > SAME_AREA * area.magnitude
    ]


def pellet_or_reason(inputs: Inputs) -> Pellet | Refused | InsufficientData:
    """Return the geometry of the sample, or why there is none."""
    try:
        return read_pellet(inputs)
    except (Refused, InsufficientData) as reason:
        return reason


def _thickness(sample: Layer, stated: Mapping[str, HeaderNumber]) -> Estimate:
    """Return the thickness of the sample, or refuse and name what the file states."""
    if THICKNESS not in stated or sample.optional(THICKNESS, "pellet thickness") is not None:
        return sample.require(THICKNESS, "pellet thickness")
    raise Refused(
        "missing-thickness",
        "no pellet thickness: enter it for layer {layer} ({role}, {name}){offer}",
        layer=sample.position,
        role=sample.role,
        name=sample.name,
        offer=stated[THICKNESS].offer,
        quantity=THICKNESS,
    )
