"""Components of a standard uncertainty: what each cause contributes, and which causes several results share."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

CANCELLED = 1e-11
"""Share of what is added up to which a shared cause counts as cancelled; differences are exact to that."""


@dataclass(frozen=True, slots=True)
class Component:
    """Contribution of one cause to the standard uncertainty of a number.

    Parameters
    ----------
    name : str
        Kind of cause in a word or two: `fit`, `geometry`, `resolution`, `drift`, `between cells`.
    contribution : float
        Change of the number if its cause is one standard deviation above its best value, with its sign [unit of the
        number].
    shared : str, optional
        Identifies the cause if several results share it, such as the thickness of one layer of one cell; empty if this
        number alone has it. Contributions of a shared cause add up with their signs, and so cancel in a ratio.
    degrees_of_freedom : float, optional
        Of the standard deviation of the cause; infinitely many if it is well known.
    """

    name: str
    contribution: float
    shared: str = field(default="", kw_only=True)
    degrees_of_freedom: float = field(default=math.inf, kw_only=True)

    def __post_init__(self) -> None:
        if not (isinstance(self.name, str) and isinstance(self.shared, str)):
            raise TypeError(f"the name and the shared cause of a component are texts, got {self!r:.200}")
        if not math.isfinite(self.contribution):
            raise ValueError(f"the contribution of a component must be finite, got {self.contribution!r}")
        if not self.degrees_of_freedom > 0:
            raise ValueError(f"degrees of freedom are above zero, got {self.degrees_of_freedom!r}")

    @property
    def standard_uncertainty(self) -> float:
        """The contribution without its sign."""
        return abs(self.contribution)

    def scaled(self, sensitivity: float) -> "Component":
        """Return what the cause contributes to a number that changes `sensitivity` times as much."""
        contribution = sensitivity * self.contribution
        return Component(self.name, contribution, shared=self.shared, degrees_of_freedom=self.degrees_of_freedom)


def combine(components: Iterable[Component]) -> tuple[Component, ...]:
    """Merge the components of one number that belong together.

    Parameters
    ----------
    components : iterable of Component
        Of one number.

    Returns
    -------
    tuple of Component
        Each name once for causes of this number alone, as the root sum of squares, and each shared cause once, as the
        sum with signs; in order of first appearance, without those that contribute nothing.

    Examples
    --------
    >>> length = Component("geometry", 3.0, shared="thickness"), Component("geometry", -1.0, shared="thickness")
    >>> [part.contribution for part in combine((*length, Component("fit", 3.0), Component("fit", 4.0)))]
    [2.0, 5.0]
    """
    groups: dict[tuple[str, str], list[Component]] = {}
    for component in components:
        groups.setdefault((component.name, component.shared), []).append(component)
    merged = (group[0] if len(group) == 1 else _merged(group) for group in groups.values())
    return tuple(component for component in merged if component.contribution)


def _merged(group: Sequence[Component]) -> Component:
    """Merge components with one name and one shared cause."""
    name, shared = group[0].name, group[0].shared
    if not shared:
        total, degrees = root_sum_of_squares(group), effective_degrees_of_freedom(group)
        return Component(name, total, degrees_of_freedom=degrees)
    contributions = [component.contribution for component in group]
    total = math.fsum(contributions)
    if abs(total) <= CANCELLED * math.fsum(map(abs, contributions)):
        total = 0.0
    degrees = min(component.degrees_of_freedom for component in group)
    return Component(name, total, shared=shared, degrees_of_freedom=degrees)


def root_sum_of_squares(components: Iterable[Component]) -> float:
    """Return the standard uncertainty of combined components [unit of the contributions]."""
    return math.hypot(*(component.contribution for component in components))


def effective_degrees_of_freedom(components: Sequence[Component]) -> float:
    """Return the degrees of freedom of the root sum of squares (Welch-Satterthwaite; JCGM 100:2008, eq. G.2b).

    Examples
    --------
    >>> one = Component("fit", 1.0, degrees_of_freedom=4)
    >>> effective_degrees_of_freedom([one]), round(effective_degrees_of_freedom([one, one]), 9)
    (4, 8.0)
    """
    if len(components) == 1:
        return components[0].degrees_of_freedom
    total = root_sum_of_squares(components)
    if not total:
        return math.inf
    shares = ((part.contribution / total) ** 4 / part.degrees_of_freedom for part in components)
    weight = math.fsum(shares)
    return 1 / weight if weight else math.inf
