"""Which stretches of constant voltage in a chronoamperometry run are rests at open circuit, not steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOW_SHARE = 0.1
"""Share of the current of an ohmic sample up to which a stretch carries none: an instrument may have an offset."""
SIGNIFICANT_ERRORS = 10.0
"""Standard errors that an expected current must exceed for its absence to mean anything."""
MOVING_ERRORS = 6.0
MOVING_FACTOR = 3.0
"""By how much the voltage of a rest moves more than that of a stretch with current, which is controlled."""
SMALLEST_MOVE = 0.1
"""Least move of the voltage that counts, as a share of the change that begins a step."""
GRID_TOLERANCE = 0.05
SHORTFALL = 0.5
"""Share of the ohmic current missing at open circuit, or predicted where a current sets in only at a voltage."""
SIMILAR = 1.5
"""Highest voltage of further rests, over the highest of those that are certain."""


@dataclass(frozen=True)
class Stretches:
    """Means of the stretches of constant voltage of a run, in the order of time; arrays of shape (stretches,)."""

    voltage_v: Array
    current_a: Array
    current_error_a: Array
    """Standard error of the current by its scatter."""
    voltage_move_v: Array
    """Change of the voltage from the first to the last third."""
    voltage_move_error_v: Array
    current_move_a: Array
    """The same of the current."""
    current_move_error_a: Array
    step_number: Array | None = None
    """Of the program of the instrument."""


@dataclass(frozen=True)
class Rests:
    """Which stretches are rests; arrays of shape (stretches,)."""

    is_rest: Flags
    is_unclear: Flags
    """Where the data fit both a rest and a step; `is_rest` has what is more likely."""


def find_rests(stretches: Stretches, smallest_step_v: float) -> Rests:
    """Return which stretches are rests at open circuit.

    A rest has a voltage and no current, or only the offset of the instrument: at most a tenth of what the stretch with
    the largest current says of its voltage, and steady. So has a step of a sample whose current sets in at a voltage.
    It is a rest

    * if its voltage moves, as one that is not controlled does, or its number in the program of the instrument comes
      back at different voltages, always without current;
    * if a step of the same sign at no higher voltage carries current;
    * if it interrupts the staircase: the voltage leaves it for a step, or comes from one, past others between;
    * if it is similar to such rests, or if it is off the grid of the steps and the currents of the two lowest of them
      do not point to a threshold.

    Stretches that continue the staircase on its grid, two or more in a row, are steps of the sample. What lies on the
    grid but is a single one, or interrupts the staircase only once at each voltage, is unclear, unless the other
    currents point to a threshold; so are several off the grid that approach the steps by large steps.

    Parameters
    ----------
    stretches : Stretches
    smallest_step_v : float
        Change of voltage that begins a step [V].

    Returns
    -------
    Rests
    """
    return _Search(stretches, smallest_step_v).rests()


class _Search:
    """One search; `low` are the stretches without current, `rest` those that are rests."""

    def __init__(self, stretches: Stretches, limit: float) -> None:
        self.stretches, self.limit = stretches, limit
        self.volt, self.size = np.abs(stretches.voltage_v), np.abs(stretches.current_a)
        count = self.volt.size
        self.rest, self.unclear = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        self.charged = self.volt > limit
        self.low = np.zeros(count, dtype=bool)
        self.conductance = 0.0
        known = np.flatnonzero(self.charged & (self.size > SIGNIFICANT_ERRORS * stretches.current_error_a))
        if known.size:
            largest = known[np.argmax(self.size[known])]
            self.conductance = float(self.size[largest] / self.volt[largest])
            expected = self.conductance * self.volt
            is_telling = expected > SIGNIFICANT_ERRORS * stretches.current_error_a
            self.low = self.charged & is_telling & (self.size <= LOW_SHARE * expected)
            still = np.maximum(LOW_SHARE * expected, MOVING_ERRORS * stretches.current_move_error_a)
            self.low &= np.abs(stretches.current_move_a) <= still

    def rests(self) -> Rests:
        """Return the rests, the certain ones first."""
        self._by_interrupted_staircase_with_offset()
        if self.low.any() and not self.low[self.charged].all():
            self._by_moving_voltage()
            self._by_step_number()
            self._by_order()
            self._by_similarity()
            self._by_threshold()
        return Rests(self.rest, self.unclear)

    def _by_moving_voltage(self) -> None:
        move, error = np.abs(self.stretches.voltage_move_v), self.stretches.voltage_move_error_v
        controlled = float(move[self._carrying()].max())
        least = np.maximum(MOVING_ERRORS * error, max(MOVING_FACTOR * controlled, SMALLEST_MOVE * self.limit))
        self.rest |= self.low & (move > least)

    def _by_step_number(self) -> None:
        number = self.stretches.step_number
        if number is None:
            return
        for value in np.unique(number[self.low]).tolist():
            own = np.flatnonzero(number == value)
            if self.low[own].all() and (np.diff(own) > 1).any() and np.ptp(self.volt[own]) > self.limit:
                self.rest[own] = True

    def _by_order(self) -> None:
        """Mark what steps at lower voltages contradict, and what interrupts the staircase."""
        carrying = self._carrying()
        direction = np.sign(self.stretches.current_a[carrying] * self.stretches.voltage_v[carrying])
        has_one_direction = bool((direction == direction[0]).all())
        runs = [run for run in self._runs() if not self._is_chain(run, at_least=2)]
        interrupting = [run for run in runs if self._interrupts(run)]
        levels = self.volt[[index for run in interrupting for index in run]]
        is_repeated = levels.size > np.unique(np.round(levels / (2 * self.limit))).size
        for run in runs:
            for index in run:
                same_sign = self.stretches.voltage_v[carrying] * self.stretches.voltage_v[index] > 0
                below = self.volt[carrying] <= self.volt[index] + self.limit
                if has_one_direction and bool((same_sign & below).any()):
                    self.rest[index] = True
        for run in interrupting:
            may_be_shuffled = not is_repeated and all(map(self._on_grid, run))
            for index in run:
                if not self.rest[index]:
                    self.rest[index] = not may_be_shuffled or self._predicted(index) > SHORTFALL
                    self.unclear[index] = may_be_shuffled

    def _by_similarity(self) -> None:
        certain = self.rest & ~self.unclear
        if not certain.any():
            return
        highest = SIMILAR * float(self.volt[certain].max())
        for run in self._runs():
            for index in run:
                if self.volt[index] <= highest and not self._on_grid(index):
                    self.rest[index], self.unclear[index] = True, False
        for index in np.flatnonzero(~self.charged).tolist():
            offset = float(np.median(np.abs(self.stretches.current_a[certain])))
            is_empty = self.size[index] <= offset + LOW_SHARE * self.conductance * highest
            if is_empty and 0 < index < self.volt.size - 1 and self._interrupts([index]):
                self.rest[index] = True

    def _by_threshold(self) -> None:
        """Mark what is left: a rest where the currents of the lowest steps do not point to a threshold."""
        for run in self._runs():
            if self._is_chain(run, at_least=2):
                continue
            may_be_steps = self._rises(run) or all(map(self._on_grid, run))
            for index in run:
                if not self.unclear[index] and self._predicted(index) > SHORTFALL:
                    self.rest[index], self.unclear[index] = not may_be_steps, may_be_steps

    def _by_interrupted_staircase_with_offset(self) -> None:
        """Mark rests with a current that is not low: two or more, which all have the same one."""
        falls = np.append(True, np.diff(self.volt) < -self.limit)
        rises = np.append(np.diff(self.volt) > self.limit, True)
        dips = np.flatnonzero(falls & rises & self.charged & ~self.low)
        others = np.setdiff1d(np.flatnonzero(self.charged & ~self.low), dips)
        if dips.size < 2 or others.size < 3 or np.ptp(self.stretches.voltage_v[others]) == 0:
            return
        slope, intercept = np.polyfit(self.stretches.voltage_v[others], self.stretches.current_a[others], 1)
        expected = np.abs(slope) * self.volt[dips]
        side = np.sign(slope * self.stretches.voltage_v[dips])
        missing = side * (intercept + slope * self.stretches.voltage_v[dips] - self.stretches.current_a[dips])
        errors = SIGNIFICANT_ERRORS * float(self.stretches.current_error_a[dips].max())
        spread = float(np.ptp(self.stretches.current_a[dips]))
        is_same = spread <= max(errors, LOW_SHARE * abs(float(slope)) * float(np.ptp(self.volt[dips])))
        if is_same and bool((missing > np.maximum(SHORTFALL * expected, errors)).all()):
            self.rest[dips] = True

    def _carrying(self) -> NDArray[np.intp]:
        return np.flatnonzero(self.charged & ~self.low & ~self.rest)

    def _runs(self) -> Iterator[list[int]]:
        """Yield the low stretches that are not rests yet, those in a row together, over the rests between them."""
        run: list[int] = []
        for index in np.flatnonzero(~self.rest).tolist():
            if self.low[index]:
                run.append(index)
            elif run:
                yield run
                run = []
        if run:
            yield run

    def _neighbours(self, run: Sequence[int]) -> tuple[list[int], list[int]]:
        """Return the step before and the step after, each as a list of one or none."""
        left = [index for index in np.flatnonzero(~self.rest).tolist() if index not in run]
        return [index for index in left if index < run[0]][-1:], [index for index in left if index > run[-1]][:1]

    def _skips(self, first: int, second: int) -> bool:
        """Return whether the voltage passes a step with current between two stretches."""
        low, high = sorted((self.stretches.voltage_v[first], self.stretches.voltage_v[second]))
        levels = self.stretches.voltage_v[self._carrying()]
        return bool(((levels > low + self.limit) & (levels < high - self.limit)).any())

    def _interrupts(self, run: Sequence[int]) -> bool:
        before, after = self._neighbours(run)
        return any(self._skips(first, second) for first, second in pairwise([*before, *run, *after]))

    def _is_chain(self, run: Sequence[int], *, at_least: int) -> bool:
        """Return whether stretches continue the staircase: on its grid, at several voltages, past no other step."""
        levels = np.unique(np.round(self.stretches.voltage_v[list(run)] / (2 * self.limit)))
        return levels.size >= at_least and all(map(self._on_grid, run)) and not self._interrupts(run)

    def _rises(self, run: Sequence[int]) -> bool:
        """Return whether several stretches approach the step after them, or leave that before, by large steps."""
        levels = self.volt[list(run)]
        if self._neighbours(run)[0]:
            levels = levels[::-1]
        return levels.size > 1 and bool((levels[1:] >= SIMILAR * levels[:-1]).all())

    def _on_grid(self, index: int) -> bool:
        """Return whether the distance to the steps with current is a multiple of theirs, or of that of logarithms."""
        carrying = self._carrying()
        if self._is_multiple(self.stretches.voltage_v[index], self.stretches.voltage_v[carrying], self.limit):
            return True
        logarithms = np.log(self.volt[carrying])
        spacing = np.diff(np.unique(np.round(logarithms, 2)))
        is_geometric = spacing.size > 1 and float(np.ptp(spacing)) <= GRID_TOLERANCE * float(spacing.mean())
        return is_geometric and self._is_multiple(float(np.log(self.volt[index])), logarithms, 0.02)

    @staticmethod
    def _is_multiple(value: float, levels: Array, least: float) -> bool:
        ordered = np.sort(levels)
        spacing = np.diff(ordered)[np.diff(ordered) > least]
        if not spacing.size:
            return False
        grid = float(spacing.min())
        multiples = (value - ordered[np.argmin(np.abs(ordered - value))]) / grid
        return abs(multiples - round(multiples)) <= GRID_TOLERANCE

    def _predicted(self, index: int) -> float:
        """Return the current by a line through the two lowest steps of its sign, over that of an ohmic sample."""
        carrying = self._carrying()
        same = carrying[self.stretches.voltage_v[carrying] * self.stretches.voltage_v[index] > 0]
        same = same[np.argsort(self.volt[same])]
        above = same[self.volt[same] > self.volt[same[0]] + self.limit] if same.size else same
        if not above.size:
            return 0.0
        lowest, next_lowest = same[0], above[0]
        slope = (self.size[next_lowest] - self.size[lowest]) / (self.volt[next_lowest] - self.volt[lowest])
        ohmic = self.size[lowest] * self.volt[index] / self.volt[lowest]
        return float((self.size[lowest] - slope * (self.volt[lowest] - self.volt[index])) / ohmic)
