"""The result of a circuit fit: the circuit with its values, their uncertainties, and the quality of the fit."""

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analyses.component import Component
from analyses.impedance.circuit_elements import Complex, Real
from analyses.impedance.circuits.circuit import Circuit
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

Loss = Literal["least-squares", "robust"]

DRIFT_OF_SUM = 0.5
"""Effect of a drift during the sweep on the sum of all resistances, over that on a single arc: parts of what it moves
from one arc to another cancel."""
SMALL_PART = 0.01
"""Share of the whole resistance below which a part may stay undetermined."""


@dataclass(frozen=True)
class FittedParameter:
    """One number of the fitted circuit."""

    name: str
    unit: str
    magnitude: float
    standard_uncertainty: float
    """Infinite if the spectrum says nothing of it; zero at a limit, where it was held."""
    at_limit: bool
    """True if the fit ran against a limit (an exponent of 1, say), where it has no standard uncertainty."""
    is_identified: bool
    """False if it is as uncertain as it is large, or ran against the end of what is sensible. The Q of a
    constant-phase element is judged at the frequency where it is known best, as that at 1 rad/s may be far off."""


@dataclass(frozen=True)
class Alternative:
    """Another circuit that may be that of the spectrum, and how likely it is."""

    fit: "ImpedanceFit"
    share: float
    """Of the evidence; all circuits, the one taken among them, have 1."""


@dataclass(frozen=True)
class ImpedanceFit:
    """A circuit with its values, their uncertainties, and the quality of the fit."""

    circuit: Circuit
    parameters: tuple[FittedParameter, ...]
    values: Real
    covariance: Real
    """Of ln p for scales and p for exponents, shape (parameters, parameters); zero for parameters at a limit."""
    fitted_ohm: Complex
    """Z of the circuit at the frequencies of the spectrum [Ω], shape (points,)."""
    real_residual_percent: Real
    """Re Z minus that of the circuit, over |Z| [%]."""
    imaginary_residual_percent: Real
    """Im Z minus that of the circuit, over |Z| [%]."""
    residual_percent: float
    """Root mean square of both residuals for the degrees of freedom left [%]."""
    chi_square: float
    """Sum of the squared relative residuals of both parts, each with the weight of its point in a robust fit."""
    degrees_of_freedom: int
    """Twice the number of points less the parameters fitted."""
    covariance_degrees_of_freedom: float
    """Of the covariance; fewer if the residuals of neighbouring points are correlated."""
    aicc: float
    bic: float
    starts: int
    """Number of starts made."""
    agreeing_starts: int
    """Number of starts that ended in this minimum."""
    loss: Loss
    """How the fit counts points that are far off."""
    rival_values: Real | None = None
    """Other values that describe the spectrum as well within its noise, of another minimum; None if there are none."""
    model_uncertainty: float = 0.0
    """Relative standard uncertainty of the resistance from the choice of the circuit, and of all its parts if there are
    no alternatives to compare them with; zero if it is negligible."""
    drift_uncertainty: float = 0.0
    """The same of the resistance of an arc, from a drift of the cell during the sweep."""
    alternatives: tuple[Alternative, ...] = ()
    """Other circuits that single arcs are compared with; none if the circuit was entered."""
    is_misfit: bool = False
    """True if the circuit taken leaves more than noise, so that evidence does not tell which of the others is right:
    all count alike."""

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Names of the parameters the spectrum does not determine."""
        return tuple(parameter.name for parameter in self.parameters if not parameter.is_identified)

    def resistance(self) -> Estimate:
        """Return the resistance of the conductor between the electrodes, with its standard uncertainty [Ω].

        Raises
        ------
        InsufficientData
            If the circuit has none, or the spectrum does not determine it.
        """
        magnitude, gradient = self.circuit.direct_current_resistance(self.values)
        parts = [p for p, slope in zip(self.parameters, gradient, strict=True) if slope > SMALL_PART * magnitude]
        lost = [part.name for part in parts if part.at_limit or math.isinf(part.standard_uncertainty)]
        uncertainty = math.sqrt(max(float(gradient @ self.covariance @ gradient), 0.0))
        estimate = Estimate.measured(magnitude, uncertainty, self.covariance_degrees_of_freedom).attributed("fit")
        estimate = estimate.with_components(*self.of_model(magnitude), *self.of_drift(DRIFT_OF_SUM * magnitude))
        if lost or estimate.spans_a_decade:
            names = ", ".join(lost or [part.name for part in parts])
            raise InsufficientData(
                "resistance-not-determined",
                "the spectrum does not determine the resistance: the 95 % interval of {names} in {circuit} spans a "
                "decade; measure to higher frequencies if the arc is cut off, to lower ones if the "
                "blocking tail is missing, or enter a simpler circuit",
                names=names,
                circuit=self.circuit.text,
            )
        return estimate

    def of_model(self, contribution: float) -> tuple[Component, ...]:
        """Return the component of the choice of the circuit in a value that changes by `contribution` per relative
        change of all resistances of the circuit; none if it is zero."""
        return _component("model", self.model_uncertainty * contribution, "choice of the circuit")

    def of_drift(self, contribution: float) -> tuple[Component, ...]:
        """Return the same of a drift during the sweep."""
        return _component("drift", self.drift_uncertainty * contribution, "drift during the sweep")

    def estimate(self, name: str) -> Estimate:
        """Return a parameter with its standard uncertainty.

        Parameters
        ----------
        name : str
            `R1`, `CPE1_Q`, ...

        Raises
        ------
        InsufficientData
            If the spectrum does not determine it.
        """
        parameter = next(parameter for parameter in self.parameters if parameter.name == name)
        if not parameter.is_identified:
            raise InsufficientData(
                "parameter-not-determined",
                "the spectrum does not determine {name} of the circuit {circuit}",
                name=name,
                circuit=self.circuit.text,
            )
        estimate = Estimate.measured(
            parameter.magnitude, parameter.standard_uncertainty, self.covariance_degrees_of_freedom
        )
        return estimate.attributed("fit")

    def compared_as(self, other: "ImpedanceFit") -> "ImpedanceFit":
        """Return the fit with what another one of the same circuit says of the choice of the circuit.

        Parameters
        ----------
        other : ImpedanceFit
            From `circuit_average.with_model_error`.
        """
        return replace(
            self,
            model_uncertainty=other.model_uncertainty,
            alternatives=other.alternatives,
            is_misfit=other.is_misfit,
        )

    def widened_by(self, other: "ImpedanceFit") -> "ImpedanceFit":
        """Return the fit with the difference to another one in its covariance, as one more standard deviation.

        Parameters
        ----------
        other : ImpedanceFit
            Of the same circuit, to the same spectrum without some of its points.
        """
        difference = self.values - other.values
        scaled = np.where(self.circuit.is_scale, difference / self.values, difference)
        parameters = [
            replace(parameter, standard_uncertainty=math.hypot(parameter.standard_uncertainty, float(change)))
            for parameter, change in zip(self.parameters, difference, strict=True)
        ]
        return replace(self, parameters=tuple(parameters), covariance=self.covariance + np.outer(scaled, scaled))


def _component(name: str, contribution: float, shared: str) -> tuple[Component, ...]:
    return (Component(name, contribution, shared=shared),) if contribution else ()
