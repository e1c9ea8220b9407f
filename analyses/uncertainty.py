"""Numbers with the two kinds of uncertainty a lab has: rounding of what was written, scatter of what was measured."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analyses.component import (
    CANCELLED,
    Component,
    combine,
    effective_degrees_of_freedom,
    root_sum_of_squares,
)

NORMAL_95_PERCENT = 1.959963984540054
ROOT_3 = math.sqrt(3)
DECADE = 10.0
ROUND_OFF = 1e-12
"""Share of a number up to which its uncertainty is round-off of the arithmetic, and counts as none."""
AGREEMENT = 1e-9
"""Relative difference up to which a standard uncertainty agrees with its components."""
STEP = 1e-3
"""Standard deviations by which inputs are moved to see how a result changes."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with the bounds that follow from rounding and the standard uncertainty that follows from scatter.

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
    components : tuple of Component, optional
        What each cause contributes; `standard_uncertainty` is their root sum of squares, and `degrees_of_freedom` the
        effective ones, as `of_components` fills in. Without them the standard uncertainty has one cause without a
        name, which no other number shares.
    """

    magnitude: float
    lower: float
    upper: float
    standard_uncertainty: float = 0.0
    inferred: bool = False
    degrees_of_freedom: float = math.inf
    components: tuple[Component, ...] = ()

    def __post_init__(self) -> None:
        is_sound = -math.inf < self.lower <= self.magnitude <= self.upper < math.inf
        if not (is_sound and 0 <= self.standard_uncertainty < math.inf and self.degrees_of_freedom > 0):
            self._refuse()
        if self.components:
            self._settle_components()
        if self.standard_uncertainty and is_round_off(self.standard_uncertainty, self.magnitude):
            object.__setattr__(self, "standard_uncertainty", 0.0)
            object.__setattr__(self, "components", ())

    def _settle_components(self) -> None:
        """Combine the components; raise ValueError if the standard uncertainty disagrees with them."""
        combined = combine(self.components)
        components = tuple(part for part in combined if not is_round_off(part.contribution, self.magnitude))
        object.__setattr__(self, "components", components)
        total, degrees = root_sum_of_squares(components), effective_degrees_of_freedom(components)
        agrees = math.isclose(total, self.standard_uncertainty, rel_tol=AGREEMENT) or is_round_off(
            total - self.standard_uncertainty, self.magnitude
        )
        if not (agrees and (not total or math.isclose(degrees, self.degrees_of_freedom, rel_tol=AGREEMENT))):
            raise ValueError(
                f"the components make a standard uncertainty of {total!r} with {degrees!r} degrees of freedom, not "
                f"{self.standard_uncertainty!r} with {self.degrees_of_freedom!r}: use Estimate.of_components"
            )

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

    @classmethod
    def of_components(
        cls,
        magnitude: float,
        *components: Component,
        lower: float | None = None,
        upper: float | None = None,
        inferred: bool = False,
    ) -> "Estimate":
        """Return a number with the standard uncertainty that its components make; without bounds, it is not rounded."""
        parts = tuple(part for part in combine(components) if not is_round_off(part.contribution, magnitude))
        return cls(
            magnitude,
            magnitude if lower is None else lower,
            magnitude if upper is None else upper,
            root_sum_of_squares(parts),
            inferred,
            effective_degrees_of_freedom(parts),
            parts,
        )

    def attributed(self, name: str, *, shared: str = "") -> "Estimate":
        """Return the number with its whole standard uncertainty as one component: the fit, the geometry."""
        if not self.standard_uncertainty:
            return self
        component = Component(
            name, self.standard_uncertainty, shared=shared, degrees_of_freedom=self.degrees_of_freedom
        )
        return Estimate.of_components(
            self.magnitude, component, lower=self.lower, upper=self.upper, inferred=self.inferred
        )

    def with_components(self, *components: Component) -> "Estimate":
        """Return the number with these components next to its own."""
        if not components:
            return self
        return Estimate.of_components(
            self.magnitude,
            *self.causes,
            *components,
            lower=self.lower,
            upper=self.upper,
            inferred=self.inferred,
        )

    @property
    def causes(self) -> tuple[Component, ...]:
        """Its components; one without a name if it has a standard uncertainty without components."""
        if self.components or not self.standard_uncertainty:
            return self.components
        return (Component("", self.standard_uncertainty, degrees_of_freedom=self.degrees_of_freedom),)

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

    @property
    def spans_a_decade(self) -> bool:
        """True if the ends of the 95 % interval differ by a factor of ten or more, or one is not above zero: the number
        of a scale, such as a resistance, is then not determined."""
        lower, upper = self.interval()
        return lower <= 0 or upper >= DECADE * lower

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
    The scatter comes from first-order propagation with central differences (GUM, JCGM 100:2008, eq. 10); its degrees
    of freedom are effective ones (Welch-Satterthwaite, eq. G.2b). The components of the inputs become components of
    the result. A cause that several inputs share moves all of them at once, so that its contributions add up with
    their signs and cancel in a ratio or a difference; everything else is taken as uncorrelated.

    Parameters
    ----------
    function : callable
        Takes the inputs as keyword arguments (floats) and returns a float.
    **inputs : Estimate
        One for each argument of `function`.

    Returns
    -------
    Estimate
        Inferred if any input is. It has components if any input has.

    Examples
    --------
    >>> ohm = propagate(lambda voltage, current: voltage / current,
    ...                 voltage=Estimate.rounded(1.0, 0.05), current=Estimate.exact(0.5))
    >>> (ohm.magnitude, round(ohm.lower, 3), round(ohm.upper, 3))
    (2.0, 1.9, 2.1)
    >>> three_percent = Component("geometry", 0.03, shared="thickness")
    >>> cold, warm = Estimate.of_components(1.0, three_percent), Estimate.of_components(5.0, three_percent.scaled(5))
    >>> ratio = propagate(lambda warm, cold: warm / cold, warm=warm, cold=cold)
    >>> (ratio.magnitude, ratio.standard_uncertainty)
    (5.0, 0.0)
    """
    best = {name: estimate.magnitude for name, estimate in inputs.items()}
    magnitude = float(function(**best))
    low_corner, high_corner, variance, fourths = dict(best), dict(best), 0.0, 0.0
    slopes: dict[str, float] = {}
    for name, estimate in inputs.items():
        at_lower = float(function(**(best | {name: estimate.lower})))
        at_upper = float(function(**(best | {name: estimate.upper})))
        rising = at_upper >= at_lower
        low_corner[name] = estimate.lower if rising else estimate.upper
        high_corner[name] = estimate.upper if rising else estimate.lower
        u = estimate.standard_uncertainty
        if u > 0:
            step = u * STEP
            slopes[name] = slope = (
                float(function(**(best | {name: estimate.magnitude + step})))
                - float(function(**(best | {name: estimate.magnitude - step})))
            ) / (2 * step)
            variance += (slope * u) ** 2
            fourths += (slope * u) ** 4 / estimate.degrees_of_freedom
    lower, upper = float(function(**low_corner)), float(function(**high_corner))
    lower, upper = min(lower, magnitude), max(upper, magnitude)
    inferred = any(estimate.inferred for estimate in inputs.values())
    if any(estimate.components for estimate in inputs.values()):
        components = _propagate_components(function, inputs, slopes)
        return Estimate.of_components(magnitude, *components, lower=lower, upper=upper, inferred=inferred)
    degrees = variance**2 / fourths if fourths else math.inf
    return Estimate(magnitude, lower, upper, math.sqrt(variance), inferred, degrees)


def _propagate_components(
    function: Callable[..., float], inputs: Mapping[str, Estimate], slopes: Mapping[str, float]
) -> list[Component]:
    """Return what each cause of the inputs contributes to the result."""
    components: list[Component] = []
    shared: dict[tuple[str, str], dict[str, Component]] = {}
    for name, slope in slopes.items():
        for cause in inputs[name].causes:
            if cause.shared:
                shared.setdefault((cause.name, cause.shared), {})[name] = cause
            else:
                components.append(cause.scaled(slope))
    for (kind, cause_id), by_input in shared.items():
        if len(by_input) == 1:
            components += [cause.scaled(slopes[name]) for name, cause in by_input.items()]
            continue
        contribution = _joint_contribution(function, inputs, slopes, by_input)
        degrees = min(cause.degrees_of_freedom for cause in by_input.values())
        components.append(Component(kind, contribution, shared=cause_id, degrees_of_freedom=degrees))
    return components


def _joint_contribution(
    function: Callable[..., float],
    inputs: Mapping[str, Estimate],
    slopes: Mapping[str, float],
    by_input: Mapping[str, Component],
) -> float:
    """Return the change of the result when a shared cause moves all its inputs; zero if that is round-off.

    Moving them together is exact where the effects cancel, which a sum of separate differences is not.
    """
    best = {name: estimate.magnitude for name, estimate in inputs.items()}
    above = best | {name: best[name] + STEP * cause.contribution for name, cause in by_input.items()}
    below = best | {name: best[name] - STEP * cause.contribution for name, cause in by_input.items()}
    contribution = (float(function(**above)) - float(function(**below))) / (2 * STEP)
    scale = math.fsum(abs(slopes[name] * best[name]) for name in by_input)
    return 0.0 if abs(contribution) <= CANCELLED * scale else contribution
