"""How often a stack has each layer, if its repeat units share current collectors coated on both sides."""

from collections.abc import Sequence
from dataclasses import dataclass

from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate

BOTH_SIDES = 2
OUTER = Estimate(0.0, -0.5, 0.5)
"""Which of two shared collectors is at both ends of a stack of an even number of repeat units, as half a layer more of
the one and less of the other."""


@dataclass(frozen=True)
class LayerCount:
    """How often a cell has a layer: `number`, plus `outer` times `OUTER`, which all layers share."""

    number: float = 1.0
    outer: float = 0.0


ONCE = LayerCount()
"""Of a layer of a cell that is not a stack of repeat units."""


def layer_counts(repeat_units: int, coated_sides: Sequence[int | None]) -> tuple[LayerCount, ...]:
    """Return how often a stack of repeat units has each layer.

    A layer is there once in each repeat unit, unless it is a current collector coated on both sides, which two adjacent
    repeat units share. Of n repeat units with one shared collector there are n/2 of it, rounded up: one whose second
    side is bare counts whole. With two, every border of a repeat unit has one of them, n + 1 in all, by turns: each
    (n + 1)/2 times if n is odd. If n is even, one of them is at both ends, n/2 + 1 times, and the other n/2 times;
    which one is not known, and both cases are within the bounds.

    Parameters
    ----------
    repeat_units : int
        Number of repeat units, n.
    coated_sides : sequence of int or None, shape (n_layers,)
        For each layer of a repeat unit, 2 for a shared collector.

    Returns
    -------
    tuple of LayerCount, shape (n_layers,)
        In the same order.

    Raises
    ------
    InsufficientData
        If more than two layers are shared, or there is no repeat unit.

    Examples
    --------
    >>> [count.number for count in layer_counts(4, [2, None, None, None, 1])]
    [2.0, 4.0, 4.0, 4.0, 4.0]
    >>> [(count.number, count.outer) for count in layer_counts(4, [2, None, 2])]
    [(2.5, 1.0), (4.0, 0.0), (2.5, -1.0)]
    """
    if repeat_units < 1:
        raise InsufficientData("no-repeat-units", "the cell has no repeat unit: enter 1 or more")
    shared = [index for index, sides in enumerate(coated_sides) if sides == BOTH_SIDES]
    if len(shared) > BOTH_SIDES:
        raise InsufficientData(
            "too-many-shared-collectors",
            "{count} current collectors of a repeat unit are coated on both sides: at most two are shared with others",
            count=len(shared),
        )
    counts = [LayerCount(float(repeat_units)) for _ in coated_sides]
    if len(shared) == 1:
        counts[shared[0]] = LayerCount(float((repeat_units + 1) // 2))
    for index, sign in zip(shared, (1.0, -1.0), strict=False) if len(shared) == BOTH_SIDES else ():
        counts[index] = LayerCount((repeat_units + 1) / 2, sign if repeat_units % 2 == 0 else 0.0)
    return tuple(counts)
