"""The arcs of a fitted spectrum as values, their assignment to bulk and grain boundaries, and the conductivities."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from analyses.cell.geometry import UM_PER_CM
from analyses.coded_text import Listed, Remark
from analyses.impedance.circuits.arc_assignment import (
    BULK,
    BULK_F_CM,
    ELECTROLYTE,
    GRAIN_BOUNDARY,
    GRAIN_BOUNDARY_F_CM,
    NOT_DISTINGUISHED,
    SURFACE_LAYER_F_CM,
    AssignedArc,
    assign_as_stated,
    assign_by_capacitance,
    is_beyond,
    without_interfaces,
)
from analyses.impedance.circuits.arc_spread import series_resistors
from analyses.impedance.circuits.arc_values import ArcValues, arc_values, sum_of_resistances
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.insufficient_data import InsufficientData
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.cell.pellet import Pellet
from registry.contract.analysis_support.impedance.spectrum_quantities import ARC, HIGH_FREQUENCY, SERIES_RESISTANCE
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, NotComputed, Refused, Result

SIGMA = "ionic_conductivity_s_cm"
SMALL_SERIES_SHARE = 0.03
"""Share of the resistance up to which a series resistor changes nothing that the parts are used for."""
OF_CONDUCTOR = (BULK, GRAIN_BOUNDARY, ELECTROLYTE)


@dataclass(frozen=True)
class ArcReport:
    """The arcs of a fit, and what they are assigned to."""

    fit: ImpedanceFit
    arcs: tuple[ArcValues, ...]
    assigned: tuple[AssignedArc, ...]
    """Empty if neither geometry nor user assigns them."""
    pellet: Pellet | None
    highest_frequency_hz: float
    """Of the spectrum."""

    def values(self) -> tuple[Result, ...]:
        """Return R, C and peak frequency of each arc, and resistance and conductivity of bulk and grain boundaries."""
        of_arcs = [
            Result(slug, estimate, f"{arc.arc.resistor} of {self.fit.circuit.text}.", at={"arc": arc.number})
            for arc in self.arcs
            for slug, estimate in _by_quantity(arc).items()
            if estimate is not None
        ]
        return (
            *of_arcs,
            *self._in_series(),
            *self._interpreted(BULK, "bulk"),
            *self._interpreted(GRAIN_BOUNDARY, "grain_boundary"),
        )

    def _in_series(self) -> tuple[Result, ...]:
        """Return the resistance in series with the arcs, if the circuit has one and the spectrum determines it."""
        names = series_resistors(self.fit)
        if not names:
            return ()
        try:
            resistance = sum_of_resistances(self.fit, names)
        except InsufficientData:
            return ()
        return (Result(SERIES_RESISTANCE, resistance, f"{' + '.join(names)} of {self.fit.circuit.text}."),)

    def not_computed(self) -> tuple[NotComputed, ...]:
        """Return which values of the arcs the spectrum does not determine, and parts that are not distinguished."""
        of_arcs = tuple(
            self._not_determined(arc, slug)
            for arc in self.arcs
            for slug, estimate in _by_quantity(arc).items()
            if estimate is None
        )
        return (*of_arcs, *self._not_distinguished())

    def _not_determined(self, arc: ArcValues, slug: str) -> NotComputed:
        words = slug.rpartition("_")[0].removeprefix("arc_").replace("_", " ")
        at = {"arc": arc.number}
        if not arc.is_in_all:
            return NotComputed(
                slug,
                "arc-depends-on-circuit",
                "the {words} of arc {arc} ({resistor}) depends on the circuit: circuits that fit about as well as "
                "{circuit} lack this arc or do not determine it",
                words=words,
                arc=arc.number,
                resistor=arc.arc.resistor,
                circuit=self.fit.circuit.text,
                at=at,
            )
        return NotComputed(
            slug,
            "parameter-not-determined",
            "the spectrum does not determine the {words} of arc {arc} ({resistor}): its 95 % interval spans a "
            "decade or more",
            words=words,
            arc=arc.number,
            resistor=arc.arc.resistor,
            at=at,
        )

    def _not_distinguished(self) -> tuple[NotComputed, ...]:
        """Return that bulk and grain boundaries have no values if an arc may be either."""
        quantities = ("resistance_ohm", "ionic_conductivity_s_cm") if self.pellet else ("resistance_ohm",)
        return tuple(
            NotComputed(
                f"{part}_{quantity}",
                "bulk-or-grain-boundary",
                "{reason}: assign it with the parameter arc_assignment",
                reason=item.reason,
            )
            for item in self.assigned
            if item.reason.code == NOT_DISTINGUISHED
            for part in ("bulk", "grain_boundary")
            for quantity in quantities
        )

    def messages(self) -> tuple[Message, ...]:
        """Return what each arc is assigned to, and why."""
        if not self.assigned:
            return ()
        reasons = Listed(self._reasons(), between="; ")
        if {BULK, GRAIN_BOUNDARY} <= {item.assignment for item in self.assigned}:
            message = Message("arcs-resolved", "Bulk and grain boundaries are resolved: {reasons}.", reasons=reasons)
        else:
            message = Message(
                "arcs-not-resolved", "Bulk and grain boundaries are not both resolved: {reasons}.", reasons=reasons
            )
        return (message, *self._of_neither_part())

    def _series_share(self) -> float:
        """Return the share of the series resistor in the resistance of the circuit, whatever is determined."""
        resistor = sum(p.magnitude for p in self.fit.parameters if p.name in series_resistors(self.fit))
        return resistor / (resistor + sum(arc.arc.resistance_ohm for arc in self.arcs)) if resistor else 0.0

    def _of_neither_part(self) -> tuple[Message, ...]:
        """Return that a series resistor belongs to no part of the electrolyte, if it is not small."""
        share = self._series_share()
        if share <= SMALL_SERIES_SHARE or not self._names(*OF_CONDUCTOR):
            return ()
        return (
            Message(
                "series-resistance-of-no-part",
                "{resistor} is {percent:.2g} % of the resistance and is assigned to neither bulk nor grain "
                "boundaries: it may be leads and contacts, or a process of the electrolyte above the measured "
                "frequencies. In the latter case the conductivity of the arc is not that of the bulk.",
                "warning",
                resistor=" + ".join(series_resistors(self.fit)),
                percent=100 * share,
            ),
        )

    def _reasons(self) -> list[Remark]:
        """Return why each arc is assigned or not; arcs with a reason in common give it once."""
        return list({item.reason.text: item.reason for item in self.assigned}.values())

    def _names(self, *assignments: str) -> list[str]:
        return [item.arc.arc.resistor for item in self.assigned if item.assignment in assignments]

    def _note(self, *assignments: str) -> str:
        arcs = [item for item in self.assigned if item.assignment in assignments]
        numbers = " and ".join(str(item.arc.number) for item in arcs)
        how = "as stated" if arcs[0].reason.code == "arc-assigned-as-stated" else "by capacitance"
        note = f"Arc {numbers}, assigned {how}." if len(arcs) == 1 else f"Arcs {numbers}, assigned {how}."
        if BULK in assignments and self._series_share() > SMALL_SERIES_SHARE:
            note += f" Without {' + '.join(series_resistors(self.fit))}, which may be part of the electrolyte."
        includes_grains = BULK in assignments and not self._names(GRAIN_BOUNDARY, ELECTROLYTE)
        return f"{note} Grain boundaries are not resolved separately." if includes_grains else note

    def _interpreted(self, assignment: str, prefix: str) -> tuple[Result, ...]:
        """Return the resistance of the arcs assigned, and its conductivity if the geometry is known."""
        names, note = self._names(assignment), ""
        if not names:
            return ()
        try:
            resistance = sum_of_resistances(self.fit, names)
        except InsufficientData:
            return ()
        note = self._note(assignment)
        results = [Result(f"{prefix}_resistance_ohm", resistance, note)]
        if self.pellet:
            sigma = ionic_conductivity(resistance, self.pellet.thickness_um, self.pellet.area_cm2)
            results.append(Result(f"{prefix}_ionic_conductivity_s_cm", sigma, f"L/(R A). {note}"))
        return tuple(results)

    def conductivity(self, pellet: Pellet) -> Result | NotComputed:
        """Return the conductivity of the arcs that belong to the electrolyte, for electrodes that pass ions.

        Grain boundaries alone are not the electrolyte: without a bulk there is no conductivity.
        """
        assignments = {item.assignment for item in self.assigned}
        if not assignments & {BULK, ELECTROLYTE}:
            return NotComputed(
                SIGMA,
                "electrolyte-not-resolved",
                "the electrodes do not block ions, and no arc is assigned to the bulk or the electrolyte ({reasons}): "
                "assign it with the parameter arc_assignment",
                reasons=Listed(self._reasons() or ["no arcs"], between="; "),
            )
        try:
            resistance = sum_of_resistances(self.fit, self._names(*OF_CONDUCTOR))
        except InsufficientData as error:
            return NotComputed.because(SIGMA, error)
        sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
        return Result(SIGMA, sigma, f"L/(R A). {self._note(*OF_CONDUCTOR)}")

    def high_frequency_resistance(self) -> Result | NotComputed:
        """Return the resistance before the processes of the electrodes: series resistors and arcs of the electrolyte.

        Arcs of the electrolyte are those assigned to it, and any that are faster than the last of these. An arc far
        above the frequencies measured counts too: what it adds is there at the highest of them.
        """
        beyond = [arc.number for arc in self.arcs if is_beyond(arc, self.highest_frequency_hz)]
        assigned = [item.arc.number for item in self.assigned if item.assignment in OF_CONDUCTOR]
        last = max([*beyond, *assigned], default=0)
        names = [*series_resistors(self.fit), *(arc.arc.resistor for arc in self.arcs[:last])]
        if not names:
            return NotComputed(
                HIGH_FREQUENCY,
                "no-high-frequency-resistance",
                "the circuit {circuit} has no series resistor and no arc assigned to the electrolyte: assign one with "
                "the parameter arc_assignment",
                circuit=self.fit.circuit.text,
            )
        try:
            resistance = sum_of_resistances(self.fit, names)
        except InsufficientData as error:
            return NotComputed.because(HIGH_FREQUENCY, error)
        slowest = f", up to the arc at {self.arcs[last - 1].arc.frequency_hz:.3g} Hz" if last else ""
        return Result(HIGH_FREQUENCY, resistance, f"{' + '.join(names)} of {self.fit.circuit.text}{slowest}.")


def read_arcs(
    inputs: Inputs, fit: ImpedanceFit, pellet: Pellet | None, *, pass_ions: bool, highest_frequency_hz: float
) -> ArcReport:
    """Return the arcs of a fit, assigned as the user states or else by their capacitances if the geometry is known.

    Between electrodes that pass ions, an arc that may be a surface layer or an interface is not assigned.
    """
    arcs = arc_values(fit)
    if stated_assignments(inputs):
        try:
            stated = assign_as_stated(arcs, str(inputs.parameter("arc_assignment")))
            return ArcReport(fit, arcs, stated, pellet, highest_frequency_hz)
        except InsufficientData as error:
            raise Refused.of(error) from error
    if pellet is None:
        return ArcReport(fit, arcs, (), pellet, highest_frequency_hz)
    bulk, boundary = (_range(inputs, name) for name in ("bulk", "grain_boundary"))
    if pass_ions:
        boundary = boundary[0], min(boundary[1], SURFACE_LAYER_F_CM)
    per_cm = pellet.thickness_um.magnitude / UM_PER_CM / pellet.area_cm2.magnitude
    # An inductor and an arc far above the frequencies measured are two halves of one deviation.
    seen_hz = highest_frequency_hz if fit.circuit.has_inductor else math.inf
    assigned = assign_by_capacitance(arcs, per_cm, bulk, boundary, highest_frequency_hz=seen_hz)
    return ArcReport(fit, arcs, without_interfaces(assigned) if pass_ions else assigned, pellet, highest_frequency_hz)


def stated_assignments(inputs: Inputs) -> list[str]:
    """Return the words by which the user assigns arcs, the fastest first; none if they are assigned by capacitance."""
    text = str(inputs.parameter("arc_assignment")).strip()
    return [word.strip().casefold() for word in text.split(",")] if text else []


def largest_capacitance_f_cm(inputs: Inputs) -> float:
    """Return the largest capacitance times L/A of an arc of the electrolyte [F cm⁻¹]."""
    return max(_range(inputs, name)[1] for name in ("bulk", "grain_boundary"))


def without_fit() -> NotComputed:
    """Return that there is no conductivity without a circuit, for electrodes that pass ions."""
    return NotComputed(
        SIGMA,
        "no-fitted-arc",
        "the electrodes do not block ions, and no fitted circuit has an arc of the electrolyte",
    )


def _range(inputs: Inputs, name: str) -> tuple[float, float]:
    least, most = (float(inputs.parameter(f"{name}_capacitance_{end}_f_cm")) for end in ("least", "most"))
    if least > most:
        raise Refused(
            "empty-capacitance-range",
            "the capacitance range of {name}, {least:.2g} to {most:.2g} F cm⁻¹, is empty",
            name=name.replace("_", " "),
            least=least,
            most=most,
        )
    return least, most


def _by_quantity(arc: ArcValues) -> dict[str, Estimate | None]:
    return {
        ARC["resistance"]: arc.resistance_ohm,
        ARC["capacitance"]: arc.capacitance_f,
        ARC["peak"]: arc.peak_frequency_hz,
    }


def _capacitance(name: str, words: str, least: float, most: float) -> tuple[Parameter, Parameter]:
    low, high = (
        Parameter(
            name=f"{name}_capacitance_{end}_f_cm",
            type=float,
            default=default,
            help=f"{extent} capacitance times thickness divided by area of an arc assigned to {words}.",
            unit="F cm⁻¹",
            minimum=0.0,
            maximum=1.0,
            title=f"{extent} capacitance of {words}",
        )
        for end, extent, default in (("least", "Smallest", least), ("most", "Largest", most))
    )
    return low, high


ARC_PARAMETERS: Sequence[Parameter] = (
    Parameter(
        name="arc_assignment",
        type=str,
        default="",
        help="Assignment of the arcs, the fastest first, separated by commas: bulk, grain boundary, electrolyte or "
        "other; leave empty to assign them by capacitance.",
        title="Assignment of the arcs",
    ),
    *_capacitance("bulk", "the bulk", *BULK_F_CM),
    *_capacitance("grain_boundary", "grain boundaries", *GRAIN_BOUNDARY_F_CM),
)
