"""What is left between a circuit and a spectrum, weighted by 1/|Z|, and the minimum of it near a start."""

import math

import numpy as np

from analyses.circuit import Circuit
from analyses.circuit_elements import AngularFrequency, Real
from analyses.impedance_spectrum import Spectrum

MOST_EVALUATIONS = 100
ROUGH, PRECISE = 1e-6, 1e-10
"""Tolerances, relative: to tell minima apart, and to end in one."""
LEAST_EXPONENT = 0.05
INSIDE = 1e-3
"""How far inside its limits a variable begins; the solver is slow to leave a limit."""
SCALE_MARGIN = math.log(1e8)
"""How far beyond what the spectrum can tell a parameter may wander, in ln p."""


class CircuitResiduals:
    """The residuals of a circuit in the variables that are fitted: ln p for scales, p for exponents."""

    def __init__(self, circuit: Circuit, spectrum: Spectrum) -> None:
        self.circuit, self.spectrum = circuit, spectrum
        self.frequency = AngularFrequency.of(spectrum.frequency_hertz)
        self.weight = 1 / np.abs(spectrum.impedance_ohm)
        self.target = spectrum.impedance_ohm * self.weight
        self.is_scale = np.array(circuit.is_scale)
        self.lower, self.upper = self._limits()
        self._at: Real | None = None
        self._jacobian = np.empty((0, 0))

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

    def residual(self, theta: Real) -> Real:
        """Return (Z of the circuit - Z)/|Z|, real parts before imaginary ones, shape (2 points,)."""
        impedance, jacobian = self.circuit.with_jacobian(self.frequency, self.values(theta))
        weighted = jacobian * self.weight
        self._at, self._jacobian = theta, np.concatenate((weighted.real, weighted.imag), axis=1).T
        left = impedance * self.weight - self.target
        return np.concatenate((left.real, left.imag))

    def jacobian(self, theta: Real) -> Real:
        """Return the derivatives of `residual` by the variables, shape (2 points, parameters)."""
        if self._at is None or not np.array_equal(theta, self._at):
            self.residual(theta)
        return self._jacobian

    def solve(self, values: Real, tolerance: float = ROUGH) -> tuple[float, Real]:
        """Return the sum of squares and the variables of the minimum reached from these values."""
        from scipy.optimize import least_squares

        start = np.where(self.is_scale, np.log(np.where(self.is_scale, values, 1.0)), values)
        margin = INSIDE if tolerance >= ROUGH else tolerance
        inside = np.clip(start, self.lower + margin, self.upper - margin)
        answer = least_squares(
            self.residual,
            inside,
            self.jacobian,
            bounds=(self.lower, self.upper),
            x_scale="jac",
            ftol=tolerance,
            xtol=tolerance,
            gtol=1e-12,
            max_nfev=MOST_EVALUATIONS,
        )
        return 2 * float(answer.cost), answer.x
