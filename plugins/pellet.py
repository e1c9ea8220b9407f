"""What both conductivity plugins read of a pressed pellet; registers nothing."""

from dataclasses import dataclass

from analyses.geometry import disc_area
from analyses.unanswerable import Unanswerable
from analyses.uncertainty import Estimate
from registry.hookspecs import Inputs, Message, Refused


@dataclass(frozen=True)
class Pellet:
    """Thickness and area of the sample, with remarks on where they come from."""

    thickness_um: Estimate
    area_cm2: Estimate
    messages: tuple[Message, ...]


def read_pellet(inputs: Inputs) -> Pellet:
    """Return the geometry of the one sample layer; its area is its own or that of the die, never assumed."""
    sample = inputs.only_layer("sample")
    thickness = sample.require("thickness_um", "pellet thickness")
    area = sample.quantity("area_cm2")
    messages = []
    if area is None:
        diameter = inputs.setup("die_diameter_mm")
        if diameter is None:
            raise Refused(
                f"needs the pellet area: layer {sample.position} ({sample.role}, {sample.name}) has none, "
                "and the set-up has no die diameter"
            )
        area = _area_of_die(diameter)
        messages.append(
            Message(f"Area {area.magnitude:.4g} cm² from the die diameter, {diameter.magnitude:g} mm (π d²/4).")
        )
    inferred = [words for words, number in (("thickness", thickness), ("area", area)) if number.inferred]
    if inferred:
        verb = "are" if len(inferred) > 1 else "is"
        messages.append(
            Message(f"The {' and the '.join(inferred)} of the pellet {verb} inferred, so the conductivity is too.")
        )
    return Pellet(thickness, area, tuple(messages))


def _area_of_die(diameter: Estimate) -> Estimate:
    try:
        return disc_area(diameter)
    except Unanswerable as error:
        raise Refused(f"the die of the set-up gives no area: {error}") from error
