"""Ionic conductivity of a pellet from its impedance spectrum, or from a reported resistance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyses.impedance.circuits.circuit import parse_circuit
from analyses.impedance.circuits.circuit_average import with_model_error
from analyses.impedance.circuits.circuit_choice import Choice, choose_circuit
from analyses.impedance.circuits.circuit_fit import fit_circuit
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.impedance.kramers_kronig import KramersKronig, kramers_kronig
from analyses.impedance.outliers import Outlier, find_outliers
from analyses.impedance.spectrum import Spectrum, resistance_at_intercept, resistance_at_minimum
from analyses.insufficient_data import InsufficientData
from analyses.transport.ionic_conductivity import ionic_conductivity
from registry.contract.analysis_support.cell.electrodes import UNKNOWN, Electrodes, read_electrodes
from registry.contract.analysis_support.cell.pellet import Pellet, pellet_or_reason, read_pellet
from registry.contract.analysis_support.impedance import impedance_report, outlier_points
from registry.contract.analysis_support.impedance.electrode_arcs import (
    assumed_blocking_message,
    conductivity_without_electrodes,
    ends_in_diffusion,
)
from registry.contract.analysis_support.impedance.impedance_arcs import (
    ARC_PARAMETERS,
    SIGMA,
    read_arcs,
    without_fit,
)
from registry.contract.analysis_support.impedance.impedance_curves import impedance_curves
from registry.contract.analysis_support.impedance.spectrum_input import (
    SPECTRUM_PARAMETERS,
    read_spectrum,
    read_spectrum_dataset,
    segment_messages,
)
from registry.contract.analysis_support.impedance.spectrum_quantities import SPECTRUM_QUANTITIES
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

METHODS = ("fit", "minimum", "intercept")


@dataclass(frozen=True)
class SpectrumResult:
    """Resistance from the spectrum: by the selected method, or why there is none, and by the others."""

    resistance: Result | NotComputed
    values: tuple[Result, ...]
    curves: tuple[Curve, ...]
    messages: tuple[Message, ...]
    fit: ImpedanceFit | None
    pass_ions: bool
    """Whether the impedance includes that of the interfaces with the electrodes."""
    highest_frequency_hz: float
    may_pass_ions: bool
    """Whether electrodes that nobody entered are taken to block ions although the spectrum ends as in a diffusion."""


@dataclass(frozen=True)
class Reading:
    """The resistance of a spectrum by the method asked for and by the others, with the fit and its remarks."""

    resistance: Result | NotComputed
    resistances: impedance_report.Resistances
    fit: ImpedanceFit | None
    choice: Choice | None
    """How the circuit was chosen; None if it was entered."""
    remarks: tuple[Message, ...]


def run(inputs: Inputs) -> Outcome:
    """Return R of the spectrum by the chosen method and by the others, its arcs, and σ_ion = L / (R A).

    Between electrodes that pass ions, σ_ion is that of the arcs assigned to the electrolyte; a full cell has none.
    Without the geometry of the pellet a spectrum gives its resistances alone, and says what σ lacks.
    """
    dataset = read_spectrum_dataset(inputs)
    if dataset is None:
        return _from_reported(inputs)
    electrodes = read_electrodes(inputs)
    return _with_conductivity(inputs, _from_dataset(inputs, dataset, electrodes), electrodes)


def _from_reported(inputs: Inputs) -> Outcome:
    resistance = inputs.optional("reported.resistance_ohm", "resistance")
    if resistance is None:
        raise Refused("missing-resistance", "no resistance: upload {data} or enter one", data="a spectrum")
    pellet = read_pellet(inputs)
    sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    formula = Message("conductivity-from-resistance", "σ = L/(R A) with the reported resistance.")
    return Outcome((Result(SIGMA, sigma),), messages=(formula, *pellet.messages, *read_electrodes(inputs).messages))


def _with_conductivity(inputs: Inputs, spectrum: SpectrumResult, electrodes: Electrodes) -> Outcome:
    """Return the resistances and arcs with the conductivities of the pellet, or with the reason why there are none."""
    geometry = pellet_or_reason(inputs)
    pellet = geometry if isinstance(geometry, Pellet) else None
    results: list[Result | NotComputed] = [spectrum.resistance, *spectrum.values]
    messages = [*spectrum.messages]
    arcs = spectrum.fit and read_arcs(
        inputs,
        spectrum.fit,
        pellet,
        pass_ions=spectrum.pass_ions or spectrum.may_pass_ions,
        highest_frequency_hz=spectrum.highest_frequency_hz,
    )
    of_electrodes = None
    if arcs:
        results += [*arcs.values(), *arcs.not_computed()]
        messages += arcs.messages()
        if not spectrum.pass_ions:
            of_electrodes = conductivity_without_electrodes(
                inputs, arcs, spectrum.resistance, may_pass_ions=spectrum.may_pass_ions
            )
        if spectrum.pass_ions or of_electrodes:
            results.append(arcs.high_frequency_resistance())
    if not isinstance(geometry, Pellet):
        results.append(NotComputed.because(SIGMA, geometry))
    elif spectrum.pass_ions:
        results.append(arcs.conductivity(geometry) if arcs else without_fit())
    elif of_electrodes:
        results.append(of_electrodes)
    else:
        results.append(_conductivity(spectrum, geometry))
        messages.append(Message("conductivity-from-resistance", "σ = L/(R A) with this resistance."))
    messages += pellet.messages if pellet else ()
    if electrodes.pass_ions:
        messages.append(
            Message(
                "electrodes-not-ion-blocking",
                "The electrodes ({layers}) do not block ions, so the resistance includes the electrode interfaces. If "
                "they do block ions, enter them as current collectors.",
                "warning",
                layers=electrodes.layers,
            )
        )
    return Outcome(
        values=tuple(result for result in results if isinstance(result, Result)),
        curves=spectrum.curves,
        messages=(*messages, *electrodes.messages),
        not_computed=tuple(result for result in results if isinstance(result, NotComputed)),
    )


def _conductivity(spectrum: SpectrumResult, pellet: Pellet) -> Result | NotComputed:
    """Return σ with the resistance by the chosen method, and the spread of the others."""
    if isinstance(spectrum.resistance, NotComputed):
        return NotComputed.because(SIGMA, spectrum.resistance)
    resistance = spectrum.resistance.estimate
    sigma = ionic_conductivity(resistance, pellet.thickness_um, pellet.area_cm2)
    by_method = {
        method: sigma.magnitude * resistance.magnitude / other
        for method, other in spectrum.resistance.method_spread.items()
    }
    return Result(SIGMA, sigma, method_spread=by_method)


def _from_dataset(inputs: Inputs, dataset: InputDataset, electrodes: Electrodes) -> SpectrumResult:
    spectrum = read_spectrum(inputs, dataset)
    is_unknown = electrodes.blocks == UNKNOWN and not electrodes.is_full_cell
    pass_ions = electrodes.pass_ions or (is_unknown and not spectrum.ends_in_blocking_tail)
    outliers = find_outliers(spectrum)
    test = kramers_kronig(spectrum, [outlier.index for outlier in outliers])
    try:
        reading = _read_with_outliers(inputs, spectrum, outliers, test, pass_ions=pass_ions)
    except (Refused, InsufficientData) as error:
        if not outliers:
            raise
        raise outlier_points.refusal(error, spectrum, outliers) from error
    method, threshold = str(inputs.parameter("resistance_method")), inputs.parameter("kramers_kronig_threshold_percent")
    has_inductor = reading.fit is not None and reading.fit.circuit.has_inductor
    may_pass = is_unknown and not pass_ions and reading.fit is not None and ends_in_diffusion(reading.fit)
    compared = () if pass_ions else impedance_report.method_messages(method, reading.resistances)
    return SpectrumResult(
        resistance=reading.resistance,
        values=impedance_report.other_values(reading.resistances, test, reading.fit),
        curves=impedance_curves(spectrum, reading.fit, test),
        messages=(
            *segment_messages(dataset),
            *compared,
            *impedance_report.spectrum_messages(spectrum, has_inductor=has_inductor),
            *outlier_points.left_out_messages(spectrum),
            *impedance_report.kramers_kronig_messages(test, float(threshold)),
            *reading.remarks,
            *(impedance_report.ASSUMED_PASSING if pass_ions and is_unknown else ()),
            *((assumed_blocking_message(reading.fit),) if reading.fit and may_pass else ()),
        ),
        fit=reading.fit,
        pass_ions=pass_ions,
        highest_frequency_hz=float(spectrum.frequency_hertz[0]),
        may_pass_ions=may_pass,
    )


def _read_with_outliers(
    inputs: Inputs, spectrum: Spectrum, outliers: Sequence[Outlier], test: KramersKronig, *, pass_ions: bool
) -> Reading:
    """Return the reading of all points; what outliers change, in a circuit chosen without them, is uncertain."""
    without = _read(inputs, spectrum.without([outlier.index for outlier in outliers]), test, pass_ions=pass_ions)
    if not outliers:
        return without
    every = _read(inputs, spectrum, test, pass_ions=pass_ions, choice=without.choice, without=without.fit)
    resistance, effect = outlier_points.with_effect(every.resistance, without.resistance, spectrum, outliers)
    remarks = (*outlier_points.outlier_messages(spectrum, outliers), *effect, *every.remarks)
    return replace(every, resistance=resistance, remarks=remarks)


def _read(
    inputs: Inputs,
    spectrum: Spectrum,
    test: KramersKronig,
    *,
    pass_ions: bool,
    choice: Choice | None = None,
    without: ImpedanceFit | None = None,
) -> Reading:
    """Return the resistance by the method asked for and by the others; methods other than the fit continue without it.

    The circuit is the one entered, that of a choice made before, or chosen here; the difference to the fit `without`
    outliers becomes part of the uncertainty.
    """
    method, noise = str(inputs.parameter("resistance_method")), test.residual_percent / 100
    fit, fitted, loss = None, None, outlier_points.read_loss(inputs)
    minimum, intercept = resistance_at_minimum(spectrum, noise), resistance_at_intercept(spectrum, noise)
    marks = [mark.magnitude for mark in (minimum, intercept) if mark]
    remarks: tuple[Message, ...] = ()
    try:
        if text := str(inputs.parameter("circuit")).strip():
            fit = fit_circuit(parse_circuit(text), spectrum, loss=loss)
        elif choice:
            fit = fit_circuit(choice.fit.circuit, spectrum, loss=loss)
        else:
            # By least squares, of points without outliers: a robust loss may leave out what a circuit lacks.
            choice = choose_circuit(spectrum, test.residual_percent, blocking=not pass_ions)
            fit = choice.fit if loss == "least-squares" else fit_circuit(choice.fit.circuit, spectrum, loss=loss)
        fit = fit.widened_by(without) if without else fit
        judged, error = with_model_error(without or fit, choice, test.residual_percent, marks, pass_ions=pass_ions)
        fit = replace(fit.compared_as(judged), drift_uncertainty=test.drift_uncertainty)
        remarks = (
            *impedance_report.fit_messages(fit, choice, test.residual_percent, error),
            *impedance_report.tail_messages(fit, spectrum),
        )
        fitted = fit.resistance()
    except InsufficientData as error:
        if method == "fit" and not (fit and pass_ions):
            raise
        lacking = Message("fit-without-resistance", "No resistance from the fit: {error}.", "warning", error=error)
        remarks = (*remarks, lacking)
    resistances = impedance_report.Resistances.by_each_method(fitted, minimum, intercept)
    return Reading(_chosen(method, resistances, fit, pass_ions=pass_ions), resistances, fit, choice, remarks)


def _chosen(
    method: str, resistances: impedance_report.Resistances, fit: ImpedanceFit | None, *, pass_ions: bool
) -> Result | NotComputed:
    """Return the resistance by the method asked for next to the others, or refuse."""
    # Between electrodes that pass ions the methods read different resistances.
    spread = {} if pass_ions else resistances.method_spread()
    if method == "fit" and fit:
        if not resistances.fit:
            return NotComputed(
                "resistance_ohm",
                "resistance-not-determined",
                "the spectrum does not determine the resistance of the circuit {circuit}",
                circuit=fit.circuit.text,
            )
        included = ", including the electrode interfaces" if pass_ions else ""
        note = f"Sum of the resistors of {fit.circuit.text}{included}."
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


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the resistances by other methods and the quality of spectrum and fit."""
    return SPECTRUM_QUANTITIES


PARAMETERS = (
    Parameter(
        name="circuit",
        type=str,
        default="",
        help="Equivalent circuit of R, C, L, CPE, W, Wo and Ws, such as R0-p(R1,CPE1)-CPE2; "
        "leave empty to select automatically.",
        title="Equivalent circuit",
    ),
    *SPECTRUM_PARAMETERS,
    Parameter(
        name="resistance_method",
        type=str,
        default="fit",
        help="Resistance used for the conductivity: from the fitted circuit, Re Z at the minimum of −Im Z, or the "
        "intercept with the real axis.",
        choices=METHODS,
        title="Resistance from",
    ),
    outlier_points.LOSS_PARAMETER,
    Parameter(
        name="kramers_kronig_threshold_percent",
        type=float,
        default=0.0,
        help="Kramers-Kronig residual above which a spectrum is flagged as noisy, regardless of the cause; 0 for no "
        "threshold.",
        unit="%",
        minimum=0.0,
        maximum=100.0,
        title="Kramers-Kronig threshold",
    ),
    *ARC_PARAMETERS,
)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer ionic conductivity on impedance measurements."""
    return (
        Analysis(
            name="ionic-conductivity",
            version="3.10.0",
            title="Ionic conductivity",
            description="σ = L/(R A), with R from an equivalent circuit fitted to the spectrum, or as reported; R, C "
            "and peak frequency of each arc.",
            techniques=("eis",),
            outputs=("resistance_ohm", SIGMA, *(q.slug for q in register_quantities())),
            run=run,
            not_applicable=("electrodes-not-ion-blocking", "full-cell"),
            parameters=PARAMETERS,
            requirements=(
                "a spectrum: the frequency and the real and imaginary parts of the impedance, or a reported resistance",
                "for the conductivity: the thickness of the layer with the role sample, or of the only electrolyte",
                "for the conductivity: the area of that layer, or the die diameter of the set-up",
                "for the conductivity: electrodes that block ions, or an arc assigned to the electrolyte; not a full "
                "cell",
            ),
        ),
    )
