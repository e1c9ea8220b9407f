"""Ionic conductivity of a pellet from a stepped-voltage run between electron-blocking electrodes."""

from collections.abc import Sequence

from analyses.transport.ionic_conductivity import ionic_conductivity
from registry.contract.analysis_support.cell.electrodes import BLOCKED, read_electrodes
from registry.contract.analysis_support.transport.staircase_conductivity import conductivity_of_run
from registry.contract.analysis_support.transport.voltage_staircase import NEEDS, PARAMETERS
from registry.hookspecs import Analysis, Inputs, Outcome, Refused, hookimpl

CONTRACT_VERSION = 2


def run(inputs: Inputs) -> Outcome:
    """Return R from a line of current against voltage, and σ_ion = L / (R A)."""
    electrodes = read_electrodes(inputs)
    if electrodes.blocks != "electrons":
        stated = BLOCKED.get(electrodes.blocks)
        actual = f"the electrodes of this cell block {stated}" if stated else "select the electrode type of the set-up"
        raise Refused(
            "electrodes-not-electron-blocking", "requires electron-blocking electrodes: {actual}", actual=actual
        )
    return conductivity_of_run(inputs, "ionic_conductivity_s_cm", ionic_conductivity, electrodes.messages)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer ionic conductivity on chronoamperometry measurements."""
    return (
        Analysis(
            name="dc-polarisation",
            version="2.3.4",
            title="DC polarisation",
            description=(
                "σ_ion = L/(R A), with R from steady-state current against voltage; electron-blocking electrodes."
            ),
            techniques=("chronoamperometry",),
            outputs=("resistance_ohm", "ionic_conductivity_s_cm"),
            run=run,
            not_applicable=("electrodes-not-electron-blocking",),
            parameters=PARAMETERS,
            requirements=(*NEEDS, "a set-up with electron-blocking electrodes"),
        ),
    )
