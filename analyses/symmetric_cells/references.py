"""The resistance a sound cell would show in each row, from the half-cycles before."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analyses.symmetric_cells.conditions import SAME_TEMPERATURE_K, HalfConditions

Array = NDArray[np.float64]

BLOCKS = 20
"""Blocks a half-cycle is averaged in."""
BLOCK_ERROR = 0.1
"""Relative standard error of a block, for which the rows of noisy half-cycles are averaged in fewer."""
LARGEST_ERROR = 0.2
"""Relative standard error of the mean of a half-cycle that is not a reference."""
RECENT = 5
"""Half-cycles of the same direction and current whose median is the reference."""
MOST_KEPT = 60
"""Half-cycles remembered of each direction and current, evenly over the test so far."""
OTHER_DIRECTION = 0.7
"""The resistance in one direction is at least this share of that in the other, an offset of the voltage removed."""
OTHER_CURRENT = 0.85
"""Or than this share of what it was at another current leads to expect."""
STEEPER = 0.15
"""By how much more the exponent of the resistance against current may fall from one step to the next."""
LARGEST_ACTIVATION_EV = 0.8
"""Activation energy up to which a rise of the temperature explains a fall of the resistance; interfaces of lithium and
sulfides have 0.3 to 0.7 eV."""
BOLTZMANN_EV_K = 8.617333262e-5
ZERO_CELSIUS_K = 273.15


@dataclass(frozen=True)
class Reference:
    """The least and the most that |V|/|I| of a sound cell would be; each of shape (rows of the half-cycle,) [Ω]."""

    low: Array
    high: Array
    is_alike: bool
    """True if it is from half-cycles of the same direction, current and temperature, with no change between."""
    is_own: bool = True
    """False if it is from half-cycles in the other direction or at other currents, and wide for that."""


@dataclass(frozen=True)
class _Profile:
    """A sound half-cycle in blocks."""

    seconds: Array
    resistance: Array
    index: int
    degc: float


@dataclass
class References:
    """The sound half-cycles so far."""

    conditions: HalfConditions
    _profiles: dict[tuple[int, int], list[_Profile]] = field(default_factory=dict)

    def add(self, index: int, seconds: Array, resistance: Array, noise_ohm: float) -> None:
        """Remember a sound half-cycle, unless its noise hides its resistance.

        Parameters
        ----------
        index : int
            Its number, from 0.
        seconds, resistance : ndarray, shape (rows,)
            Time since its start [s] and |V|/|I| [Ω].
        noise_ohm : float
            Standard deviation of the resistance from row to row [Ω].
        """
        mean = float(resistance.mean())
        if mean <= 0 or noise_ohm > LARGEST_ERROR * mean * math.sqrt(seconds.size):
            return
        smallest = max(1.0, (noise_ohm / (BLOCK_ERROR * mean)) ** 2)
        blocks = int(min(BLOCKS, max(seconds.size / smallest, 1)))
        edges = np.unique(np.linspace(0, seconds.size, blocks + 1).astype(np.intp))[:-1]
        counts = np.diff(np.append(edges, seconds.size))
        degc = (self.conditions.lowest_degc[index] + self.conditions.highest_degc[index]) / 2
        profile = _Profile(
            np.add.reduceat(seconds, edges) / counts, np.add.reduceat(resistance, edges) / counts, index, float(degc)
        )
        kept = self._profiles.setdefault(self._key(index), [])
        kept.append(profile)
        if len(kept) > MOST_KEPT:
            del kept[: MOST_KEPT // 2 : 2]

    def of(self, index: int, seconds: Array) -> Reference | None:
        """Return the reference of a half-cycle, None if no sound one was before it.

        Half-cycles of the same direction and current come first. If the current, the temperature or a long rest
        changed between, the least and the most of all of them count, as the change may explain a difference; else the
        median of the last five. Then come those in the other direction, and then those at other currents: at a higher
        current, kinetics let the resistance fall as it did before, but not the voltage; at a lower current the
        resistance is not lower than it ever was.

        Parameters
        ----------
        index : int
            Number of the half-cycle, from 0.
        seconds : ndarray, shape (rows,)
            Time since its start [s].

        Returns
        -------
        Reference or None
        """
        sign, number = self._key(index)
        every = self.conditions.temperature_degc
        temperature = None if every is None else every[self.conditions.first_row[index] :][: seconds.size]
        own = self._profiles.get((sign, number))
        if own:
            return self._of_same_current(own, index, seconds, temperature)
        other = self._profiles.get((-sign, number))
        if other:
            across = self._of_same_current(other, index, seconds, temperature)
            return Reference(OTHER_DIRECTION * across.low, across.high / OTHER_DIRECTION, is_alike=False, is_own=False)
        return self._of_other_currents(index, seconds, temperature)

    def _key(self, index: int) -> tuple[int, int]:
        return int(self.conditions.sign[index]), int(self.conditions.current_class[index])

    def _of_same_current(
        self, profiles: list[_Profile], index: int, seconds: Array, temperature: Array | None
    ) -> Reference:
        now = float(np.nanmean(temperature)) if temperature is not None and np.isfinite(temperature).any() else math.nan
        alike = [profile for profile in profiles if not abs(profile.degc - now) > SAME_TEMPERATURE_K]
        period = self.conditions.period
        is_unchanged = bool(alike) and period[alike[-1].index] == period[index]
        used = alike[-RECENT:] if is_unchanged else alike or profiles[-RECENT:]
        shapes = np.array([np.interp(seconds, profile.seconds, profile.resistance) for profile in used])
        low, high = _explained_by_temperature(used[-1].degc, temperature, seconds.size)
        if is_unchanged:
            median: Array = np.median(shapes, axis=0)
            return Reference(median * low, median * high, is_alike=True)
        return Reference(shapes.min(axis=0) * low, shapes.max(axis=0) * high, is_alike=False)

    def _of_other_currents(self, index: int, seconds: Array, temperature: Array | None) -> Reference | None:
        if not self._profiles:
            return None
        conditions = self.conditions
        current, sign = float(conditions.current_a[index]), int(conditions.sign[index])
        lower = [
            profiles[-1] for profiles in self._profiles.values() if conditions.current_a[profiles[-1].index] < current
        ]
        every = [profile for profiles in self._profiles.values() for profile in profiles]
        if lower:
            own = [profile for profile in lower if conditions.sign[profile.index] == sign]
            nearest = max(own or lower, key=lambda profile: float(conditions.current_a[profile.index]))
            ratio = current / float(conditions.current_a[nearest.index])
            least = float(nearest.resistance.min()) * ratio ** self._exponent(sign, current)
            most = float(nearest.resistance.max())
        else:
            own = [profile for profile in every if conditions.sign[profile.index] == sign]
            nearest = max(own or every, key=lambda profile: profile.index)
            least = min(float(profile.resistance.min()) for profile in every)
            most = float(nearest.resistance.max()) * float(conditions.current_a[nearest.index]) / current
        if conditions.sign[nearest.index] != sign:
            least, most = OTHER_DIRECTION * least, most / OTHER_DIRECTION
        low, high = _explained_by_temperature(nearest.degc, temperature, seconds.size)
        return Reference(OTHER_CURRENT * least * low, most / OTHER_CURRENT * high, is_alike=False, is_own=False)

    def _exponent(self, sign: int, below_a: float) -> float:
        """Return the most negative exponent of the resistance against current that lower currents lead to expect."""
        steps = sorted(
            (float(self.conditions.current_a[profiles[-1].index]), float(np.median(profiles[-1].resistance)))
            for (way, _), profiles in self._profiles.items()
            if way == sign and self.conditions.current_a[profiles[-1].index] < below_a
        )
        rising = [(current, resistance) for current, resistance in steps if resistance > 0]
        if len(rising) < 2:
            return -1.0
        (lower, before), (higher, after) = rising[-2:]
        exponent = math.log(after / before) / math.log(higher / lower)
        return max(min(exponent, 0.0) - STEEPER, -1.0)


def _explained_by_temperature(before_degc: float, temperature: Array | None, rows: int) -> tuple[Array, Array]:
    """Return the factors by which a change of temperature by more than 2 K may change the resistance in each row."""
    if temperature is None or math.isnan(before_degc):
        return np.ones(rows), np.ones(rows)
    is_changed = np.abs(temperature - before_degc) > SAME_TEMPERATURE_K
    now = np.where(is_changed, temperature, before_degc) + ZERO_CELSIUS_K
    change = LARGEST_ACTIVATION_EV / BOLTZMANN_EV_K * (1 / now - 1 / (before_degc + ZERO_CELSIUS_K))
    factor = np.exp(change)
    return np.minimum(factor, 1.0), np.maximum(factor, 1.0)
