"""Ionic conductivity of a pellet from the resistance read off its impedance spectrum."""

from collections.abc import Sequence

from analyses.ionic_conductivity import ionic_conductivity
from analyses.unanswerable import Unanswerable
from plugins.pellet import read_pellet
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Refused, Result, hookimpl

BLOCKED = {
    "ions": "The electrodes of the set-up block ions.",
    "electrons": "The electrodes of the set-up block electrons.",
    "none": "The electrodes of the set-up block neither ions nor electrons.",
}


def run(inputs: Inputs) -> Outcome:
    """Return σ_ion = L / (R A)."""
    resistance = inputs.reported("resistance_ohm")
    if resistance is None:
        if inputs.dataset is not None:
            raise Refused("needs a resistance: fitting a spectrum is not part of this version; enter the resistance")
        raise Refused("needs a resistance: this measurement reports none; enter the one read off the spectrum")
    pellet = read_pellet(inputs)
    try:
        sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    except Unanswerable as error:
        raise Refused(str(error)) from error
    blocked = BLOCKED.get(str(inputs.fact("setup.blocks")))
    messages = (Message("σ = L/(R A) with the reported resistance."), *pellet.messages)
    return Outcome(
        values=(Result("ionic_conductivity_s_cm", sigma),),
        messages=(*messages, Message(blocked)) if blocked else messages,
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer ionic conductivity on impedance measurements."""
    return (
        Analysis(
            name="ionic-conductivity",
            version="1.0.0",
            title="Ionic conductivity",
            description="σ = L/(R A) from the resistance of a pellet to ions and its geometry.",
            techniques=("eis",),
            gives=("ionic_conductivity_s_cm",),
            run=run,
            needs=(
                "the resistance, as reported",
                "the thickness of the one layer with the role sample",
                "the area of that layer, or the die diameter of the set-up",
            ),
        ),
    )
