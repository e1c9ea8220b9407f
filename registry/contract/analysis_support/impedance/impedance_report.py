"""Messages and values of a fitted impedance spectrum."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyses.coded_text import Listed
from analyses.impedance.circuits.circuit_choice import Choice, arcs_in_tail
from analyses.impedance.circuits.fitted_circuit import FittedParameter, ImpedanceFit
from analyses.impedance.circuits.model_error import ModelError, exceeds_noise
from analyses.impedance.kramers_kronig import NEGLIGIBLE_PERCENT, KramersKronig
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from registry.contract.analysis_support.impedance.noise_of_spectrum import noise_messages
from registry.contract.analysis_support.impedance.repeated_points import repeated_messages
from registry.contract.outcome import Message, Result

MOST_NAMED = 5
"""Circuits named in a message."""
WIDE_SPREAD = 0.2
"""Relative spread of the methods above which a warning is due."""
LEAST_UNCERTAINTY = 1e-6
"""Relative uncertainty that no instrument reaches: that of a spectrum without noise, and not printed."""
NOISE_ALONE = "Uncertainty from noise alone."
UNIT_LABELS = {"ohm": " Ω", "S s^n": " S sⁿ", "ohm s^-1/2": " Ω s⁻¹ᐟ²", "": ""}


ASSUMED_PASSING = (
    Message(
        "electrodes-not-stated",
        "No blocking tail, and neither the set-up nor the layers state what the electrodes block: they are assumed "
        "not to block ions.",
        "warning",
    ),
)


def spectrum_messages(spectrum: Spectrum, *, has_inductor: bool) -> tuple[Message, ...]:
    """Return which frequencies were used, and warnings about them.

    Parameters
    ----------
    spectrum : Spectrum
    has_inductor : bool
        Whether what describes the spectrum contains an inductor, as the circuit or the distribution may.
    """
    frequency = spectrum.frequency_hertz
    left_out = f"; {spectrum.outside_window} outside the frequency window" if spectrum.outside_window else ""
    messages = [
        Message(
            "frequencies",
            "{frequency_size} frequencies from {frequency:.3g} to {last_hz:.3g} Hz{left_out}.",
            frequency_size=frequency.size,
            frequency=frequency[0],
            last_hz=frequency[-1],
            left_out=left_out,
        )
    ]
    messages += [*repeated_messages(spectrum), *noise_messages(spectrum)]
    if spectrum.inductive_points and has_inductor:
        messages.append(
            Message(
                "inductive-tail-described",
                "Inductive tail (usually cables): Im Z is positive at the highest frequencies ({inductive_points}); "
                "an inductor describes it.",
                inductive_points=spectrum.inductive_points,
            )
        )
    elif spectrum.inductive_points:
        messages.append(
            Message(
                "inductive-tail",
                "Inductive tail (usually cables): Im Z is positive at the highest frequencies ({inductive_points}); "
                "add an inductor to the circuit to fit it (L0-...).",
                "warning",
                inductive_points=spectrum.inductive_points,
            )
        )
    if spectrum.negative_real_points:
        messages.append(
            Message(
                "negative-resistance",
                "Re Z is slightly negative at {negative_real_points} frequencies where the cell is almost purely "
                "capacitive: instrument noise or phase error.",
                "warning",
                negative_real_points=spectrum.negative_real_points,
            )
        )
    return tuple(messages)


def kramers_kronig_messages(test: KramersKronig, threshold_percent: float = 0.0) -> tuple[Message, ...]:
    """Return the result of the Kramers-Kronig test; a threshold of zero is none."""
    if test.is_systematic and not test.is_certain:
        return (
            Message(
                "possible-drift",
                "Kramers-Kronig residual ({residual_percent:.2g} %, {elements} elements) is slightly larger than the "
                "noise ({noise_percent:.2g} %; p = {probability:.1g}): the cell may have drifted during the "
                "measurement or responded nonlinearly. Repeat the measurement to decide.",
                "warning",
                residual_percent=test.residual_percent,
                noise_percent=test.noise_percent,
                probability=test.probability,
                elements=test.elements,
            ),
        )
    if test.is_systematic:
        return (
            Message(
                "drift",
                "Kramers-Kronig residual ({residual_percent:.2g} %, {elements} elements) exceeds the noise "
                "({noise_percent:.2g} %; p = {probability:.1g}): the cell drifted during the measurement or responded "
                "nonlinearly; wait for steady state, use a smaller amplitude, or exclude the lowest frequencies.",
                "warning",
                residual_percent=test.residual_percent,
                noise_percent=test.noise_percent,
                probability=test.probability,
                elements=test.elements,
            ),
        )
    if 0 < threshold_percent < test.residual_percent:
        return (
            Message(
                "noisy-spectrum",
                "Kramers-Kronig residual {residual_percent:.2g} % ({elements} elements) exceeds {threshold_percent:g} "
                "%: the spectrum is noisy; check contacts, shielding and current range.",
                "warning",
                residual_percent=test.residual_percent,
                elements=test.elements,
                threshold_percent=threshold_percent,
            ),
        )
    if test.residual_percent <= NEGLIGIBLE_PERCENT:
        return (
            Message(
                "kramers-kronig-passed",
                "Passes the Kramers-Kronig test: the residual ({residual_percent:.2g} %, {elements} elements) is "
                "below instrument accuracy.",
                residual_percent=test.residual_percent,
                elements=test.elements,
            ),
        )
    return (
        Message(
            "kramers-kronig-passed",
            "Passes the Kramers-Kronig test: the residual ({residual_percent:.2g} %, {elements} elements) is "
            "consistent with the noise ({noise_percent:.2g} %; p = {probability:.2g}).",
            residual_percent=test.residual_percent,
            noise_percent=test.noise_percent,
            probability=test.probability,
            elements=test.elements,
        ),
    )


def _model_error_message(fit: ImpedanceFit, noise_percent: float, error: ModelError | None) -> Message:
    """Return that a circuit leaves more than the noise, and what that adds to the uncertainties."""
    if error is None:
        return Message(
            "model-error-dominates",
            "Fit residual ({residual_percent:.2g} %) exceeds the noise ({noise_percent:.2g} %): model error "
            "dominates. The fit uncertainties do not include it, since there is no other circuit or method to compare "
            "with.",
            "warning",
            residual_percent=fit.residual_percent,
            noise_percent=noise_percent,
        )
    return Message(
        "model-error-included",
        "Fit residual ({residual_percent:.2g} %) exceeds the noise ({noise_percent:.2g} %): model error dominates. "
        "Circuits that fit about as well and other methods give {least_ohm:.4g} to {largest_ohm:.4g} Ω, and the "
        "uncertainties of the resistances include {model_percent:.2g} % for it.",
        "warning",
        residual_percent=fit.residual_percent,
        noise_percent=noise_percent,
        least_ohm=error.least_ohm,
        largest_ohm=error.largest_ohm,
        model_percent=100 * error.relative_uncertainty,
    )


def _alternatives_message(fit: ImpedanceFit) -> Message:
    """Return which other circuits single arcs are compared with."""
    likeliest = sorted(fit.alternatives, key=lambda item: (-item.share, item.fit.residual_percent))[:MOST_NAMED]
    if fit.is_misfit:
        return Message(
            "arcs-of-no-right-circuit",
            "The fit residual exceeds the noise: values of single arcs are reported only if all circuits that fit "
            "about as well ({circuits}) have the arc, with the largest difference as uncertainty.",
            "warning",
            circuits=Listed([item.fit.circuit.text for item in likeliest] or ["none with other arcs"]),
        )
    return Message(
        "circuits-averaged",
        "Uncertainties of the resistance and of single arcs include the other circuits, weighted by their evidence: "
        "{circuits}.",
        circuits=Listed([f"{item.fit.circuit.text} {item.share:.0%}" for item in likeliest]),
    )


def fit_messages(
    fit: ImpedanceFit, choice: Choice | None, noise_percent: float, error: ModelError | None = None
) -> tuple[Message, ...]:
    """Return which circuit was fitted, why, its values, and the quality of the fit."""
    how = "lowest BIC of the acceptable circuits" if choice else "as entered"
    values = ", ".join(_parameter_text(parameter) for parameter in fit.parameters)
    messages = [
        Message(
            "circuit",
            "Circuit {circuit} ({how}), {loss}, each point weighted by its noise; residual {residual_percent:.2g} %.",
            circuit=fit.circuit.text,
            how=how,
            loss=fit.loss,
            residual_percent=fit.residual_percent,
        ),
        Message("fitted-parameters", "Fitted values with standard uncertainties: {values}.", values=values),
    ]
    if choice:
        messages.append(Message("circuits-tried", "Tried: {circuits}.", circuits="; ".join(_candidate_texts(choice))))
    if exceeds_noise(fit, noise_percent):
        messages.append(_model_error_message(fit, noise_percent, error))
    if fit.alternatives or fit.is_misfit:
        messages.append(_alternatives_message(fit))
    if fit.unidentified:
        messages.append(
            Message(
                "parameter-not-determined",
                "The spectrum does not determine {unidentified}.",
                "warning",
                unidentified=", ".join(fit.unidentified),
            )
        )
    if fit.rival_values is not None:
        pairs = zip(fit.parameters, fit.rival_values, strict=True)
        values = ", ".join(f"{parameter.name} = {value:.4g}" for parameter, value in pairs)
        messages.append(
            Message(
                "other-values-fit",
                "Other values fit equally well within the noise: {values}. The uncertainties refer to the values "
                "stated.",
                "warning",
                values=values,
            )
        )
    if fit.agreeing_starts < 2:
        messages.append(
            Message(
                "minimum-reached-once",
                "Only one of {starts} starting points reached this minimum: try a simpler circuit.",
                "warning",
                starts=fit.starts,
            )
        )
    return tuple(messages)


def tail_messages(fit: ImpedanceFit, spectrum: Spectrum) -> tuple[Message, ...]:
    """Warn of arcs of an entered circuit that describe the electrodes rather than the conductor."""
    arcs = arcs_in_tail(fit, spectrum)
    if not arcs:
        return ()
    names = " and ".join(f"{arc.resistor} ({arc.frequency_hz:.2g} Hz)" for arc in arcs)
    return (
        Message(
            "arc-in-blocking-tail",
            "The arc of {names} lies in the blocking tail, but is included in the resistance.",
            "warning",
            names=names,
        ),
    )


def _parameter_text(parameter: FittedParameter) -> str:
    unit = UNIT_LABELS.get(parameter.unit, f" {parameter.unit}")
    if parameter.at_limit:
        return f"{parameter.name} = {parameter.magnitude:.4g}{unit} (at its limit)"
    return f"{parameter.name} = {_plus_minus(parameter.magnitude, parameter.standard_uncertainty)}{unit}"


def _plus_minus(magnitude: float, uncertainty: float) -> str:
    """Return value ± uncertainty with a shared exponent and two significant digits of uncertainty: (1.99 ± 0.26)e4."""
    if not (uncertainty > 0 and math.isfinite(uncertainty)):
        return f"{magnitude:.4g}"
    if uncertainty < LEAST_UNCERTAINTY * abs(magnitude):
        return f"{magnitude:.6g}"
    largest = math.floor(math.log10(max(abs(magnitude), uncertainty)))
    power = largest if largest > 4 or largest < -2 else 0
    decimals = max(power - math.floor(math.log10(uncertainty)) + 1, 0)
    pair = f"{magnitude / 10.0**power:.{decimals}f} ± {uncertainty / 10.0**power:.{decimals}f}"
    return f"({pair})e{power}" if power else pair


def _candidate_texts(choice: Choice) -> Sequence[str]:
    texts = []
    for candidate in choice.candidates:
        fit = candidate.fit
        try:
            resistance = f"{fit.resistance().magnitude:.4g} Ω"
        except InsufficientData:
            resistance = "R not determined"
        rejected = f", rejected: {candidate.objection}" if candidate.objection else ""
        texts.append(f"{fit.circuit.text} ({resistance}, {fit.residual_percent:.2g} %, BIC {fit.bic:.0f}{rejected})")
    return texts


@dataclass(frozen=True)
class Resistances:
    """The resistance by each method; None where the spectrum does not determine it."""

    fit: Estimate | None
    minimum: Estimate | None
    intercept: Estimate | None

    @classmethod
    def by_each_method(
        cls, fit: Estimate | None, minimum: Estimate | None, intercept: Estimate | None
    ) -> "Resistances":
        """Return them with a shared cause each, which a conductivity computed from one has too."""
        return cls(
            fit and _with_cause(fit, "circuit fit"),
            minimum and minimum.attributed("noise", shared="minimum of −Im Z"),
            intercept and intercept.attributed("noise", shared="intercept"),
        )

    def method_spread(self) -> dict[str, float]:
        """Return the resistance by each method that determines it [Ω]; nothing if only one does."""
        by_method = {"circuit fit": self.fit, "minimum of −Im Z": self.minimum, "intercept": self.intercept}
        spread = {method: estimate.magnitude for method, estimate in by_method.items() if estimate}
        return spread if len(spread) > 1 else {}


def _with_cause(estimate: Estimate, shared: str) -> Estimate:
    """Return the number with its components shared by all that is computed from it."""
    components = [replace(component, shared=shared) for component in estimate.components]
    return replace(estimate, components=tuple(components))


def other_values(resistances: Resistances, test: KramersKronig, fit: ImpedanceFit | None) -> tuple[Result, ...]:
    """Return the resistance by other methods, and the quality of the spectrum and of the fit."""
    results = [
        Result("kramers_kronig_residual_percent", _rms(test.residual_percent, test.degrees_of_freedom)),
        Result("kramers_kronig_noise_percent", _rms(test.noise_percent, test.degrees_of_freedom)),
    ]
    if fit:
        results.append(Result("fit_residual_percent", _rms(fit.residual_percent, fit.degrees_of_freedom)))
    if resistances.minimum:
        results.append(Result("resistance_at_minimum_ohm", resistances.minimum, NOISE_ALONE))
    if resistances.intercept:
        results.append(Result("resistance_intercept_ohm", resistances.intercept, NOISE_ALONE))
    return tuple(results)


def _rms(percent: float, degrees: int) -> Estimate:
    """Return a root mean square with its standard uncertainty, rms/√(2 ν) for ν degrees of freedom."""
    return Estimate.measured(percent, percent / math.sqrt(2 * degrees))


def method_messages(method: str, resistances: Resistances) -> tuple[Message, ...]:
    """Return a warning if the resistances by the methods differ widely."""
    spread = resistances.method_spread()
    if not spread:
        return ()
    relative = (max(spread.values()) - min(spread.values())) / max(spread.values())
    if relative <= WIDE_SPREAD:
        return ()
    return (
        Message(
            "resistance-depends-on-method",
            "R depends on the method; {method} is used: {resistances}, a spread of {spread_percent:.2g} %.",
            "warning",
            method=method,
            resistances=", ".join(f"{name} {number:.4g} Ω" for name, number in spread.items()),
            spread_percent=100 * relative,
        ),
    )
