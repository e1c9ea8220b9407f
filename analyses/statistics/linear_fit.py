"""Least squares of a linear model to points that differ in uncertainty and scatter more than it says."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData

Real = NDArray[np.float64]

HALVINGS = 60
EXACT = 1e-12
"""Residuals up to this share of y, and coefficients up to this share of their summands, are round-off."""


@dataclass(frozen=True)
class LinearFit:
    """A linear model fitted to points."""

    coefficients: Real
    """Shape (parameters,); zero where points cancel but for round-off."""
    covariance: Real
    """From the scatter about the model, shape (parameters, parameters)."""
    sensitivity: Real
    """Derivative of each coefficient by each y, shape (parameters, points)."""
    residual: Real
    """y minus the model, shape (points,)."""
    studentised: Real
    """Residual over its standard deviation without the point itself (externally studentised), Student's t with one
    degree of freedom less; zero if there is none left, shape (points,)."""
    sum_of_squares: float
    """Weighted; equal to the degrees of freedom if the points scatter more than their uncertainties say."""
    degrees_of_freedom: int
    excess: float
    """Standard deviation of the scatter beyond the uncertainties."""


def fit_linear_model(
    matrix: Real, y: Real, uncertainty: Real | None = None, *, excess: float | None = None, is_logarithm: bool = False
) -> LinearFit:
    """Fit y = matrix @ coefficients, with weights from the uncertainty of each point and an excess that all share.

    Points are weighted by 1/(u² + s²), where s² is the excess variance at which the weighted sum of squares equals the
    degrees of freedom (Paule and Mandel [1]_); zero if the points scatter no more than their u. The covariance is
    scaled by the sum of squares over the degrees of freedom (Hartung and Knapp [2]_): it comes from the scatter alone.

    Parameters
    ----------
    matrix : ndarray, shape (points, parameters)
        Of full rank, with more points than parameters.
    y : ndarray, shape (points,)
        The numbers.
    uncertainty : ndarray, shape (points,), optional
        Standard uncertainty of each y, of causes that no other point shares; all weigh the same without it, or if one
        of them is zero.
    excess : float, optional
        The excess s, to compare models by the same weights.
    is_logarithm : bool, optional
        Whether y are logarithms, whose round-off is that of numbers of about one, however small they are.

    Returns
    -------
    LinearFit

    Raises
    ------
    ValueError
        If there are not more points than parameters.
    InsufficientData
        If the points do not determine the parameters, such as a slope where all x are equal.

    References
    ----------
    .. [1] R. C. Paule, J. Mandel, J. Res. Natl. Bur. Stand. 87, 377 (1982), doi:10.6028/jres.087.022.
    .. [2] J. Hartung, G. Knapp, Stat. Med. 20, 1771 (2001), doi:10.1002/sim.791.

    Examples
    --------
    >>> x = np.array([0.0, 1.0, 2.0, 3.0])
    >>> fit = fit_linear_model(np.stack((x, np.ones(4)), axis=1), 2 * x + 1)
    >>> fit.coefficients.round(9).tolist(), fit.degrees_of_freedom
    ([2.0, 1.0], 2)
    """
    points, parameters = matrix.shape
    degrees = points - parameters
    if degrees < 1:
        raise ValueError(f"{points} points are too few for {parameters} parameters: no degree of freedom is left")
    own = np.zeros(points) if uncertainty is None or not (uncertainty > 0).all() else np.asarray(uncertainty) ** 2
    if not own.any():
        variance = np.ones(points)
    else:
        variance = own + (_excess_variance(matrix, y, own) if excess is None else excess**2)
    weight = 1 / np.sqrt(variance)
    scaled = matrix * weight[:, np.newaxis]
    inverse = _pseudoinverse(scaled)
    leverage = np.einsum("ij,ji->i", scaled, inverse)
    if leverage.sum() < parameters - 0.5:
        # Its sum is the rank: the pseudoinverse would give coefficients that no data determine, and no uncertainty.
        raise InsufficientData(
            "parameters-undetermined",
            "the {points} points do not determine the {parameters} parameters of the fit: they must differ more",
            points=points,
            parameters=parameters,
        )
    sensitivity = inverse * weight
    coefficients = sensitivity @ y
    coefficients[np.abs(coefficients) <= EXACT * (np.abs(sensitivity) @ np.abs(y))] = 0.0
    residual = y - matrix @ coefficients
    largest = max(float(np.abs(y).max()), 1.0 if is_logarithm else 0.0)
    residual = np.where(np.abs(residual) <= EXACT * largest, 0.0, residual)
    standardised = residual * weight
    squares = float(standardised @ standardised)
    return LinearFit(
        coefficients=coefficients,
        covariance=squares / degrees * (inverse @ inverse.T),
        sensitivity=sensitivity,
        residual=residual,
        studentised=_studentised(standardised, leverage, squares, degrees),
        sum_of_squares=squares,
        degrees_of_freedom=degrees,
        excess=float(np.sqrt(max(variance.min() - own[int(np.argmin(variance))], 0.0))) if own.any() else 0.0,
    )


def _pseudoinverse(matrix: Real) -> Real:
    """Return it with each column scaled to one, so that a large x does not make the column of ones look like zero."""
    size = np.abs(matrix).max(axis=0)
    size[size == 0] = 1.0
    return np.asarray(np.linalg.pinv(matrix / size) / size[:, np.newaxis])


def _excess_variance(matrix: Real, y: Real, own: Real) -> float:
    """Return the variance that, added to each, makes the weighted sum of squares equal to the degrees of freedom."""
    degrees = matrix.shape[0] - matrix.shape[1]

    def squares(excess: float) -> float:
        weight = 1 / np.sqrt(own + excess)
        scaled = matrix * weight[:, np.newaxis]
        residual = (y - matrix @ (_pseudoinverse(scaled) @ (y * weight))) * weight
        return float(residual @ residual)

    if squares(0.0) <= degrees:
        return 0.0
    low, high = 0.0, float(own.max())
    while squares(high) > degrees:
        low, high = high, 4 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if squares(middle) > degrees else (low, middle)
    return (low + high) / 2


def _studentised(standardised: Real, leverage: Real, squares: float, degrees: int) -> Real:
    if degrees < 2 or squares == 0:
        return np.zeros_like(standardised)
    free = np.maximum(1 - leverage, 1e-9)
    internal = standardised / np.sqrt(squares / degrees * free)
    left = np.maximum(degrees - internal**2, 1e-12)
    return np.asarray(np.where(1 - leverage < 1e-9, 0.0, internal * np.sqrt((degrees - 1) / left)))
