"""Critical current density of a symmetric cell, from a test of rising current."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.symmetric_cells.overpotential import CLEAR_STEP_SHARE, HalfCycles
from analyses.uncertainty import Estimate

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_LEVELS = 3
REGULAR_LEVELS = 5
"""Currents from which a test is stepped whatever its steps; fewer must rise evenly, as formation does not."""
EVEN_FACTOR = 3.0
"""Steps are even if the largest is at most so many times the smallest, as differences or as ratios."""
LONGER_FACTOR = 1.5
"""The last current is held, not stepped through, beyond this factor times the half-cycles of the others, plus two."""
SAME_SHARE = 0.02
"""Currents that differ by less are one that comes back."""
CUT_SHARE = 0.05
"""Share of its charge that the last half-cycle lacks at least if the data end within it."""


@dataclass(frozen=True)
class Step:
    """A current of a test, from one change of it to the next."""

    current_a: float
    """Median in the first direction [A]."""
    first: int
    """Numbers, from 0, of its first half-cycle."""
    half_cycles: int
    half_cycle_h: float
    """Median duration of a half-cycle, its charge over its current [h]."""
    charge_ah: float
    """Median charge of a half-cycle [Ah]."""
    resolution_ah: float = 0.0
    """Median of the largest error of that charge from what the rows do not tell [Ah]."""
    is_cut: bool = False
    """True if the data end within its last half-cycle, which then counts in neither duration nor charge."""

    @property
    def complete(self) -> int:
        """Half-cycles that came to their end."""
        return self.half_cycles - self.is_cut


@dataclass(frozen=True)
class Protocol:
    """The steps of a test of rising current."""

    rising: tuple[Step, ...]
    """Those that reach a current for the first time."""
    returns: tuple[Step, ...]
    """Those that go back to one low current in between."""
    ends_before: int | None = None
    """Number, from 0, of the half-cycle from which the low current is cycled after the last step rather than returned
    to; None if it is not."""

    @property
    def uncut(self) -> tuple[Step, ...]:
        """Rising steps without the last if the data end within it."""
        return self.rising[:-1] if self.rising[-1].is_cut else self.rising


@dataclass(frozen=True)
class Fingerprint:
    """Protocol on which a critical current density depends: two are comparable only if it agrees.

    Of duration and charge of a half-cycle it is the one that is the same at each current; the other changes with it.
    """

    half_cycle_h: Estimate
    """Usual duration of a half-cycle, its bounds what the rows do not tell [h]."""
    charge_ah: Estimate
    """Charge of a half-cycle at the highest current without a short circuit [Ah]."""
    increment_a: float
    """Usual difference of one current to the next [A]."""
    cycles_per_step: float
    cycles_before: float
    """At the first current, beyond those of the other steps: the history."""
    return_cycles: float
    """Usual number of cycles at each return to a low current; zero without returns."""
    holds_charge: bool
    """True if the charge of a half-cycle is the same at each current, false if its duration is."""


def fingerprint(protocol: Protocol, borne_a: float) -> Fingerprint:
    """Return what characterises a test of rising current.

    Parameters
    ----------
    protocol : Protocol
    borne_a : float
        Highest current without a short circuit [A].

    Returns
    -------
    Fingerprint
    """
    rising = protocol.uncut
    usual = float(np.median([step.half_cycles for step in rising[1:]]))
    borne = min(rising, key=lambda step: abs(step.current_a - borne_a))
    hours, charges = (np.array(column) for column in zip(*((s.half_cycle_h, s.charge_ah) for s in rising), strict=True))
    return Fingerprint(
        half_cycle_h=Estimate.rounded(
            float(np.median([step.half_cycle_h for step in rising])),
            float(np.median([step.resolution_ah / step.current_a for step in rising])),
        ),
        charge_ah=Estimate.rounded(borne.charge_ah, borne.resolution_ah),
        increment_a=float(np.median(np.diff([step.current_a for step in rising]))),
        cycles_per_step=usual / 2,
        cycles_before=max(rising[0].half_cycles - usual, 0.0) / 2,
        return_cycles=float(np.median([step.half_cycles for step in protocol.returns])) / 2
        if protocol.returns
        else 0.0,
        holds_charge=bool(charges.max() / charges.min() < hours.max() / hours.min()),
    )


def current_levels_a(halves: HalfCycles) -> Array:
    """Return the currents of the half-cycles, each level once, in the order of the test [A]."""
    level = halves.levels()
    return np.array([np.median(halves.level_current_a[level == number]) for number in np.unique(level)])


def list_steps(halves: HalfCycles) -> tuple[Step, ...]:
    """Return the currents of a test in order, each from one change of the current to the next.

    Parameters
    ----------
    halves : HalfCycles
        All half-cycles.

    Returns
    -------
    tuple of Step
    """
    level = halves.levels()
    steps = []
    for number in np.unique(level):
        members = np.flatnonzero(level == number)
        current = float(np.median(halves.level_current_a[members]))
        is_cut = bool(members[-1] == level.size - 1 and _is_cut(halves, members.size))
        whole = members[:-1] if is_cut and members.size > 1 else members
        charge = halves.runs.charge_ah[whole]
        hours = float(np.median(charge / halves.current_a[whole]))
        resolution = float(np.median(halves.runs.resolution_ah[whole]))
        steps.append(Step(current, int(members[0]), members.size, hours, float(np.median(charge)), resolution, is_cut))
    return tuple(steps)


def _is_cut(halves: HalfCycles, of_step: int) -> bool:
    """Return whether the last half-cycle of the data, one of so many at its current, ends early.

    It has clearly less charge than the one before. The first at a higher current has as much charge or takes as long as
    those before; if it has more charge in less time, it ends early, too.
    """
    if halves.current_a.size < 2:
        return False
    charge, current = halves.runs.charge_ah[-2:], halves.level_current_a[-2:]
    hours = charge / halves.current_a[-2:]
    leeway = CUT_SHARE + float(halves.runs.resolution_ah[-2:].sum() / charge[0])
    is_less = bool(charge[1] < (1 - leeway) * charge[0])
    if of_step > 1 or current[1] <= current[0]:
        return is_less and of_step > 1
    return is_less or bool(charge[1] > (1 + leeway) * charge[0] and hours[1] < (1 - leeway) * hours[0])


def stepped_protocol(steps: tuple[Step, ...]) -> Protocol | Remark:
    """Return the steps of a test of rising current, or why it is none.

    Each current must be above all before, or one and the same low current that comes back in between. There are three
    rising ones at least; up to four must rise evenly, by differences or by ratios within a factor of three; and the
    last is not held for longer than the others, as cycling after formation is. If the low current after the last step
    is cycled for longer than the steps and the other returns, that is cycling after the test.

    Parameters
    ----------
    steps : tuple of Step
        In the order of the test.

    Returns
    -------
    Protocol or Remark
    """
    rising, others, highest = [], [], 0.0
    for step in steps:
        if step.current_a > (1 + SAME_SHARE / 4) * highest:
            rising.append(step)
            highest = step.current_a
        else:
            others.append(step)
    returns = [step.current_a for step in others]
    currents = np.array([step.current_a for step in rising])
    listed = Listed([step.current_a for step in steps])
    is_one_return = (
        not returns
        or currents.size < FEWEST_LEVELS
        or (
            max(returns) <= (1 + CLEAR_STEP_SHARE) * min(returns)
            and max(returns) < (1 - SAME_SHARE) * currents[1:].min()
        )
    )
    if len(rising) < FEWEST_LEVELS or currents[-1] <= (1 + CLEAR_STEP_SHARE) * currents[0] or not is_one_return:
        return Remark(
            "current-not-stepped", "the current was not stepped up (levels in A: {levels_a:.3g})", levels_a=listed
        )
    if len(rising) < REGULAR_LEVELS and not _is_even(currents):
        return Remark(
            "current-steps-uneven",
            "the current was increased in uneven steps, as from formation to cycling (levels in A: {levels_a:.3g})",
            levels_a=listed,
        )
    usual = float(np.median([step.half_cycles for step in rising[1:-1]]))
    if rising[-1].half_cycles > LONGER_FACTOR * usual + 2:
        return Remark(
            "current-held",
            "the last current was applied for {last} half-cycles, the previous ones for {usual:g}: this is cycling at "
            "one current, not a stepped-current test",
            last=rising[-1].half_cycles,
            usual=usual,
        )
    if others and others[-1] is steps[-1]:
        allowed = max(usual, *(step.half_cycles for step in others[:-1]), 0.0)
        if others[-1].half_cycles > LONGER_FACTOR * allowed + 2:
            return Protocol(tuple(rising), tuple(others[:-1]), others[-1].first + math.ceil(allowed))
    return Protocol(tuple(rising), tuple(others))


def critical_current_a(halves: HalfCycles, short_row: int | None) -> tuple[Estimate, Protocol] | Remark:
    """Return the last current before that at which the cell short-circuits, in a test of rising current.

    Parameters
    ----------
    halves : HalfCycles
        All half-cycles, those after the short circuit too.
    short_row : int or None
        First row, from 0, of the short circuit.

    Returns
    -------
    (Estimate, Protocol) or Remark
        The current [A], its upper bound that at which the cell short-circuits, and the steps of the test; or why there
        is none. A short circuit in a return to the low current is taken as that of the step before; one in cycling
        after the test is none of a step.
    """
    passed = _passed(halves, short_row)
    protocol = protocol_of(halves, short_row)
    if isinstance(protocol, Remark):
        return protocol
    borne = [step.current_a for step in protocol.rising if step.first < passed]
    if short_row is None or (protocol.ends_before is not None and passed > protocol.ends_before):
        return Remark(
            "no-short-circuit",
            "no short circuit up to the highest current ({highest_a:.4g} A); the critical current is higher",
            highest_a=_passed_a(protocol),
        )
    if len(borne) < 2:
        return Remark(
            "short-circuit-at-first-current",
            "short circuit at the first current ({first_a:.4g} A); the critical current is lower",
            first_a=borne[0],
        )
    return Estimate(borne[-2], borne[-2], borne[-1]), protocol


def _passed(halves: HalfCycles, short_row: int | None) -> int:
    """Return how many half-cycles began before the short circuit, or at it."""
    return int((halves.runs.first_row <= (halves.runs.last_row[-1] if short_row is None else short_row)).sum())


def protocol_of(halves: HalfCycles, short_row: int | None) -> Protocol | Remark:
    """Return the protocol of the whole test or, if it went on otherwise after the short circuit, of that before."""
    steps, passed = list_steps(halves), _passed(halves, short_row)
    whole = stepped_protocol(steps)
    if isinstance(whole, Protocol) or whole.code == "current-held":
        return whole
    before = stepped_protocol(tuple(step for step in steps if step.first < passed))
    return before if isinstance(before, Protocol) else whole


def _passed_a(protocol: Protocol) -> float:
    """Return the highest current that was held as long as the others [A]."""
    *before, last = protocol.rising
    usual = float(np.median([step.half_cycles for step in before[1:]]))
    return last.current_a if last.complete >= usual else before[-1].current_a


def _is_even(currents: Array) -> bool:
    differences, ratios = np.diff(currents), currents[1:] / currents[:-1] - 1
    return bool(min(differences.max() / differences.min(), ratios.max() / ratios.min()) <= EVEN_FACTOR)
