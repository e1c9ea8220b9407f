"""Contribution of shared causes of several numbers to their slope, intercept or mean."""

import math
from collections.abc import Sequence

from analyses.component import CANCELLED, Component
from analyses.uncertainty import Estimate


def shared_components(weights: Sequence[float], numbers: Sequence[Estimate]) -> tuple[Component, ...]:
    """Return what each cause shared by two or more of the numbers contributes to the sum of weight times number.

    A cause that reaches one number alone is left out: it shows in the scatter of the numbers about their line or mean,
    which is where its uncertainty comes from. A cause that all share moves all at once and does not show there.

    Parameters
    ----------
    weights : sequence of float, shape (n,)
        Derivative of the result with respect to each number, such as the row of the pseudo-inverse that gives a slope.
    numbers : sequence of Estimate, shape (n,)
        The numbers with their components.

    Returns
    -------
    tuple of Component
        In order of first appearance; a cause that cancels is left out.

    Examples
    --------
    >>> thickness = Component("geometry", 0.03, shared="thickness")
    >>> cold, warm = Estimate.of_components(1.0, thickness), Estimate.of_components(2.0, thickness)
    >>> shared_components([-1.0, 1.0], [cold, warm])
    ()
    >>> [part.contribution for part in shared_components([0.5, 0.5], [cold, warm])]
    [0.03]
    """
    parts: dict[tuple[str, str], list[tuple[float, Estimate, Component]]] = {}
    for weight, number in zip(weights, numbers, strict=True):
        for cause in number.components:
            if cause.shared:
                parts.setdefault((cause.name, cause.shared), []).append((float(weight), number, cause))
    components = []
    for (name, shared), moved in parts.items():
        total = math.fsum(weight * cause.contribution for weight, _, cause in moved)
        scale = math.fsum(abs(weight * number.magnitude) for weight, number, _ in moved)
        if len(moved) > 1 and abs(total) > CANCELLED * scale:
            degrees = min(cause.degrees_of_freedom for _, _, cause in moved)
            components.append(Component(name, total, shared=shared, degrees_of_freedom=degrees))
    return tuple(components)
