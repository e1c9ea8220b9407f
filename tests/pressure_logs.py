"""Cycling tests with a log of the stack pressure, of stated reversible and irreversible changes."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from registry.testing.synthetic.cycling import cycling_rows, layered_oxide

Array = NDArray[np.float64]
Columns = dict[str, Array]

MAH_PER_AH = 1000.0


def linear(level: Array) -> Array:
    """Return a pressure that rises in proportion to the charge, from 0 to 1."""
    return level


def layered(level: Array) -> Array:
    """Return the pressure of a layered oxide that shrinks near the end of the charge, from 0 to 1 at its ends."""
    return 1.6 * level - 0.6 / (1 + np.exp(-(level - 0.85) / 0.03))


@dataclass(frozen=True)
class KnownPressure:
    """A test of some cycles and the pressure in it.

    Pressure = start + reversible × shape(charge) + growth per cycle + settling, an exponential decay of the set-up.
    """

    cycles: int = 5
    reversible_mpa: float = 0.3
    growth_mpa: float = 0.0
    """Irreversible change per cycle, in proportion to the charge passed."""
    settling_mpa: float = 0.0
    settling_s: float = 4 * 3600.0
    start_mpa: float = 10.0
    shape: Callable[[Array], Array] = linear
    current_a: float = 2e-4
    capacity_ah: float = 1e-3
    points: int = 120
    rests: int = 3
    columns: Columns = field(init=False, repr=False)

    def __post_init__(self) -> None:
        rows = cycling_rows(
            [self.capacity_ah] * self.cycles,
            efficiency=1.0,
            current_a=self.current_a,
            points=self.points,
            rests=self.rests,
            curve=layered_oxide,
        )
        object.__setattr__(self, "columns", rows)

    @property
    def time_s(self) -> Array:
        """Time of the rows of the test [s]."""
        return self.columns["test_time_second"]

    @property
    def end_s(self) -> float:
        """Time of the last row [s]."""
        return float(self.time_s[-1])

    def level(self, time_s: Array) -> Array:
        """Return the state of charge, from 0 to 1."""
        net = self.columns["charging_capacity_ah"] - self.columns["discharging_capacity_ah"]
        return np.interp(time_s, self.time_s, net) / self.capacity_ah

    def pressure(self, time_s: Array) -> Array:
        """Return the pressure [MPa]."""
        passed = self.columns["charging_capacity_ah"] + self.columns["discharging_capacity_ah"]
        cycles = np.interp(time_s, self.time_s, passed) / (2 * self.capacity_ah)
        settled = self.settling_mpa * np.exp(-np.maximum(time_s, 0.0) / self.settling_s)
        swing = self.reversible_mpa * self.shape(self.level(time_s))
        return np.asarray(self.start_mpa + swing + self.growth_mpa * cycles + settled)

    def log(
        self,
        *,
        interval_s: float = 60.0,
        shift_s: float = 0.0,
        before_s: float = 600.0,
        after_s: float = 600.0,
        noise_mpa: float | Array = 0.0,
        step_mpa: float = 0.0,
        random: np.random.Generator | None = None,
    ) -> Columns:
        """Return a log on its own clock: the time of the test is that of the log plus the shift."""
        time = np.arange(-before_s, self.end_s + after_s, interval_s)
        noise: float | Array = 0.0
        if isinstance(noise_mpa, np.ndarray):
            noise = noise_mpa[: time.size]
        elif noise_mpa:
            noise = noise_mpa * (random or np.random.default_rng(1)).normal(size=time.size)
        pressure = self.pressure(time) + noise
        if step_mpa:
            pressure = np.round(pressure / step_mpa) * step_mpa
        return {"test_time_second": time - shift_s, "stack_pressure_megapascal": pressure}
