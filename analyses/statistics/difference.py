"""Whether two numbers differ by more than their uncertainty."""

from dataclasses import dataclass

from analyses.uncertainty import Estimate, propagate


@dataclass(frozen=True)
class Difference:
    """Difference and ratio of two numbers."""

    difference: Estimate
    """Second minus first [unit of the numbers]."""
    ratio: Estimate | None
    """Second over first; None if the interval of the first contains zero."""
    contains_zero: bool
    """Whether the 95 % interval of the difference, widened by the rounding bounds, contains zero."""


def difference(first: Estimate, second: Estimate) -> Difference:
    """Compare two independent numbers of the same quantity.

    The interval of the difference is that of `Estimate.interval`: scatter by first-order propagation with effective
    degrees of freedom (Welch-Satterthwaite), widened by the rounding of both.

    Parameters
    ----------
    first, second : Estimate
        The numbers, in the same unit.

    Returns
    -------
    Difference

    Examples
    --------
    >>> compared = difference(Estimate.measured(80.0, 1.0), Estimate.measured(90.0, 1.0))
    >>> (compared.difference.magnitude, compared.ratio.magnitude, compared.contains_zero)
    (10.0, 1.125, False)
    """
    change = propagate(lambda first, second: second - first, first=first, second=second)
    lower, upper = change.interval()
    low, high = first.interval()
    divisible = low > 0 or high < 0
    ratio = propagate(lambda first, second: second / first, first=first, second=second) if divisible else None
    return Difference(change, ratio, lower <= 0 <= upper)
