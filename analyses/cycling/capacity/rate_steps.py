"""Capacity by current: the steps of a rate test, and the recovery of the capacity after them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_groups import CycleGroups, GroupKind
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate, propagate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class RateStep:
    """Consecutive comparable cycles of a rate test."""

    members: Rows
    """Indices of its cycles that have a discharge, rising."""
    group: int
    """Number of the group: the same when a current is repeated."""
    current_a: float
    """Median discharge current, positive [A]."""
    capacity_mah: Estimate
    """Median discharge capacity, within the median resolution of its cycles."""
    range_mah: tuple[float, float]
    """Smallest and largest discharge capacity of its cycles."""


def rate_steps(groups: CycleGroups, discharge_mah: Array, resolution_mah: Array) -> tuple[RateStep, ...]:
    """Return the steps of a rate test, in order.

    Parameters
    ----------
    groups : CycleGroups
        Of all cycles.
    discharge_mah, resolution_mah : ndarray, shape (cycles,)
        Discharge capacity of each cycle, nan without one, and its largest error [mAh].

    Returns
    -------
    tuple of RateStep
        Without those in which nothing was discharged.
    """
    currents = {group.number: group.discharge_current_a for group in groups.of_kind(GroupKind.RATE_STEP)}
    borders = np.flatnonzero(np.diff(groups.number)) + 1
    steps = []
    for block in np.split(np.arange(groups.number.size), borders):
        members = block[discharge_mah[block] > 0]
        if not members.size or int(groups.number[members[0]]) not in currents:
            continue
        capacities = discharge_mah[members]
        number = int(groups.number[members[0]])
        half_width = float(np.median(resolution_mah[members]))
        steps.append(
            RateStep(
                members=members,
                group=number,
                current_a=currents[number],
                capacity_mah=Estimate.rounded(float(np.median(capacities)), half_width),
                range_mah=(float(capacities.min()), float(capacities.max())),
            )
        )
    return tuple(steps)


def recovery_percent(steps: tuple[RateStep, ...]) -> tuple[Estimate, RateStep, RateStep]:
    """Return the capacity recovery: that of a repeated current relative to its first use.

    Parameters
    ----------
    steps : tuple of RateStep
        As `rate_steps` returns them.

    Returns
    -------
    Estimate
        Median capacity of the last step whose current there was before, over that of the first step at it [%].
    first, last : RateStep

    Raises
    ------
    InsufficientData
        If no current is repeated.
    """
    for last in reversed(steps):
        first = next(step for step in steps if step.group == last.group)
        if first is not last:
            kept = propagate(
                lambda after, before: 100 * after / before, after=last.capacity_mah, before=first.capacity_mah
            )
            return kept, first, last
    raise InsufficientData("no-repeated-current", "no recovery: no current of the rate test is repeated")
