"""Distribution of relaxation times of an impedance spectrum and its peaks."""

import math
from collections.abc import Sequence

import numpy as np

from analyses.impedance.kramers_kronig import KramersKronig, kramers_kronig
from analyses.impedance.outliers import find_outliers
from analyses.impedance.relaxation_times.drt import Distribution, distribution
from analyses.impedance.relaxation_times.drt_peaks import SUPPORTED, Peak, find_peaks
from analyses.impedance.relaxation_times.polarisation import PolarisationResistance, polarisation_resistance
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.impedance import impedance_report, outlier_points
from registry.contract.analysis_support.impedance.processes import (
    ESTIMATED,
    SPECIFIC_CAPACITANCE,
    SPECIFIC_CAPACITANCE_PARAMETER,
    assignment_messages,
    process_estimates,
)
from registry.contract.analysis_support.impedance.spectrum_input import (
    SPECTRUM_PARAMETERS,
    read_spectrum,
    read_spectrum_dataset,
    segment_messages,
)
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Inputs,
    Listed,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

BAND = 1.96
LARGE_SHARE = 0.3
"""Of what does not count in the polarisation resistance, over that, from which it is a warning."""
OF_DISTRIBUTION, OF_PEAKS = "distribution", "arcs of the peaks"


def run(inputs: Inputs) -> Outcome:
    """Return the distribution of relaxation times, its peaks, and the polarisation resistance."""
    dataset = read_spectrum_dataset(inputs)
    if dataset is None:
        raise Refused("missing-data", "no data: upload {data}", data="an impedance spectrum")
    spectrum = read_spectrum(inputs, dataset)
    outliers = find_outliers(spectrum)
    test = kramers_kronig(spectrum, [outlier.index for outlier in outliers])
    drt = distribution(spectrum, test.residual_percent / 100, by=str(inputs.parameter("smoothing_rule")))
    peaks = find_peaks(spectrum, drt)
    supported = [peak for peak in peaks if peak.probability >= SUPPORTED]
    polarisation = _polarisation(spectrum, drt, supported)
    specific = 1e-6 * float(inputs.parameter(SPECIFIC_CAPACITANCE))
    return Outcome(
        values=(
            *_resistances(drt, polarisation, supported),
            *_peak_values(spectrum, supported, specific),
        ),
        curves=(_gamma_curve(drt, supported), _nyquist(spectrum, drt)),
        messages=(
            *segment_messages(dataset),
            *_method_messages(drt, test),
            *_tail_messages(polarisation),
            *_peak_messages(peaks, supported, drt.noise),
            *assignment_messages(inputs, supported),
            *impedance_report.spectrum_messages(spectrum, has_inductor=True),
            *outlier_points.left_out_messages(spectrum),
            *outlier_points.outlier_messages(spectrum, outliers),
            *impedance_report.kramers_kronig_messages(test),
        ),
        not_computed=(
            *((polarisation,) if isinstance(polarisation, NotComputed) else ()),
            *_not_determined(spectrum, supported),
        ),
    )


def _polarisation(spectrum: Spectrum, drt: Distribution, peaks: Sequence[Peak]) -> PolarisationResistance | NotComputed:
    try:
        return polarisation_resistance(spectrum, drt, peaks)
    except InsufficientData as problem:
        return NotComputed.because("polarisation_resistance_ohm", problem)


def _resistances(
    drt: Distribution, polarisation: PolarisationResistance | NotComputed, peaks: Sequence[Peak]
) -> tuple[Result, ...]:
    residual = Result("drt_residual_percent", Estimate.exact(100 * drt.residual))
    if isinstance(polarisation, NotComputed):
        return (residual,)
    total = polarisation.resistance_ohm
    note = (
        "∫ γ d ln τ" if math.isinf(polarisation.slowest_s) else f"∫ γ d ln τ up to τ = {polarisation.slowest_s:.2g} s"
    )
    spread = {OF_DISTRIBUTION: total.magnitude, OF_PEAKS: sum(peak.resistance_ohm for peak in peaks)}
    return (
        Result("polarisation_resistance_ohm", total, note, method_spread=spread if peaks else {}),
        residual,
    )


def _peak_values(spectrum: Spectrum, peaks: Sequence[Peak], specific_f_cm2: float) -> list[Result]:
    results = []
    degrees = _degrees_of_freedom(spectrum, peaks)
    for number, peak in enumerate(peaks, start=1):
        at = {"peak": number}
        estimates = process_estimates(peak, degrees)
        results += [Result(slug, estimate, at=at) for slug, estimate in estimates.items()]
        if specific_f_cm2 and "interface_capacitance_f" in estimates:
            area = propagate(lambda c: c / specific_f_cm2, c=estimates["interface_capacitance_f"])
            results.append(Result("contact_area_cm2", area, "At the entered capacitance per area.", at=at))
        results.append(Result("process_probability_percent", Estimate.exact(100 * peak.probability), at=at))
    return results


def _degrees_of_freedom(spectrum: Spectrum, peaks: Sequence[Peak]) -> int:
    return max(2 * spectrum.frequency_hertz.size - 3 * len(peaks) - 2, 1)


def _not_determined(spectrum: Spectrum, peaks: Sequence[Peak]) -> list[NotComputed]:
    """Return the values of supported peaks that the spectrum does not determine."""
    degrees = _degrees_of_freedom(spectrum, peaks)
    return [
        NotComputed(
            slug,
            "process-not-determined",
            "the spectrum supports peak {number} but does not determine this value: its 95 % interval spans a decade; "
            "measure more points per decade or a wider range of frequencies",
            at={"peak": number},
            number=number,
        )
        for number, peak in enumerate(peaks, start=1)
        for slug in ESTIMATED
        if slug not in process_estimates(peak, degrees)
    ]


def _method_messages(drt: Distribution, test: KramersKronig) -> list[Message]:
    messages = [
        Message(
            "drt-method",
            "γ is piecewise linear and non-negative, smoothed with λ = {smoothing:.2g}; residual "
            "{residual_percent:.2g} % at {noise_percent:.2g} % noise. The 95 % band includes the noise at this "
            "smoothing only.",
            smoothing=drt.smoothing,
            residual_percent=100 * drt.residual,
            noise_percent=test.residual_percent,
        )
    ]
    if drt.tail_exponent:
        messages.append(
            Message(
                "drt-tail",
                "The blocking tail is a constant-phase element in series (n = {exponent:.2f}), not part of γ.",
                exponent=drt.tail_exponent,
            )
        )
    if drt.is_at_edge:
        messages.append(
            Message(
                "smoothing-at-edge",
                "λ is at the limit of its range: the noise of the spectrum is too small, or its residual too large, "
                "for the rule that selects it; compare with the other rule.",
                "warning",
            )
        )
    return messages


def _tail_messages(polarisation: PolarisationResistance | NotComputed) -> tuple[Message, ...]:
    """Return how much of γ does not count as it may be of the tail."""
    if isinstance(polarisation, NotComputed) or math.isinf(polarisation.slowest_s):
        return ()
    share = polarisation.beyond_ohm / max(polarisation.resistance_ohm.magnitude, polarisation.beyond_ohm)
    return (
        Message(
            "polarisation-without-tail",
            "The polarisation resistance integrates γ up to τ = {slowest_s:.2g} s, beyond the slowest process "
            "supported by the data; the {beyond_ohm:.3g} Ω at longer τ may belong to the tail and are excluded.",
            "warning" if share > LARGE_SHARE else "info",
            slowest_s=polarisation.slowest_s,
            beyond_ohm=polarisation.beyond_ohm,
        ),
    )


def _peak_messages(peaks: Sequence[Peak], supported: Sequence[Peak], noise: float) -> list[Message]:
    messages = []
    if misfit := max((peak.misfit for peak in supported), default=0.0):
        messages.append(
            Message(
                "arcs-do-not-describe",
                "The residual of the arcs, {residual_percent:.2g} % of |Z|, exceeds the noise, {noise_percent:.2g} %: "
                "the spectrum is not a sum of processes with positive resistance, or has too few points to resolve "
                "them. Possible causes are an inductive loop or non-ideal inductance of the leads: exclude the "
                "affected frequencies. The uncertainties are multiplied by 3.5.",
                "warning",
                residual_percent=100 * math.hypot(misfit, noise),
                noise_percent=100 * noise,
            )
        )
    doubtful = [peak for peak in peaks if peak.probability < SUPPORTED]
    if doubtful:
        messages.append(
            Message(
                "peaks-not-supported",
                "Maxima of γ not supported by the data: {peaks}.",
                peaks=Listed(f"{peak.time_constant_s:.2g} s ({peak.probability:.0%})" for peak in doubtful),
            )
        )
    for number, peak in enumerate(supported, start=1):
        if not peak.is_in_window:
            messages.append(
                Message(
                    "peak-outside-window",
                    "Peak {number} ({time_s:.2g} s) is outside the measured frequencies: its resistance is "
                    "extrapolated.",
                    "warning",
                    number=number,
                    time_s=peak.time_constant_s,
                )
            )
    if not supported:
        messages.append(Message("no-peaks", "The data support no peak.", "warning"))
    return messages


def _gamma_curve(drt: Distribution, peaks: Sequence[Peak]) -> Curve:
    tau, gamma, error = drt.time_constant_s, drt.gamma_ohm, drt.gamma_error_ohm
    at = np.array([peak.time_constant_s for peak in peaks])
    series = [
        Series(
            "γ with its 95 % band",
            tuple(tau.tolist()),
            tuple(gamma.tolist()),
            y_lower=tuple(np.maximum(gamma - BAND * error, 0.0).tolist()),
            y_upper=tuple((gamma + BAND * error).tolist()),
        )
    ]
    if at.size:
        heights = np.interp(np.log(at), np.log(tau), gamma)
        series.append(Series("peaks", tuple(at.tolist()), tuple(heights.tolist()), line=False, markers=True))
    return Curve(
        "drt",
        "Distribution of relaxation times",
        Axis(quantity="relaxation_time_s", log=True),
        Axis(quantity="relaxation_distribution_ohm"),
        tuple(series),
    )


def _nyquist(spectrum: Spectrum, drt: Distribution) -> Curve:
    measured, fitted = spectrum.impedance_ohm, drt.fitted_ohm
    return Curve(
        "drt-nyquist",
        "Nyquist plot with the spectrum of the distribution",
        Axis(quantity="real_impedance_ohm"),
        Axis(quantity="negative_imaginary_impedance_ohm"),
        (
            Series(
                "measured", tuple(measured.real.tolist()), tuple((-measured.imag).tolist()), line=False, markers=True
            ),
            Series("distribution", tuple(fitted.real.tolist()), tuple((-fitted.imag).tolist())),
        ),
        equal_aspect=True,
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the distribution, and values of its peaks."""
    return (
        _ohm(
            "polarisation_resistance_ohm",
            "Polarisation resistance",
            "R_p",
            "Integral of the distribution of relaxation times over the processes, without a blocking or diffusion "
            "tail.",
        ),
        _ohm("relaxation_distribution_ohm", "Distribution of relaxation times", "γ", "Resistance per unit of ln τ."),
        Quantity(
            slug="relaxation_time_s",
            name="Relaxation time",
            unit="s",
            unit_label="s",
            symbol="τ",
            description="Relaxation time of the arc of a peak.",
            minimum=0,
        ),
        _ohm("process_resistance_ohm", "Resistance of a process", "R", "Resistance of the arc of a peak."),
        Quantity(
            slug="process_capacitance_f",
            name="Capacitance of a process",
            unit="F",
            unit_label="F",
            symbol="C",
            description="Relaxation time divided by the resistance of a peak.",
            minimum=0,
        ),
        Quantity(
            slug="interface_capacitance_f",
            name="Interface capacitance",
            unit="F",
            unit_label="F",
            symbol="C_Brug",
            description="Capacitance of a process by Brug's formula with the series resistance.",
            minimum=0,
        ),
        Quantity(
            slug="contact_area_cm2",
            name="Contact area",
            unit="cm**2",
            unit_label="cm²",
            symbol="A_c",
            description="Interface capacitance of a process divided by an entered capacitance per area.",
            minimum=0,
        ),
        Quantity(
            slug="process_probability_percent",
            name="Probability of a process",
            unit="percent",
            unit_label="%",
            symbol="p",
            description="Probability that the data support the peak.",
            minimum=0,
            maximum=100,
        ),
        Quantity(
            slug="drt_residual_percent",
            name="Residual of the distribution",
            unit="percent",
            unit_label="%",
            symbol="",
            description="Root mean square residual of the spectrum of the distribution, relative to |Z|.",
            minimum=0,
        ),
    )


def _ohm(slug: str, name: str, symbol: str, description: str) -> Quantity:
    return Quantity(slug=slug, name=name, unit="ohm", unit_label="Ω", symbol=symbol, description=description, minimum=0)


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the distribution of relaxation times on impedance measurements."""
    return (
        Analysis(
            name="relaxation-times",
            version="1.5.0",
            title="Distribution of relaxation times",
            description="γ(τ) by regularised least squares, with resistance, capacitance and probability of its peaks.",
            techniques=("eis",),
            outputs=tuple(
                quantity.slug for quantity in register_quantities() if quantity.slug != "relaxation_distribution_ohm"
            ),
            run=run,
            parameters=(
                *SPECTRUM_PARAMETERS,
                Parameter(
                    name="smoothing_rule",
                    type=str,
                    default="discrepancy",
                    help="Rule that selects the smoothing: the smoothest γ within the noise of the spectrum, or "
                    "generalised cross-validation.",
                    choices=("discrepancy", "gcv"),
                    title="Smoothing by",
                ),
                SPECIFIC_CAPACITANCE_PARAMETER,
            ),
            requirements=("a spectrum: the frequency and the real and imaginary parts of the impedance",),
        ),
    )
