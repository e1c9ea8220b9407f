"""Straight-line models that differ in the covariance of the scatter, averaged by how well each describes the data."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LARGE = 1e200
"""A number that keeps a bordered matrix positive definite."""
ROUNDS = 40
NEGLIGIBLE = 1e-7
"""Probability below which a distribution is left out of an average."""
OUTSIDE = 0.05
FARTHEST = 10.0
"""Standard deviations within which the end of an interval is sought."""


@dataclass(frozen=True)
class Models:
    """Fits of one design under several covariances; arrays of shape (models,) or (models, coefficients)."""

    log_likelihood: Array
    """Restricted: of what the design leaves."""
    coefficients: Array
    variances: Array

    def joined(self, other: "Models") -> "Models":
        """Return these models and others."""
        return Models(
            np.concatenate((self.log_likelihood, other.log_likelihood)),
            np.concatenate((self.coefficients, other.coefficients)),
            np.concatenate((self.variances, other.variances)),
        )


def fit_models(values: Array, design: Array, covariances: Array) -> Models:
    """Fit coefficients by generalised least squares under each covariance, with its restricted likelihood.

    Parameters
    ----------
    values : ndarray, shape (n,) or (m, n)
        Those of all models, or of each.
    design : ndarray, shape (n, p)
    covariances : ndarray, shape (m, n, n)
        Positive definite, of the scatter of the values [unit of the values squared].

    Returns
    -------
    Models

    References
    ----------
    Harville, D. A. (1974). Bayesian inference for variance components using only error contrasts. Biometrika 61,
    383-385. https://doi.org/10.1093/biomet/61.2.383
    """
    terms = design.shape[1]
    values = np.broadcast_to(values, covariances.shape[:2])
    start = values @ np.linalg.pinv(design).T
    designs = np.broadcast_to(design, (*covariances.shape[:2], terms))
    root, white = _whitened(covariances, np.concatenate((designs, (values - start @ design.T)[:, :, None]), axis=2))
    basis, triangle = np.linalg.qr(white[:, :, :terms])
    moments = np.einsum("mnp,mn->mp", basis, white[:, :, terms])
    residual = white[:, :, terms] - np.einsum("mnp,mp->mn", basis, moments)
    inverse = np.linalg.inv(triangle)
    coefficients = start + np.einsum("mpq,mq->mp", inverse, moments)
    determinants = np.log(np.abs(np.einsum("mpp->mp", triangle))).sum(axis=1)
    determinants += np.log(np.einsum("mnn->mn", root)).sum(axis=1)
    return Models(-determinants - (residual**2).sum(axis=1) / 2, coefficients, (inverse**2).sum(axis=2))


def given_the_rest(values: Array, covariances: Array, count: int) -> tuple[Array, Array, Array]:
    """Return the first numbers as they are if the rest, whose mean is zero, are known.

    A design that is zero for the rest is fitted to the first numbers alone, with the same result as to all.

    Parameters
    ----------
    values : ndarray, shape (n,)
    covariances : ndarray, shape (m, n, n)
        Positive definite [unit of the values squared].
    count : int
        How many numbers are the first.

    Returns
    -------
    values : ndarray, shape (m, count)
        The first numbers less what the rest tell of their scatter.
    covariances : ndarray, shape (m, count, count)
        Of what is left of their scatter.
    log_likelihood : ndarray, shape (m,)
        Of the rest.
    """
    across = covariances[:, count:, :count]
    root = np.linalg.cholesky(covariances[:, count:, count:])
    rest = np.broadcast_to(values[count:, None], (*across.shape[:2], 1))
    white = np.linalg.solve(root, np.concatenate((across, rest), axis=2))
    told, own = white[:, :, :count], white[:, :, count]
    left = values[:count] - np.einsum("mrc,mr->mc", told, own)
    scatter = covariances[:, :count, :count] - np.swapaxes(told, 1, 2) @ told
    return left, scatter, -np.log(np.einsum("mrr->mr", root)).sum(axis=1) - (own**2).sum(axis=1) / 2


def _whitened(covariances: Array, columns: Array) -> tuple[Array, Array]:
    """Return the Cholesky factors of the covariances, and what their inverses make of the columns.

    One factorisation gives both: the columns are rows below the covariance, and so become rows of its factor.
    """
    models, count, rows = columns.shape
    bordered = np.zeros((models, count + rows, count + rows))
    bordered[:, :count, :count] = covariances
    bordered[:, count:, :count] = np.swapaxes(columns, 1, 2)
    bordered[:, range(count, count + rows), range(count, count + rows)] = LARGE
    factor = np.linalg.cholesky(bordered)
    return factor[:, :count, :count], np.swapaxes(factor[:, count:, :count], 1, 2)


def chances(log_likelihood: Array) -> Array:
    """Return the probabilities in proportion to the likelihoods."""
    chance = np.exp(log_likelihood - log_likelihood.max())
    shares: Array = chance / chance.sum()
    return shares


def averaged(chance: Array, centres: Array, errors: Array, degrees: float = math.inf) -> tuple[float, float]:
    """Return the mean of a mixture of Student t distributions, and how far about it 95 % of the mixture reach.

    Parameters
    ----------
    chance, centres, errors : ndarray, shape (m,)
        Probability, centre and standard error of each.
    degrees : float, optional
        Of freedom of each; normal distributions without.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> middle, half = averaged(np.ones(1), np.array([3.0]), np.array([0.5]))
    >>> (middle, round(half, 3))
    (3.0, 0.98)
    """
    from scipy.special import ndtr, stdtr, stdtrit

    kept = chance > NEGLIGIBLE * chance.max()
    chance, centres, errors = chance[kept] / chance[kept].sum(), centres[kept], errors[kept]
    middle = float((chance * centres).sum())
    away = np.abs(centres - middle)
    farthest = FARTHEST if math.isinf(degrees) else float(stdtrit(degrees, 1 - 1e-6))
    low, high = 0.0, float((away + farthest * errors).max())
    for _ in range(ROUNDS):
        half = (low + high) / 2
        below, above = (-half - away) / errors, (-half + away) / errors
        tails = ndtr(below) + ndtr(above) if math.isinf(degrees) else stdtr(degrees, below) + stdtr(degrees, above)
        low, high = (half, high) if float((chance * tails).sum()) > OUTSIDE else (low, half)
    return middle, high
