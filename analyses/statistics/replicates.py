"""The mean of a quantity over nominally identical cells, and the scatter between them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyses.component import Component
from analyses.insufficient_data import InsufficientData
from analyses.statistics.shared_causes import shared_components
from analyses.uncertainty import Estimate

FEWEST_CELLS = 2
SAME = 1e-12
"""Relative difference below which two numbers are equal."""


@dataclass(frozen=True)
class ReplicateMean:
    """The mean over cells, with the scatter between them and the uncertainty of each kept apart."""

    mean: Estimate
    """Its component `between cells` is s/√n with n - 1 degrees of freedom; its bounds are the means of the bounds."""
    count: int
    """n, number of cells."""
    median: float
    """[unit of the quantity]."""
    standard_deviation: float
    """s between the cells [unit of the quantity]."""
    measurement_uncertainty: float
    """Root mean square of the standard uncertainties of the cells [unit of the quantity]; 0 if none is known."""


def replicate_mean(values: Sequence[Estimate]) -> ReplicateMean:
    """Return the arithmetic mean of one value per cell.

    The cells are taken as independent draws from one normal distribution. Its 95 % interval is then the mean plus or
    minus t s/√n, with Student's t for n - 1 degrees of freedom. The scatter between cells contains the random part of
    each measurement, so the standard uncertainties of the cells are not added again. A cause that several cells share,
    such as the thickness gauge, does not show in the scatter; where their components name it, it is a component of the
    mean. A common error that no component names is in neither. Equal numbers, as of coarse digits, show no scatter:
    their standard uncertainties then take its place.

    Parameters
    ----------
    values : sequence of Estimate
        One for each cell, all under the same conditions.

    Returns
    -------
    ReplicateMean

    Raises
    ------
    InsufficientData
        If there are fewer than two cells, or a value is not a finite number.

    References
    ----------
    JCGM 100:2008, Guide to the expression of uncertainty in measurement (GUM), 4.2 and G.3.
    https://doi.org/10.59161/JCGM100-2008E

    Examples
    --------
    >>> scatter = replicate_mean([Estimate.exact(9.0), Estimate.exact(10.0), Estimate.exact(11.0)])
    >>> (scatter.mean.magnitude, scatter.standard_deviation, round(scatter.mean.standard_uncertainty, 4))
    (10.0, 1.0, 0.5774)
    """
    if len(values) < FEWEST_CELLS:
        raise InsufficientData(
            "too-few-cells",
            "the scatter between cells needs {needed} or more cells: there are {available}",
            needed=FEWEST_CELLS,
            available=len(values),
        )
    magnitudes = np.array([value.magnitude for value in values])
    if not np.isfinite(magnitudes).all():
        raise InsufficientData(
            "value-not-finite",
            "the scatter between cells needs a finite number for every cell: {missing} of {count} are not finite",
            missing=int((~np.isfinite(magnitudes)).sum()),
            count=magnitudes.size,
        )
    count, mean = len(values), math.fsum(magnitudes) / len(values)
    deviation = float(np.sqrt(((magnitudes - mean) ** 2).sum() / (count - 1)))
    squares = math.fsum(value.standard_uncertainty**2 for value in values)
    measurement = math.sqrt(squares / count)
    is_constant = bool(np.ptp(magnitudes) <= SAME * np.abs(magnitudes).max())
    spread = measurement if is_constant else deviation
    scatter = Component("between cells", spread / math.sqrt(count), degrees_of_freedom=count - 1)
    estimate = Estimate.of_components(
        mean,
        scatter,
        *shared_components([1 / count] * count, values),
        lower=min(mean, math.fsum(value.lower for value in values) / count),
        upper=max(mean, math.fsum(value.upper for value in values) / count),
        inferred=any(value.inferred for value in values),
    )
    return ReplicateMean(estimate, count, float(np.median(magnitudes)), deviation, measurement)
