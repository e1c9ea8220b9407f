"""Arcs of electrodes, by capacitance or as stated, in the resistance between electrodes taken to block ions."""

from collections.abc import Sequence

from analyses.cell.geometry import UM_PER_CM
from analyses.coded_text import Listed
from analyses.impedance.circuits.arc_assignment import BULK, ELECTROLYTE, OTHER, SURFACE_LAYER_F_CM
from analyses.impedance.circuits.arc_spread import series_resistors
from analyses.impedance.circuits.arc_values import ArcValues
from analyses.impedance.circuits.circuit import Element
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from registry.contract.analysis_support.impedance.impedance_arcs import (
    SIGMA,
    SMALL_SERIES_SHARE,
    ArcReport,
    largest_capacitance_f_cm,
    stated_assignments,
)
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, NotComputed, Result

DIFFUSION_EXPONENT = 0.6
"""Exponent of the tail below which it may be a diffusion in electrodes that ions enter: blocking ones have 0.7 to 1."""
UNDETERMINED = 10.0
"""Factor by which the capacitance of an arc that the spectrum does not determine must exceed the limit."""


def ends_in_diffusion(fit: ImpedanceFit) -> bool:
    """Return whether the last element of the circuit is a diffusion, or a constant phase element like one."""
    last = fit.circuit.tree.items[-1]
    if not isinstance(last, Element):
        return False
    exponent = next((p.magnitude for p in fit.parameters if p.name == f"{last.name}_n"), None)
    return last.kind.symbol.startswith("W") if exponent is None else exponent < DIFFUSION_EXPONENT


def assumed_blocking_message(fit: ImpedanceFit) -> Message:
    """Return that electrodes which nobody entered may not block ions."""
    return Message(
        "electrodes-may-pass-ions",
        "Neither the set-up nor the layers state what the electrodes block, and the spectrum ends as in a diffusion "
        "({circuit}, with an exponent below {exponent:g}): they are assumed to block ions. If they do not, the "
        "resistance includes their interfaces; enter the electrodes.",
        "warning",
        circuit=fit.circuit.text,
        exponent=DIFFUSION_EXPONENT,
    )


def conductivity_without_electrodes(
    inputs: Inputs, report: ArcReport, resistance: Result | NotComputed, *, may_pass_ions: bool
) -> Result | NotComputed | None:
    """Return what the conductivity is if the resistance includes arcs of the electrodes; None if it includes none.

    An arc belongs to the electrodes if its capacitance times L/A is above all that grain boundaries have, or, if the
    electrodes may pass ions, above that of a surface layer: there is no conductivity. If the user assigns the arcs, it
    is one that is called `other`: the conductivity is that of the arcs of the electrolyte.
    """
    pellet = report.pellet
    if pellet is None or isinstance(resistance, NotComputed):
        return None
    per_cm = pellet.thickness_um.magnitude / UM_PER_CM / pellet.area_cm2.magnitude
    if stated := stated_assignments(inputs):
        arcs = [item.arc for item, word in zip(report.assigned, stated, strict=False) if word == OTHER]
        if not _includes(report, resistance, arcs):
            return None
        if any(item.assignment in (BULK, ELECTROLYTE) for item in report.assigned):
            return report.conductivity(pellet)
        return NotComputed(
            SIGMA,
            "resistance-includes-electrodes",
            "the resistance includes {arcs}, assigned to nothing, and no arc is assigned to the electrolyte: raise "
            "lowest_frequency_hz to leave the arc out",
            arcs=Listed([_words(arc, per_cm) for arc in arcs], between=" and "),
        )
    most = largest_capacitance_f_cm(inputs)
    most = min(most, SURFACE_LAYER_F_CM) if may_pass_ions else most
    arcs = [
        arc for arc in report.arcs if arc.arc.capacitance_f * per_cm > most * (1 if arc.capacitance_f else UNDETERMINED)
    ]
    if not _includes(report, resistance, arcs):
        return None
    return NotComputed(
        SIGMA,
        "resistance-includes-electrodes",
        "the resistance includes {arcs}: a capacitance above {most_f_cm:.2g} F cm⁻¹ is that of an electrode interface, "
        "not of the electrolyte. Raise lowest_frequency_hz to leave the arc out, enter the electrodes, or assign the "
        "arcs with arc_assignment",
        arcs=Listed([_words(arc, per_cm) for arc in arcs], between=" and "),
        most_f_cm=most,
    )


def _includes(report: ArcReport, resistance: Result, arcs: Sequence[ArcValues]) -> bool:
    """Return whether a resistance, by whichever method, includes arcs that are a notable part of it."""
    series = sum(p.magnitude for p in report.fit.parameters if p.name in series_resistors(report.fit))
    total = series + _ohm(report.arcs)
    is_notable = _ohm(arcs) > SMALL_SERIES_SHARE * total
    return is_notable and resistance.estimate.magnitude > total - _ohm(arcs) / 2


def _ohm(arcs: Sequence[ArcValues]) -> float:
    return sum(arc.arc.resistance_ohm for arc in arcs)


def _words(arc: ArcValues, per_cm: float) -> str:
    return (
        f"arc {arc.number} ({arc.arc.resistor}, {arc.arc.resistance_ohm:.3g} Ω) with "
        f"{arc.arc.capacitance_f * per_cm:.2g} F cm⁻¹"
    )
