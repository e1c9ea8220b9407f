"""Complex nonlinear least squares of an equivalent circuit to a spectrum, without a guess."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analyses.impedance.circuit_elements import Flags, Real
from analyses.impedance.circuits.arcs import fastest_first
from analyses.impedance.circuits.circuit import Circuit, Parallel
from analyses.impedance.circuits.correlated_noise import fit_covariance
from analyses.impedance.circuits.fit_residuals import CircuitResiduals
from analyses.impedance.circuits.fit_starts import starts
from analyses.impedance.circuits.fitted_circuit import FittedParameter, ImpedanceFit, Loss
from analyses.impedance.circuits.robust_loss import LEAST_WEIGHT, tukey_weights
from analyses.impedance.outliers import find_outliers
from analyses.impedance.spectrum import Spectrum
from analyses.insufficient_data import InsufficientData
from analyses.statistics.damped_least_squares import Minima
from analyses.uncertainty import NORMAL_95_PERCENT

MOST_STARTS = 32
STARTS_OF_ANY, STARTS_OF_AN_ARC = 2, 8
REWEIGHTINGS = 2
ROBUST_STEPS = 30
SETTLED = 1e-5
"""Change of the variables from which a robust fit has converged."""
DESCRIBED = 0.2
"""Root mean square residual, relative, up to which what a circuit leaves may be noise."""
NOT_TOLD_APART = 4.0
"""Twice the difference of log-likelihoods up to which noise may decide between two minima: two standard deviations."""
SAME_EXPONENT = 0.05
AGREEMENT = 1e-3
"""Relative difference of two sums of squares that are one minimum."""
LEAST_RESIDUAL = 1e-7
"""Relative residual at which a fit is exact."""
NEAR_LIMIT = 1e-4
NOT_IDENTIFIED = 9 / 11 / NORMAL_95_PERCENT
"""Relative standard uncertainty from which a parameter is not determined: its 95 % interval spans a decade."""
EXPONENT_NOT_IDENTIFIED = 0.5
NOT_RESOLVED = 1e-5
"""Relative residual no instrument resolves; a smaller one does not count in favour of a circuit."""


def fit_circuit(
    circuit: Circuit,
    spectrum: Spectrum,
    *,
    most_starts: int = MOST_STARTS,
    more_starts: Sequence[Real] = (),
    loss: Loss = "least-squares",
) -> ImpedanceFit:
    """Fit a circuit to a spectrum, weighted by the scale of its noise, from starts that the spectrum itself suggests.

    Scales are fitted as logarithms, exponents between 0.05 and 1. Starts are compared by the weights at |Z| of the
    spectrum; the best is refined with that of the circuit, as the noise of a measured |Z| gives most weight to the
    points it makes small, and a resistance comes out too small by twice the squared noise [1]_. Of two minima that
    the noise cannot distinguish, that with exponents nearer to one is taken, and the other is kept as the rival. The
    covariance is that of `correlated_noise`: white noise, with 1/f noise over the sweep as far as the residuals show
    it; a parameter at its limit is held there and has no part in it.

    Parameters
    ----------
    circuit : Circuit
        From `parse_circuit`.
    spectrum : Spectrum
        From `check_spectrum`.
    most_starts : int, optional
        Starts to make at most.
    more_starts : sequence of ndarray, optional
        Parameters to begin from in addition, such as those of `related_starts`.
    loss : {"least-squares", "robust"}, optional
        `robust` continues from the minimum with the least median of residuals, among them those of the points without
        outliers, with Tukey's weights (`robust_loss`): points off by more than six standard deviations of the noise do
        not count.

    Returns
    -------
    ImpedanceFit

    Raises
    ------
    InsufficientData
        If the circuit has as many parameters as there are numbers in the spectrum.

    References
    ----------
    .. [1] R. J. Carroll, D. Ruppert, Transformation and Weighting in Regression, Chapman and Hall 1988, chapter 2,
       doi:10.1201/9780203735268.
    """
    size, count = 2 * spectrum.frequency_hertz.size, len(circuit.parameters)
    if size <= count + 2:
        raise InsufficientData(
            "too-many-circuit-parameters",
            "the circuit {circuit} has too many parameters ({count}) for {size} frequencies",
            circuit=circuit.text,
            count=count,
            size=size // 2,
        )
    residuals = CircuitResiduals(circuit, spectrum)
    arcs = sum(isinstance(item, Parallel) for item in circuit.tree.items)
    made = min(most_starts, STARTS_OF_ANY + STARTS_OF_AN_ARC * arcs)
    begun = [*starts(circuit, spectrum, made), *more_starts]
    made = len(begun)
    minima = residuals.solve(np.array(begun))
    agreeing = _agreeing(minima.sum_of_squares, size)
    if loss == "robust":
        return _described(*_robust(residuals, _of_sound_points(residuals, minima)), made, agreeing)
    fits = []
    for theta in _indistinguishable(minima, residuals):
        settled = _settled(residuals, theta)
        fits.append(_described(*settled, np.ones(size // 2), made, agreeing))
    return _with_rival(fits)


def _indistinguishable(minima: Minima, residuals: CircuitResiduals) -> list[Real]:
    """Return the best minimum, or two if another is as good within the noise: the one with the most usual exponents,
    those nearest to one, before the other."""
    squares, exponents = minima.sum_of_squares, minima.variables[:, ~residuals.is_scale]
    best = int(np.argmin(squares))
    limit = squares[best] * (1 + NOT_TOLD_APART / max(residuals.target.size * 2 - residuals.is_scale.size, 1))
    usual = exponents.min(axis=1, initial=1.0)
    other = int(np.argmax(np.where(squares <= limit, usual, -1.0)))
    indices = [best] if usual[other] - usual[best] < SAME_EXPONENT else [other, best]
    return [minima.variables[index] for index in indices]


def _settled(residuals: CircuitResiduals, theta: Real) -> tuple[CircuitResiduals, Real]:
    """Return the minimum next to these variables, and the residuals over the modulus of the circuit itself.

    Of a circuit that does not describe the spectrum the modulus says nothing of the noise: that of the spectrum stays.
    """
    if np.sqrt(np.mean(residuals.evaluate(theta)[0] ** 2)) > DESCRIBED:
        return residuals, residuals.polished(theta)
    for _ in range(REWEIGHTINGS):
        residuals = residuals.reweighted(theta)
        theta = residuals.polished(theta)
    return residuals, theta


def _of_sound_points(residuals: CircuitResiduals, minima: Minima) -> Real:
    """Return the variables of the minima, and of those that the points without outliers give if there are any."""
    outliers = [outlier.index for outlier in find_outliers(residuals.spectrum)]
    if not outliers:
        return minima.variables
    weights = np.ones(residuals.weight.size)
    weights[outliers] = LEAST_WEIGHT
    sound = residuals.weighted(weights).near(residuals.values(minima.variables))
    return np.concatenate((sound.variables, minima.variables))


def _robust(residuals: CircuitResiduals, thetas: Real) -> tuple[CircuitResiduals, Real, Real]:
    """Return residuals over the modulus of the circuit, the robust minimum, and the weight of each point."""
    squares = residuals.evaluate(thetas)[0] ** 2
    theta = thetas[int(np.argmin(np.median(squares[:, 0::2] + squares[:, 1::2], axis=1)))]
    for _ in range(ROBUST_STEPS):
        residuals = residuals.reweighted(theta)
        weights, _ = tukey_weights(residuals.evaluate(theta)[0])
        before, theta = theta, residuals.weighted(weights).polished(theta)
        if np.abs(theta - before).max() < SETTLED:
            break
    return residuals, theta, weights


def _with_rival(fits: list[ImpedanceFit]) -> ImpedanceFit:
    """Return the first fit, with the values of the second if they differ by more than the standard uncertainty."""
    first, *others = fits
    for other in others:
        known = [p.standard_uncertainty for p in first.parameters]
        if (np.abs(first.values - other.values) > np.array(known)).any() and not first.unidentified:
            return replace(first, rival_values=other.values)
    return first


def _agreeing(squares: Real, size: int) -> int:
    return int(np.count_nonzero(squares <= squares.min() * (1 + AGREEMENT) + size * LEAST_RESIDUAL**2))


def _described(residuals: CircuitResiduals, theta: Real, weights: Real, made: int, agreeing: int) -> ImpedanceFit:
    theta = theta[fastest_first(residuals.circuit, residuals.values(theta))]
    residual, jacobian = residuals.evaluate(theta)
    at_limit = (theta - residuals.lower < NEAR_LIMIT) | (residuals.upper - theta < NEAR_LIMIT)
    degrees = residual.size - int(np.count_nonzero(~at_limit))
    chi_square = float(np.repeat(weights, 2) @ residual**2)
    is_robust = bool((weights < 1).any())
    covariance, lost, effective = _covariance(
        jacobian.T, at_limit, tukey_weights(residual)[1] if is_robust else residual
    )
    values, fitted = residuals.values(theta), residuals.impedance(theta)
    criteria = _criteria(residuals, chi_square)
    return ImpedanceFit(
        circuit=residuals.circuit,
        parameters=_parameters(residuals, theta, covariance, at_limit, lost),
        values=values,
        covariance=covariance,
        fitted_ohm=fitted,
        real_residual_percent=-100 * residual[0::2],
        imaginary_residual_percent=-100 * residual[1::2],
        residual_percent=100 * math.sqrt(chi_square / degrees),
        chi_square=chi_square,
        degrees_of_freedom=degrees,
        covariance_degrees_of_freedom=effective,
        aicc=criteria[0],
        bic=criteria[1],
        starts=made,
        agreeing_starts=agreeing,
        loss="robust" if is_robust else "least-squares",
    )


def _criteria(residuals: CircuitResiduals, chi_square: float) -> tuple[float, float]:
    """Return AICc and BIC of normal noise in proportion to the modulus the residuals are taken over."""
    size, count = 2 * residuals.weight.size, residuals.is_scale.size + 1
    modulus = np.log(residuals.weight * np.abs(residuals.spectrum.impedance_ohm))
    minus_twice_log_likelihood = size * math.log(max(chi_square / size, NOT_RESOLVED**2)) - 4 * float(modulus.sum())
    corrected = 2 * count + 2 * count * (count + 1) / (size - count - 1)
    return minus_twice_log_likelihood + corrected, minus_twice_log_likelihood + count * math.log(size)


def _parameters(
    residuals: CircuitResiduals, theta: Real, covariance: Real, at_limit: Flags, lost: Flags
) -> tuple[FittedParameter, ...]:
    """Return each parameter with its uncertainty and whether the spectrum determines it."""
    values, variance, parameters = residuals.values(theta), np.diag(covariance), []
    for index, parameter in enumerate(residuals.circuit.parameters):
        best_known = float(variance[index])
        exponent = index + 1
        if parameter.name.endswith("_Q") and variance[exponent] > 0:
            best_known -= float(covariance[index, exponent] ** 2 / variance[exponent])
        limit = NOT_IDENTIFIED if parameter.is_scale else EXPONENT_NOT_IDENTIFIED
        stuck = at_limit[index] and (parameter.is_scale or values[index] < 0.5)
        spread = math.sqrt(variance[index]) * (values[index] if parameter.is_scale else 1.0)
        parameters.append(
            FittedParameter(
                parameter.name,
                parameter.unit,
                float(values[index]),
                math.inf if lost[index] else spread,
                bool(at_limit[index]),
                not (lost[index] or stuck or best_known > limit**2),
            )
        )
    return tuple(parameters)


def _covariance(jacobian: Real, at_limit: Flags, residual: Real) -> tuple[Real, Flags, float]:
    """Return the covariance of the variables, those the residuals do not depend on, and degrees of freedom."""
    count = at_limit.size
    covariance, lost = np.zeros((count, count)), np.zeros(count, dtype=bool)
    norms = np.linalg.norm(jacobian, axis=0)
    free = ~at_limit & (norms > 1e-12 * norms.max())
    lost[~at_limit & ~free] = True
    indices = np.flatnonzero(free)
    _, singular, rotation = np.linalg.svd(jacobian[:, indices] / norms[indices], full_matrices=False)
    weak = singular < 1e-10 * singular[0]
    lost[indices[(np.abs(rotation[weak]) > 1e-3).any(axis=0)]] = True
    back = (rotation[~weak] / singular[~weak, np.newaxis]).T / norms[indices, np.newaxis]
    # The columns of J times this matrix are orthonormal, so that the covariance of weakly known variables is exact.
    inner, degrees = fit_covariance(jacobian[:, indices] @ back, residual)
    covariance[np.ix_(indices, indices)] = back @ inner @ back.T
    return covariance, lost, degrees
