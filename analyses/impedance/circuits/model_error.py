"""Contribution of the choice of the circuit to the uncertainty of a resistance."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.impedance.circuits.circuit_choice import Candidate, in_tail
from analyses.impedance.circuits.fitted_circuit import ImpedanceFit
from analyses.insufficient_data import InsufficientData

MODEL_ERROR_RATIO = 1.5
"""Ratio of fit residual to noise above which there is a model error. With the right circuit none of 480 spectra of
60 points was above 1.25, and 2 of 300 of 20 or 30 points were above 1.5 (decision 29)."""
LEAST_PERCENT = 0.1
"""Residual up to which no model error is looked for [%]."""
ABOUT_AS_WELL = 2.0
"""Ratio of residuals up to which another circuit describes the spectrum about as well."""
MOST_SPREAD = 0.1
"""Relative spread of the circuits from which a spectrum without a minimum of -Im Z does not determine the resistance.
"""


@dataclass(frozen=True)
class ModelError:
    """Resistances that circuits of about equal quality, and other methods, read from one spectrum."""

    resistance_ohm: float
    """That of the circuit taken."""
    others_ohm: tuple[float, ...]

    @property
    def least_ohm(self) -> float:
        """The smallest of all."""
        return min(self.resistance_ohm, *self.others_ohm)

    @property
    def largest_ohm(self) -> float:
        """The largest of all."""
        return max(self.resistance_ohm, *self.others_ohm)

    @property
    def relative_spread(self) -> float:
        """Difference between the largest and the smallest over that of the circuit taken."""
        return (self.largest_ohm - self.least_ohm) / self.resistance_ohm

    @property
    def relative_uncertainty(self) -> float:
        """Relative standard uncertainty: the largest difference to the circuit taken.

        The truth may be beyond all circuits, as they share what none of them describes: as a rectangular half-width
        the difference leaves intervals too narrow (decision 29).
        """
        return max(abs(other - self.resistance_ohm) for other in self.others_ohm) / self.resistance_ohm


def exceeds_noise(fit: ImpedanceFit, noise_percent: float) -> bool:
    """Return whether the residual of a fit is more than noise: its circuit is not that of the spectrum."""
    return fit.residual_percent > max(MODEL_ERROR_RATIO * noise_percent, LEAST_PERCENT)


def model_error(
    fit: ImpedanceFit, candidates: Sequence[Candidate], noise_percent: float, other_methods_ohm: Sequence[float] = ()
) -> ModelError | None:
    """Return how far the resistance depends on the circuit, if the one taken leaves more than the noise.

    Circuits whose residual is up to twice as large count, also if the spectrum leaves a parameter of them undetermined
    as long as it determines their resistance; those with an arc in the blocking tail describe the electrodes and do
    not.

    Parameters
    ----------
    fit : ImpedanceFit
        Of the circuit taken.
    candidates : sequence of Candidate
        The circuits tried; none if the circuit was entered.
    noise_percent : float
        From a Kramers-Kronig test [%].
    other_methods_ohm : sequence of float, optional
        Resistances read off the spectrum without a circuit [Ω].

    Returns
    -------
    ModelError or None
        None if the residual is about the noise, or there is nothing to compare with.

    Raises
    ------
    InsufficientData
        If the circuit taken has no resistance.
    """
    if not exceeds_noise(fit, noise_percent):
        return None
    others = [*other_methods_ohm]
    for candidate in candidates:
        describes = candidate.fit.residual_percent <= ABOUT_AS_WELL * fit.residual_percent
        if candidate.fit.circuit == fit.circuit or in_tail(candidate) or not describes:
            continue
        try:
            others.append(candidate.fit.resistance().magnitude)
        except InsufficientData:
            continue
    return ModelError(fit.resistance().magnitude, tuple(others)) if others else None


def check_determined(error: ModelError | None, fit: ImpedanceFit, *, has_mark: bool) -> None:
    """Refuse a resistance that only the circuit tells from the electrodes, if circuits disagree on it.

    Parameters
    ----------
    error : ModelError or None
        From `model_error`.
    fit : ImpedanceFit
        Of the circuit taken.
    has_mark : bool
        Whether the spectrum itself marks the resistance: a minimum of -Im Z, or an intercept with the real axis.

    Raises
    ------
    InsufficientData
        If the spread is more than a tenth, and there is no such mark.
    """
    if error is None or has_mark or error.relative_spread <= MOST_SPREAD:
        return
    raise InsufficientData(
        "resistance-not-determined",
        "the spectrum does not determine the resistance: -Im Z has no minimum before the tail, no circuit fits to "
        "within the noise (residual of {circuit}: {residual_percent:.2g} %), and circuits that fit about as well give "
        "{least_ohm:.4g} to {largest_ohm:.4g} Ω; measure to higher frequencies, or enter a circuit",
        circuit=fit.circuit.text,
        residual_percent=fit.residual_percent,
        least_ohm=error.least_ohm,
        largest_ohm=error.largest_ohm,
    )
