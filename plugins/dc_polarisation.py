"""Ionic conductivity of a pellet from a stepped-voltage run between electrodes that block electrons."""

from collections.abc import Sequence

from analyses.ionic_conductivity import ionic_conductivity
from analyses.unanswerable import Unanswerable
from plugins.pellet import read_pellet
from plugins.voltage_staircase import NEEDS, PARAMETERS, reported_resistance, resistance_of_run
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Refused, Result, hookimpl


def run(inputs: Inputs) -> Outcome:
    """Return R from a line of current against voltage, and σ_ion = L / (R A)."""
    blocks = inputs.fact("setup.blocks")
    if blocks != "electrons":
        states = f"block {blocks}" if blocks == "ions" else "block neither ions nor electrons"
        has = f"those of this set-up {states}" if blocks else "this set-up does not state what its electrodes block"
        raise Refused(f"needs electrodes that block electrons, so that ions alone carry the current: {has}")
    pellet = read_pellet(inputs)
    dataset = inputs.dataset
    try:
        fitted = resistance_of_run(inputs, dataset) if dataset else Outcome()
        resistance = fitted.values[0].estimate if fitted.values else reported_resistance(inputs)
        sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    except Unanswerable as error:
        raise Refused(str(error)) from error
    source = Message(f"σ = L/(R A) with the {'fitted' if dataset else 'reported'} resistance.")
    return Outcome(
        values=(*fitted.values, Result("ionic_conductivity_s_cm", sigma)),
        curves=fitted.curves,
        messages=(source, *pellet.messages, *fitted.messages),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer ionic conductivity on chronoamperometry measurements."""
    return (
        Analysis(
            name="dc-polarisation",
            version="1.1.0",
            title="DC polarisation",
            description="σ_ion = L/(R A), R from a line of current at rest against voltage, electrons blocked.",
            techniques=("chronoamperometry",),
            outputs=("resistance_ohm", "ionic_conductivity_s_cm"),
            run=run,
            parameters=PARAMETERS,
            requirements=(*NEEDS, "a set-up whose electrodes block electrons"),
        ),
    )
