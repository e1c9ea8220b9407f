"""Numbers with the two kinds of uncertainty a lab has: rounding of what was written, scatter of what was measured."""

import math
from collections.abc import Callable
from dataclasses import dataclass

NORMAL_95_PERCENT = 1.959963984540054
ROOT_3 = math.sqrt(3)
ROUND_OFF = 1e-12
"""Share of a number up to which its uncertainty is round-off of the arithmetic, and counts as none."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number, the bounds rounding leaves it, and the standard uncertainty scatter gives it.

    Parameters
    ----------
    magnitude : float
        Best value, in the unit the quantity's name ends in.
    lower, upper : float
        Bounds within which the number lies if every input was correctly rounded [unit of `magnitude`].
    standard_uncertainty : float, optional
        Standard deviation from scatter (a fit, repeated readings), rounding not included [unit of `magnitude`]. Up to
        `ROUND_OFF` of the magnitude it is round-off, which differs from processor to processor, and becomes zero.
    inferred : bool, optional
        True if the number, or one it was computed from, was deduced rather than stated or measured.
    degrees_of_freedom : float, optional
        Of the standard uncertainty; a line through three steps has one, a well-known scatter infinitely many.
    """

    magnitude: float
    lower: float
    upper: float
    standard_uncertainty: float = 0.0
    inferred: bool = False
    degrees_of_freedom: float = math.inf

    def __post_init__(self) -> None:
        is_sound = -math.inf < self.lower <= self.magnitude <= self.upper < math.inf
        if not (is_sound and 0 <= self.standard_uncertainty < math.inf and self.degrees_of_freedom > 0):
            self._refuse()
        if self.standard_uncertainty and is_round_off(self.standard_uncertainty, self.magnitude):
            object.__setattr__(self, "standard_uncertainty", 0.0)

    def _refuse(self) -> None:
        """Raise ValueError that says what is wrong."""
        numbers = (self.magnitude, self.lower, self.upper, self.standard_uncertainty)
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError(f"an estimate must be finite, got {self.magnitude!r} [{self.lower!r}, {self.upper!r}]")
        if not self.lower <= self.magnitude <= self.upper:
            raise ValueError(f"{self.magnitude!r} lies outside its own bounds [{self.lower!r}, {self.upper!r}]")
        if self.standard_uncertainty < 0:
            raise ValueError(f"a standard uncertainty is not negative, got {self.standard_uncertainty!r}")
        raise ValueError(f"degrees of freedom are above zero, got {self.degrees_of_freedom!r}")

    @classmethod
    def exact(cls, magnitude: float, *, inferred: bool = False) -> "Estimate":
        """Return a number without uncertainty, such as a count or a cut area."""
        return cls(magnitude, magnitude, magnitude, inferred=inferred)

    @classmethod
    def rounded(cls, magnitude: float, half_width: float, *, inferred: bool = False) -> "Estimate":
        """Return a number known to plus or minus `half_width`, as a printed one is."""
        return cls(magnitude, magnitude - half_width, magnitude + half_width, inferred=inferred)

    @classmethod
    def measured(
        cls, magnitude: float, standard_uncertainty: float, degrees_of_freedom: float = math.inf
    ) -> "Estimate":
        """Return a number whose only uncertainty is the scatter of its measurement."""
        return cls(magnitude, magnitude, magnitude, standard_uncertainty, degrees_of_freedom=degrees_of_freedom)

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.upper - self.lower) / 2

    @property
    def combined_standard_uncertainty(self) -> float:
        """Scatter and rounding in one standard deviation, rounding taken as uniform (GUM, JCGM 100:2008, 4.3.7)."""
        return math.hypot(self.standard_uncertainty, self.half_width / ROOT_3)

    @property
    def coverage_factor(self) -> float:
        """Standard uncertainties that 95 % of the scatter stays within: Student's t (JCGM 100:2008, G.3.2)."""
        if math.isinf(self.degrees_of_freedom):
            return NORMAL_95_PERCENT
        from scipy.special import stdtrit

        return float(stdtrit(self.degrees_of_freedom, 0.975))

    @property
    def is_certain(self) -> bool:
        """True if neither scatter nor rounding leaves more than round-off."""
        return is_round_off(self.combined_standard_uncertainty, self.magnitude)

    def interval(self) -> tuple[float, float]:
        """Return the rounding bounds widened by the 95 % interval of the scatter."""
        if self.standard_uncertainty == 0:
            return self.lower, self.upper
        widening = self.coverage_factor * self.standard_uncertainty
        return self.lower - widening, self.upper + widening


def is_round_off(difference: float, magnitude: float) -> bool:
    """Return True if a difference is within the rounding error of a number of this magnitude.

    Examples
    --------
    >>> is_round_off(3.5e-16, 0.33), is_round_off(3.5e-9, 0.33)
    (True, False)
    """
    return abs(difference) <= ROUND_OFF * abs(magnitude)


def propagate(function: Callable[..., float], **inputs: Estimate) -> Estimate:
    """Carry rounding bounds and scatter of the inputs through a function.

    The bounds come from evaluating `function` at the corner of the input box where every input pushes the result
    one way, which is exact when `function` is monotonic in each input over the box; all formulas in this package are.
    The scatter comes from first-order propagation with central differences (GUM, JCGM 100:2008, eq. 10), the inputs
    taken as uncorrelated; its degrees of freedom are effective ones (Welch-Satterthwaite, eq. G.2b).

    Parameters
    ----------
    function : callable
        Takes the inputs as keyword arguments (floats) and returns a float.
    **inputs : Estimate
        One for each argument of `function`.

    Returns
    -------
    Estimate
        Inferred if any input is.

    Examples
    --------
    >>> ohm = propagate(lambda voltage, current: voltage / current,
    ...                 voltage=Estimate.rounded(1.0, 0.05), current=Estimate.exact(0.5))
    >>> (ohm.magnitude, round(ohm.lower, 3), round(ohm.upper, 3))
    (2.0, 1.9, 2.1)
    """
    best = {name: estimate.magnitude for name, estimate in inputs.items()}
    magnitude = float(function(**best))
    low_corner, high_corner, variance, fourths = dict(best), dict(best), 0.0, 0.0
    for name, estimate in inputs.items():
        at_lower = float(function(**(best | {name: estimate.lower})))
        at_upper = float(function(**(best | {name: estimate.upper})))
        rising = at_upper >= at_lower
        low_corner[name] = estimate.lower if rising else estimate.upper
        high_corner[name] = estimate.upper if rising else estimate.lower
        u = estimate.standard_uncertainty
        if u > 0:
            step = u * 1e-3
            slope = (
                float(function(**(best | {name: estimate.magnitude + step})))
                - float(function(**(best | {name: estimate.magnitude - step})))
            ) / (2 * step)
            variance += (slope * u) ** 2
            fourths += (slope * u) ** 4 / estimate.degrees_of_freedom
    lower, upper = float(function(**low_corner)), float(function(**high_corner))
    return Estimate(
        magnitude,
        min(lower, magnitude),
        max(upper, magnitude),
        math.sqrt(variance),
        any(estimate.inferred for estimate in inputs.values()),
        variance**2 / fourths if fourths else math.inf,
    )
