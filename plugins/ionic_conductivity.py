"""Ionic conductivity of a pellet from its impedance spectrum, or from a resistance read off it and reported."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.circuit import parse_circuit
from analyses.geometry import UM_PER_CM
from analyses.impedance_arcs import bulk_and_grain_boundary, find_arcs
from analyses.impedance_choice import choose_circuit
from analyses.impedance_fit import ImpedanceFit, fit_circuit
from analyses.impedance_spectrum import Spectrum, check_spectrum, resistance_at_intercept, resistance_at_minimum
from analyses.ionic_conductivity import ionic_conductivity
from analyses.kramers_kronig import KramersKronig, kramers_kronig
from analyses.unanswerable import Unanswerable
from analyses.uncertainty import Estimate
from plugins import impedance_report
from plugins.pellet import Pellet, read_pellet
from registry.hookspecs import (
    Analysis,
    Curve,
    Dataset,
    Inputs,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    hookimpl,
)

BLOCKED = {
    "ions": "The electrodes of the set-up block ions.",
    "electrons": "The electrodes of the set-up block electrons.",
    "none": "The electrodes of the set-up block neither ions nor electrons.",
}
METHODS = ("fit", "minimum", "intercept")
SIGMA = "ionic_conductivity_s_cm"


@dataclass(frozen=True)
class Found:
    """What the spectrum gives by itself: the resistance asked for first, then what stands beside it."""

    values: tuple[Result, ...]
    curves: tuple[Curve, ...]
    messages: tuple[Message, ...]
    fit: ImpedanceFit | None


def run(inputs: Inputs) -> Outcome:
    """Return R of the spectrum by the method asked for, the other methods beside it, and σ_ion = L / (R A).

    Without the geometry of the pellet a spectrum gives its resistances alone, and says what σ lacks.
    """
    dataset = inputs.dataset
    try:
        if dataset is None:
            return _of_reported(inputs)
        found = _from_dataset(inputs, dataset)
        return _with_conductivity(inputs, found)
    except Unanswerable as error:
        raise Refused(str(error)) from error


def _of_reported(inputs: Inputs) -> Outcome:
    resistance = inputs.reported("resistance_ohm")
    if resistance is None:
        why = inputs.missing_reason("resistance_ohm")
        raise Refused(f"needs a resistance: {why}; enter the one read off the spectrum")
    pellet = read_pellet(inputs)
    sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    said = Message("σ = L/(R A) with the reported resistance.")
    return Outcome((Result(SIGMA, sigma),), messages=(said, *pellet.messages, *_blocked(inputs)))


def _with_conductivity(inputs: Inputs, found: Found) -> Outcome:
    """Return the resistances with the conductivities of the pellet, or with the reason why there are none."""
    blocks = str(inputs.fact("setup.blocks"))
    closing = []
    if blocks in {"electrons", "none"}:
        closing.append(
            Message("Electrodes that pass ions add the resistance of their interfaces to the spectrum.", "warning")
        )
    closing += _blocked(inputs)
    try:
        pellet = read_pellet(inputs)
    except Refused as refusal:
        lacking = (NotComputed(SIGMA, str(refusal)),)
        return Outcome(found.values, found.curves, (*found.messages, *closing), lacking)
    sigma = ionic_conductivity(found.values[0].estimate, pellet.thickness_um, pellet.area_cm2)
    apart, words = _bulk_apart(found.fit, pellet) if found.fit else ((), ())
    said = Message("σ = L/(R A) with this resistance.")
    return Outcome(
        values=(*found.values, *apart, Result(SIGMA, sigma)),
        curves=found.curves,
        messages=(*found.messages, *words, said, *pellet.messages, *closing),
    )


def _blocked(inputs: Inputs) -> tuple[Message, ...]:
    blocks = str(inputs.fact("setup.blocks"))
    return (Message(BLOCKED[blocks]),) if blocks in BLOCKED else ()


def _from_dataset(inputs: Inputs, dataset: Dataset) -> Found:
    spectrum = check_spectrum(
        *(dataset.column(name) for name in ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")),
        lowest_frequency_hz=float(inputs.parameter("lowest_frequency_hz")),
        highest_frequency_hz=float(inputs.parameter("highest_frequency_hz")),
    )
    test = kramers_kronig(spectrum)
    method = str(inputs.parameter("resistance_method"))
    fit, fitted, remarks = _fit_or_remark(str(inputs.parameter("circuit")), method, spectrum, test)
    noise = test.noise_percent / 100
    resistances = impedance_report.Resistances(
        fitted, resistance_at_minimum(spectrum, noise), resistance_at_intercept(spectrum, noise)
    )
    threshold = float(inputs.parameter("kramers_kronig_threshold_percent"))
    return Found(
        values=(_chosen(method, resistances, fit), *impedance_report.beside(resistances, test, fit)),
        curves=impedance_report.curves(spectrum, fit, test),
        messages=(
            impedance_report.resistance_message(method, resistances),
            *impedance_report.spectrum_messages(spectrum),
            *impedance_report.kramers_kronig_messages(test, threshold),
            *remarks,
        ),
        fit=fit,
    )


def _fit_or_remark(
    text: str, method: str, spectrum: Spectrum, test: KramersKronig
) -> tuple[ImpedanceFit | None, Estimate | None, tuple[Message, ...]]:
    """Fit the circuit that is named, or choose one; another method than the fit goes on without it."""
    fit, choice = None, None
    remarks: list[Message] = []
    try:
        if text.strip():
            fit = fit_circuit(parse_circuit(text), spectrum)
        else:
            choice = choose_circuit(spectrum, test.noise_percent)
            fit = choice.fit
        remarks = [
            *impedance_report.fit_messages(fit, choice, test.noise_percent),
            *impedance_report.tail_messages(fit, spectrum),
        ]
        return fit, fit.resistance(), tuple(remarks)
    except Unanswerable as error:
        if method == "fit":
            raise
        return fit, None, (*remarks, Message(f"No resistance from a fit: {error}.", "warning"))


def _chosen(method: str, resistances: impedance_report.Resistances, fit: ImpedanceFit | None) -> Result:
    """Return the resistance by the method asked for, or refuse."""
    if method == "fit" and resistances.fit and fit:
        return Result("resistance_ohm", resistances.fit, f"Sum of the resistors of {fit.circuit.text}.")
    if method == "minimum":
        if resistances.minimum is None:
            raise Refused(
                "the spectrum has no minimum of -Im Z between an arc and the blocking tail, so no resistance is there "
                "to read; use the method fit or intercept"
            )
        return Result("resistance_ohm", resistances.minimum, "Re Z at the minimum of −Im Z; its doubt is noise alone.")
    if resistances.intercept is None:
        raise Refused(
            "the spectrum does not cross the real axis on its way into the blocking tail, so no resistance is there "
            "to read; use the method fit or minimum"
        )
    return Result("resistance_ohm", resistances.intercept, "Re Z where Im Z = 0; its doubt is noise alone.")


def _bulk_apart(fit: ImpedanceFit, pellet: Pellet) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    """Return the resistances of bulk and grain boundaries if two arcs are resolved, or say why not."""
    arcs = find_arcs(fit.circuit, fit.values)
    if len(arcs) != 2:
        return (), ()
    by_name = {parameter.name: parameter for parameter in fit.parameters}
    doubts = tuple(by_name[arc.resistor].standard_uncertainty / arc.resistance_ohm for arc in arcs)
    thickness_over_area = pellet.thickness_um.magnitude / UM_PER_CM / pellet.area_cm2.magnitude
    reason = bulk_and_grain_boundary(arcs, doubts, thickness_over_area)
    if reason:
        return (), (Message(f"Bulk and grain boundaries are not told apart: {reason}."),)
    bulk, boundary = (fit.estimate(arc.resistor) for arc in arcs)
    sigma = ionic_conductivity(bulk, pellet.thickness_um, pellet.area_cm2)
    note = "By the capacitance of its arc, {:.2g} F."
    results = (
        Result("bulk_resistance_ohm", bulk, note.format(arcs[0].capacitance_f)),
        Result("grain_boundary_resistance_ohm", boundary, note.format(arcs[1].capacitance_f)),
        Result("bulk_ionic_conductivity_s_cm", sigma),
    )
    tops = f"{arcs[0].frequency_hz:.3g} Hz and {arcs[1].frequency_hz:.3g} Hz"
    return results, (Message(f"Bulk and grain boundaries are resolved: the tops of their arcs are at {tops}."),)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add what stands beside a fitted resistance."""
    return (
        Quantity("resistance_at_minimum_ohm", "Resistance at the minimum of −Im Z", "ohm", "Ω", "R_min", minimum=0),
        Quantity("resistance_intercept_ohm", "Resistance at the real axis", "ohm", "Ω", "R_int", minimum=0),
        Quantity("bulk_resistance_ohm", "Bulk resistance", "ohm", "Ω", "R_b", minimum=0),
        Quantity("grain_boundary_resistance_ohm", "Grain-boundary resistance", "ohm", "Ω", "R_gb", minimum=0),
        Quantity("bulk_ionic_conductivity_s_cm", "Bulk ionic conductivity", "S/cm", "S cm⁻¹", "σ_b", minimum=0),
        Quantity(
            "kramers_kronig_noise_percent",
            "Kramers-Kronig noise",
            "percent",
            "%",
            "",
            "Root mean square residual of the linear Kramers-Kronig test, over |Z|.",
            minimum=0,
        ),
        Quantity(
            "fit_residual_percent",
            "Fit residual",
            "percent",
            "%",
            "",
            "Root mean square residual of the equivalent circuit, over |Z|.",
            minimum=0,
        ),
    )


PARAMETERS = (
    Parameter(
        "circuit",
        str,
        "",
        "Equivalent circuit, such as R0-p(R1,CPE1)-CPE2, of R, C, L, CPE, W, Wo, Ws; empty to have one chosen.",
    ),
    Parameter("lowest_frequency_hz", float, 0.0, "Lowest frequency used; 0 for all.", "Hz", 0.0, 1e12),
    Parameter("highest_frequency_hz", float, 0.0, "Highest frequency used; 0 for all.", "Hz", 0.0, 1e12),
    Parameter(
        "resistance_method",
        str,
        "fit",
        "Which resistance the conductivity is computed from: that of the fitted circuit, Re Z at the minimum of "
        "−Im Z, or Re Z where the spectrum crosses the real axis.",
        choices=METHODS,
    ),
    Parameter(
        "kramers_kronig_threshold_percent",
        float,
        1.0,
        "Residual of the Kramers-Kronig test above which the spectrum is flagged; 1 % is what potentiostats are "
        "accurate to over most of their range.",
        "%",
        0.001,
        100.0,
    ),
)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer ionic conductivity on impedance measurements."""
    return (
        Analysis(
            name="ionic-conductivity",
            version="2.2.0",
            title="Ionic conductivity",
            description="R of a circuit fitted to the spectrum, or as reported; σ = L/(R A).",
            techniques=("eis",),
            outputs=("resistance_ohm", SIGMA, *(q.slug for q in register_quantities())),
            run=run,
            parameters=PARAMETERS,
            requirements=(
                "a spectrum with the columns frequency_hertz, real_impedance_ohm and imaginary_impedance_ohm, "
                "or a reported resistance",
                "for the conductivity, the thickness of the one layer with the role sample",
                "for the conductivity, the area of that layer, or the die diameter of the set-up",
            ),
        ),
    )
