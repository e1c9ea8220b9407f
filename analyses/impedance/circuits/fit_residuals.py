"""Residuals of a circuit fit relative to the scale of the noise, and their minima near given starts."""

import math

import numpy as np

from analyses.impedance.circuit_elements import AngularFrequency, Complex, Real
from analyses.impedance.circuits.circuit import Circuit
from analyses.impedance.spectrum import Spectrum
from analyses.statistics.damped_least_squares import Minima, damped_least_squares

ROUGH, PRECISE = 1e-6, 1e-10
"""Tolerances, relative: to distinguish minima, and to end in one."""
LEAST_EXPONENT = 0.05
FEW_STEPS, MOST_STEPS = 25, 200
LEADING = 6
"""Number of best starts that are continued after a few steps."""
INSIDE = 1e-3
"""Smallest distance of a start value from its limits."""
SCALE_MARGIN = math.log(1e8)
"""Allowed range of a parameter beyond what the spectrum can determine, in ln p."""


class CircuitResiduals:
    """The residuals of a circuit in the variables that are fitted: ln p for scales, p for exponents.

    `scale_ohm` is what the difference to the spectrum is divided by, of shape (points,); the scale of the noise of the
    spectrum if it is not given. Variables have the shape (..., parameters).
    """

    def __init__(self, circuit: Circuit, spectrum: Spectrum, scale_ohm: Real | None = None) -> None:
        self.circuit, self.spectrum = circuit, spectrum
        self.frequency = AngularFrequency.of(spectrum.frequency_hertz)
        self.weight = 1 / (spectrum.noise_scale_ohm if scale_ohm is None else scale_ohm)
        self.target = spectrum.impedance_ohm * self.weight
        self.is_scale = np.array(circuit.is_scale)
        self.lower, self.upper = self._limits()

    def _limits(self) -> tuple[Real, Real]:
        """Return limits of the variables, wide enough that a parameter at one has no effect on the spectrum."""
        magnitude = np.abs(self.spectrum.impedance_ohm)
        omega = np.abs(self.frequency.jw)
        lower, upper = [], []
        for parameter in self.circuit.parameters:
            if not parameter.is_scale:
                lower.append(LEAST_EXPONENT)
                upper.append(1.0)
                continue
            low, high = {
                "ohm": (magnitude.min(), magnitude.max()),
                "H": (magnitude.min() / omega.max(), magnitude.max() / omega.min()),
                "s": (1 / omega.max(), 1 / omega.min()),
                "ohm s^-1/2": (
                    magnitude.min() * math.sqrt(omega.min()),
                    magnitude.max() * math.sqrt(omega.max()),
                ),
            }.get(parameter.unit, (1 / (magnitude.max() * omega.max()), 1 / (magnitude.min() * min(1, omega.min()))))
            lower.append(math.log(low) - SCALE_MARGIN)
            upper.append(math.log(high) + SCALE_MARGIN)
        return np.array(lower), np.array(upper)

    def values(self, theta: Real) -> Real:
        """Return the parameters of the circuit, in their units, for these variables."""
        return np.where(self.is_scale, np.exp(np.where(self.is_scale, theta, 0.0)), theta)

    def variables(self, values: Real) -> Real:
        """Return the variables for these parameters of the circuit."""
        return np.where(self.is_scale, np.log(np.where(self.is_scale, values, 1.0)), values)

    def impedance(self, theta: Real) -> Complex:
        """Return Z of the circuit [Ω], shape (..., points)."""
        return self.circuit.with_jacobian(self.frequency, self.values(theta))[0]

    def evaluate(self, theta: Real) -> tuple[Real, Real]:
        """Return (Z of the circuit - Z) over the scale, shape (..., 2 points), and its derivatives by the variables,
        shape (..., parameters, 2 points); real and imaginary part of each point side by side."""
        impedance, jacobian = self.circuit.with_jacobian(self.frequency, self.values(theta))
        return (impedance * self.weight - self.target).view(np.float64), (jacobian * self.weight).view(np.float64)

    def reweighted(self, theta: Real) -> "CircuitResiduals":
        """Return the same residuals over the scale of the noise at |Z| of the circuit with these variables, of shape
        (parameters,)."""
        scale = self.spectrum.noise.of(np.abs(self.impedance(theta)))
        return CircuitResiduals(self.circuit, self.spectrum, scale)

    def weighted(self, weights: Real) -> "CircuitResiduals":
        """Return the residuals with weights of their squares, of shape (points,) and above zero."""
        return CircuitResiduals(self.circuit, self.spectrum, 1 / (self.weight * np.sqrt(weights)))

    def solve(self, starts: Real) -> Minima:
        """Return the minima reached from these parameters of the circuit, of shape (starts, parameters)."""
        inside = np.clip(self.variables(starts), self.lower + INSIDE, self.upper - INSIDE)
        minima = self._minima(inside, ROUGH, FEW_STEPS)
        ahead = np.argsort(minima.sum_of_squares)[:LEADING]
        further = self._minima(minima.variables[ahead], ROUGH, MOST_STEPS)
        minima.variables[ahead], minima.sum_of_squares[ahead] = further.variables, further.sum_of_squares
        return minima

    def near(self, starts: Real, *, tolerance: float = ROUGH, most_steps: int = MOST_STEPS) -> Minima:
        """Return the minima next to these parameters of the circuit, of shape (starts, parameters)."""
        inside = np.clip(self.variables(starts), self.lower + INSIDE, self.upper - INSIDE)
        return self._minima(inside, tolerance, most_steps)

    def polished(self, theta: Real) -> Real:
        """Return the minimum next to variables of shape (parameters,), as precisely as it can be found."""
        return self._minima(theta[np.newaxis], PRECISE, MOST_STEPS).variables[0]

    def _minima(self, theta: Real, tolerance: float, most_steps: int) -> Minima:
        limits = (self.lower, self.upper)
        return damped_least_squares(self.evaluate, theta, *limits, tolerance=tolerance, most_steps=most_steps)
