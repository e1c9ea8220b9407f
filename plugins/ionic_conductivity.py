"""Ionic conductivity of a pellet from its impedance spectrum, or from a reported resistance."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.cell.geometry import UM_PER_CM
from analyses.impedance.arcs import bulk_and_grain_boundary, find_arcs
from analyses.impedance.circuit import parse_circuit
from analyses.impedance.circuit_choice import choose_circuit
from analyses.impedance.circuit_fit import ImpedanceFit, fit_circuit
from analyses.impedance.kramers_kronig import KramersKronig, kramers_kronig
from analyses.impedance.spectrum import Spectrum, check_spectrum, resistance_at_intercept, resistance_at_minimum
from analyses.insufficient_data import InsufficientData
from analyses.transport.ionic_conductivity import ionic_conductivity
from analyses.uncertainty import Estimate
from registry.contract.analysis_support import impedance_report
from registry.contract.analysis_support.pellet import Pellet, read_pellet
from registry.hookspecs import (
    Analysis,
    Curve,
    InputDataset,
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

CONTRACT_VERSION = 2

BLOCKED = {"ions": "ions", "electrons": "electrons", "none": "neither ions nor electrons"}
METHODS = ("fit", "minimum", "intercept")
SIGMA = "ionic_conductivity_s_cm"


@dataclass(frozen=True)
class SpectrumResult:
    """The values from the spectrum alone: first the resistance by the chosen method, then the others."""

    values: tuple[Result, ...]
    curves: tuple[Curve, ...]
    messages: tuple[Message, ...]
    fit: ImpedanceFit | None
    resistances: impedance_report.Resistances


def run(inputs: Inputs) -> Outcome:
    """Return R of the spectrum by the chosen method and by the others, and σ_ion = L / (R A).

    Without the geometry of the pellet a spectrum gives its resistances alone, and says what σ lacks.
    """
    dataset = inputs.dataset
    if dataset is None:
        return _from_reported(inputs)
    return _with_conductivity(inputs, _from_dataset(inputs, dataset))


def _from_reported(inputs: Inputs) -> Outcome:
    resistance = inputs.optional("reported.resistance_ohm", "resistance")
    if resistance is None:
        raise Refused("missing-resistance", "no resistance: upload {data} or enter one", data="a spectrum")
    pellet = read_pellet(inputs)
    sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    formula = Message("conductivity-from-resistance", "σ = L/(R A) with the reported resistance.")
    return Outcome((Result(SIGMA, sigma),), messages=(formula, *pellet.messages, *_blocked(inputs)))


def _with_conductivity(inputs: Inputs, resistances: SpectrumResult) -> Outcome:
    """Return the resistances with the conductivities of the pellet, or with the reason why there are none."""
    blocks = str(inputs.fact("setup.blocks"))
    closing = []
    if blocks in {"electrons", "none"}:
        closing.append(
            Message(
                "electrodes-not-ion-blocking",
                "The electrodes do not block ions, so the resistance includes that of their interfaces.",
                "warning",
            )
        )
    closing += _blocked(inputs)
    try:
        pellet = read_pellet(inputs)
    except (Refused, InsufficientData) as refusal:
        lacking = (NotComputed.because(SIGMA, refusal),)
        return Outcome(resistances.values, resistances.curves, (*resistances.messages, *closing), lacking)
    resistance = resistances.values[0].estimate
    sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    by_method = {
        method: sigma.magnitude * resistance.magnitude / other
        for method, other in resistances.resistances.method_spread().items()
    }
    bulk, bulk_messages = _bulk(resistances.fit, pellet) if resistances.fit else ((), ())
    formula = Message("conductivity-from-resistance", "σ = L/(R A) with this resistance.")
    return Outcome(
        values=(*resistances.values, *bulk, Result(SIGMA, sigma, method_spread=by_method)),
        curves=resistances.curves,
        messages=(*resistances.messages, *bulk_messages, formula, *pellet.messages, *closing),
    )


def _blocked(inputs: Inputs) -> tuple[Message, ...]:
    blocks = str(inputs.fact("setup.blocks"))
    if blocks not in BLOCKED:
        return ()
    return (Message("electrodes-as-stated", "The electrodes of the set-up block {blocks}.", blocks=BLOCKED[blocks]),)


def _from_dataset(inputs: Inputs, dataset: InputDataset) -> SpectrumResult:
    spectrum = check_spectrum(
        *(dataset.column(name) for name in ("frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm")),
        lowest_frequency_hz=float(inputs.parameter("lowest_frequency_hz")),
        highest_frequency_hz=float(inputs.parameter("highest_frequency_hz")),
    )
    test = kramers_kronig(spectrum)
    method = str(inputs.parameter("resistance_method"))
    fit, fitted, remarks = _fit_or_remark(str(inputs.parameter("circuit")), method, spectrum, test)
    noise = test.noise_percent / 100
    resistances = impedance_report.Resistances.by_each_method(
        fitted, resistance_at_minimum(spectrum, noise), resistance_at_intercept(spectrum, noise)
    )
    threshold = float(inputs.parameter("kramers_kronig_threshold_percent"))
    return SpectrumResult(
        values=(_chosen(method, resistances, fit), *impedance_report.other_values(resistances, test, fit)),
        curves=impedance_report.curves(spectrum, fit, test),
        messages=(
            *impedance_report.method_messages(method, resistances),
            *impedance_report.spectrum_messages(spectrum),
            *impedance_report.kramers_kronig_messages(test, threshold),
            *remarks,
        ),
        fit=fit,
        resistances=resistances,
    )


def _fit_or_remark(
    text: str, method: str, spectrum: Spectrum, test: KramersKronig
) -> tuple[ImpedanceFit | None, Estimate | None, tuple[Message, ...]]:
    """Fit the circuit entered, or choose one; methods other than the fit go on without it."""
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
    except InsufficientData as error:
        if method == "fit":
            raise
        return (
            fit,
            None,
            (
                *remarks,
                Message("fit-without-resistance", "No resistance from the fit: {error}.", "warning", error=error),
            ),
        )


def _chosen(method: str, resistances: impedance_report.Resistances, fit: ImpedanceFit | None) -> Result:
    """Return the resistance by the method asked for beside the others, or refuse."""
    spread = resistances.method_spread()
    if method == "fit" and resistances.fit and fit:
        note = f"Sum of the resistors of {fit.circuit.text}."
        return Result("resistance_ohm", resistances.fit, note, method_spread=spread)
    if method == "minimum":
        if resistances.minimum is None:
            raise Refused(
                "no-impedance-minimum",
                "no minimum of -Im Z between an arc and the blocking tail: set resistance_method to fit or intercept",
            )
        note = "Re Z at the minimum of −Im Z; uncertainty from noise alone."
        return Result("resistance_ohm", resistances.minimum, note, method_spread=spread)
    if resistances.intercept is None:
        raise Refused(
            "no-impedance-intercept",
            "no intercept with the real axis before the blocking tail: set resistance_method to fit or minimum",
        )
    note = "Re Z where Im Z = 0; uncertainty from noise alone."
    return Result("resistance_ohm", resistances.intercept, note, method_spread=spread)


def _bulk(fit: ImpedanceFit, pellet: Pellet) -> tuple[tuple[Result, ...], tuple[Message, ...]]:
    """Return the resistances of bulk and grain boundaries if two arcs are resolved, or say why not."""
    arcs = find_arcs(fit.circuit, fit.values)
    if len(arcs) != 2:
        return (), ()
    by_name = {parameter.name: parameter for parameter in fit.parameters}
    uncertainties = tuple(by_name[arc.resistor].standard_uncertainty / arc.resistance_ohm for arc in arcs)
    thickness_over_area = pellet.thickness_um.magnitude / UM_PER_CM / pellet.area_cm2.magnitude
    reason = bulk_and_grain_boundary(arcs, uncertainties, thickness_over_area)
    if reason:
        return (), (
            Message("arcs-not-resolved", "Bulk and grain boundaries are not resolved: {reason}.", reason=reason),
        )
    bulk, boundary = (fit.estimate(arc.resistor).attributed("fit", shared=arc.resistor) for arc in arcs)
    sigma = ionic_conductivity(bulk, pellet.thickness_um, pellet.area_cm2)
    note = "Assigned by the arc capacitance, {:.2g} F."
    results = (
        Result("bulk_resistance_ohm", bulk, note.format(arcs[0].capacitance_f)),
        Result("grain_boundary_resistance_ohm", boundary, note.format(arcs[1].capacitance_f)),
        Result("bulk_ionic_conductivity_s_cm", sigma),
    )
    tops = f"{arcs[0].frequency_hz:.3g} Hz and {arcs[1].frequency_hz:.3g} Hz"
    return results, (
        Message("arcs-resolved", "Bulk and grain boundaries are resolved (arc maxima at {tops}).", tops=tops),
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the resistances by other methods and the quality of spectrum and fit."""
    return (
        Quantity(
            slug="resistance_at_minimum_ohm",
            name="Resistance at the minimum of −Im Z",
            unit="ohm",
            unit_label="Ω",
            symbol="R_min",
            minimum=0,
        ),
        Quantity(
            slug="resistance_intercept_ohm",
            name="Resistance at the real axis",
            unit="ohm",
            unit_label="Ω",
            symbol="R_int",
            minimum=0,
        ),
        Quantity(
            slug="bulk_resistance_ohm", name="Bulk resistance", unit="ohm", unit_label="Ω", symbol="R_b", minimum=0
        ),
        Quantity(
            slug="grain_boundary_resistance_ohm",
            name="Grain-boundary resistance",
            unit="ohm",
            unit_label="Ω",
            symbol="R_gb",
            minimum=0,
        ),
        Quantity(
            slug="bulk_ionic_conductivity_s_cm",
            name="Bulk ionic conductivity",
            unit="S/cm",
            unit_label="S cm⁻¹",
            symbol="σ_b",
            minimum=0,
        ),
        Quantity(
            slug="kramers_kronig_noise_percent",
            name="Kramers-Kronig noise",
            unit="percent",
            unit_label="%",
            symbol="",
            description="Root mean square residual of the linear Kramers-Kronig test, relative to |Z|.",
            minimum=0,
        ),
        Quantity(
            slug="fit_residual_percent",
            name="Fit residual",
            unit="percent",
            unit_label="%",
            symbol="",
            description="Root mean square residual of the equivalent circuit, relative to |Z|.",
            minimum=0,
        ),
    )


PARAMETERS = (
    Parameter(
        name="circuit",
        type=str,
        default="",
        help="Equivalent circuit of R, C, L, CPE, W, Wo and Ws, such as R0-p(R1,CPE1)-CPE2; "
        "leave empty to select automatically.",
        title="Equivalent circuit",
    ),
    Parameter(
        name="lowest_frequency_hz",
        type=float,
        default=0.0,
        help="Lowest frequency used; 0 for all.",
        unit="Hz",
        minimum=0.0,
        maximum=1e12,
        title="Lowest frequency",
    ),
    Parameter(
        name="highest_frequency_hz",
        type=float,
        default=0.0,
        help="Highest frequency used; 0 for all.",
        unit="Hz",
        minimum=0.0,
        maximum=1e12,
        title="Highest frequency",
    ),
    Parameter(
        name="resistance_method",
        type=str,
        default="fit",
        help="Resistance used for the conductivity: from the fitted circuit, Re Z at the minimum of −Im Z, or Re Z at "
        "the intercept with the real axis.",
        choices=METHODS,
        title="Resistance from",
    ),
    Parameter(
        name="kramers_kronig_threshold_percent",
        type=float,
        default=1.0,
        help="Kramers-Kronig residual above which the spectrum is flagged; 1 % is the accuracy of most potentiostats "
        "over most of their range.",
        unit="%",
        minimum=0.001,
        maximum=100.0,
        title="Kramers-Kronig threshold",
    ),
)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer ionic conductivity on impedance measurements."""
    return (
        Analysis(
            name="ionic-conductivity",
            version="2.3.0",
            title="Ionic conductivity",
            description="σ = L/(R A), with R from an equivalent circuit fitted to the spectrum, or as reported.",
            techniques=("eis",),
            outputs=("resistance_ohm", SIGMA, *(q.slug for q in register_quantities())),
            run=run,
            parameters=PARAMETERS,
            requirements=(
                "a spectrum: the frequency and the real and imaginary parts of the impedance, or a reported resistance",
                "for the conductivity: the thickness of the only layer with the role sample",
                "for the conductivity: the area of that layer, or the die diameter of the set-up",
            ),
        ),
    )
