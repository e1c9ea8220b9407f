"""Electronic conductivity of a pellet from chronoamperometry at stepped voltages, or from a reported resistance."""

from collections.abc import Sequence

from analyses.transport.electronic_conductivity import electronic_conductivity
from registry.contract.analysis_support.cell.electrodes import read_electrodes
from registry.contract.analysis_support.transport.staircase_conductivity import conductivity_of_run
from registry.contract.analysis_support.transport.voltage_staircase import NEEDS, PARAMETERS
from registry.hookspecs import Analysis, Inputs, Message, Outcome, Refused, hookimpl

CONTRACT_VERSION = 2


def run(inputs: Inputs) -> Outcome:
    """Return R from a line of current against voltage, and σ_e = L / (R A)."""
    electrodes = read_electrodes(inputs)
    blocks = electrodes.blocks
    if electrodes.pass_ions and electrodes.disagreement:
        raise Refused.of(electrodes.disagreement)
    if blocks == "electrons":
        raise Refused(
            "electrodes-not-ion-blocking",
            "the electrodes block electrons: use ion-blocking electrodes (dc-polarisation gives "
            "the ionic conductivity)",
        )
    if blocks == "none":
        raise Refused(
            "electrodes-not-ion-blocking",
            "the electrodes block neither ions nor electrons, so both carry current: use ion-blocking electrodes",
        )
    unstated = (
        ()
        if blocks == "ions"
        else (
            Message(
                "electrodes-not-stated",
                "Neither the set-up nor the layers state what the electrodes block: the electronic "
                "conductivity holds only if they block ions.",
                "warning" if inputs.dataset else "info",
            ),
        )
    )
    return conductivity_of_run(inputs, "electronic_conductivity_s_cm", electronic_conductivity, unstated)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer electronic conductivity on chronoamperometry measurements."""
    return (
        Analysis(
            name="electronic-conductivity",
            version="2.3.4",
            title="Electronic conductivity",
            description="σ = L/(R A), with R from steady-state current against voltage, or as reported.",
            techniques=("chronoamperometry",),
            outputs=("resistance_ohm", "electronic_conductivity_s_cm"),
            run=run,
            not_applicable=("electrodes-not-ion-blocking",),
            parameters=PARAMETERS,
            requirements=(*NEEDS, "a set-up with ion-blocking electrodes (assumed if not entered)"),
        ),
    )
