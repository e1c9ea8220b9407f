"""Galvanostatic cycling of a full cell whose open-circuit voltage has stages, and which loses capacity.

The charge stored at an open-circuit voltage U is that of a multi-site model (MSMR; Verbrugge et al. 2017,
doi:10.1149/2.0341708jes): θ(U) = Σ X_j / (1 + exp((U_j − U)/w_j)), each term of which is a peak of dQ/dV at U_j, of
area X_j Q and full width 3.53 w_j. Under the current I the voltage is U + I R on charge and U − I R on discharge,
between the limits of the test. Capacity is lost and the resistance grows in proportion to the cycles:

    Q_n = Q (1 − f (n − 1)),    R_n = R (1 + r (n − 1))
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.signedinteger]
Cycles = Array | Integers | int

SECONDS_PER_HOUR = 3600.0
FWHM_OF_WIDTH = 2 * float(np.arccosh(np.sqrt(2.0))) * 2
"""Full width of a peak of dQ/dV at half its height, over its w."""
FINE_V = np.linspace(2.0, 4.8, 28_001)


@dataclass(frozen=True)
class Stage:
    """A stage of the active material: a peak of dQ/dV."""

    voltage_v: float
    width_v: float
    """w of the model."""
    share: float
    """Of the capacity."""


@dataclass(frozen=True)
class FullCell:
    """A full cell: the truth of its cycles."""

    capacity_mah: float
    """Q of the first cycle, between θ = 0 and 1."""
    resistance_ohm: float
    fade_per_cycle: float
    """f."""
    resistance_growth_per_cycle: float
    """r."""
    stages: tuple[Stage, ...]
    coulombic_efficiency: float = 0.9992
    first_efficiency: float = 0.88
    lower_v: float = 2.8
    upper_v: float = 4.3

    def filling(self, open_v: Array | float) -> Array:
        """Return θ at an open-circuit voltage [V].

        Examples
        --------
        >>> cell = FullCell(2.0, 10.0, 0.0, 0.0, (Stage(3.7, 0.02, 1.0),))
        >>> float(cell.filling(3.7))
        0.5
        """
        parts = [stage.share / (1 + np.exp((stage.voltage_v - open_v) / stage.width_v)) for stage in self.stages]
        return np.sum(parts, axis=0)

    def capacity_at(self, cycle: Cycles) -> Array:
        """Return Q of a cycle [mAh]."""
        return np.asarray(self.capacity_mah * (1 - self.fade_per_cycle * (np.asarray(cycle) - 1)))

    def resistance_at(self, cycle: Cycles) -> Array:
        """Return R of a cycle [Ω]."""
        return np.asarray(self.resistance_ohm * (1 + self.resistance_growth_per_cycle * (np.asarray(cycle) - 1)))

    def discharge_mah(self, cycle: Cycles, current_a: float) -> Array:
        """Return the discharge capacity of a cycle at a current between the limits [mAh]."""
        low, high = self._fillings(cycle, current_a)
        return self.capacity_at(cycle) * (high - low)

    def mean_discharge_v(self, cycle: int, current_a: float) -> float:
        """Return the mean voltage of a discharge, over the charge [V]."""
        low, high = self._fillings(cycle, current_a)
        charge = np.linspace(float(low), float(high), 20_001)
        open_v = self._open_v(charge)
        return float(np.mean((open_v[1:] + open_v[:-1]) / 2) - current_a * self.resistance_at(cycle))

    def peak_voltages_v(self) -> list[float]:
        """Return the open-circuit voltages at which dQ/dV has a maximum, rising [V]."""
        slope = np.gradient(self.filling(FINE_V), FINE_V)
        is_top = (slope[1:-1] > slope[:-2]) & (slope[1:-1] >= slope[2:]) & (slope[1:-1] > 1e-3)
        return [float(volt) for volt in FINE_V[1:-1][is_top]]

    def _fillings(self, cycle: Cycles, current_a: float) -> tuple[Array, Array]:
        """Return θ at the end of discharge and of charge."""
        drop = current_a * self.resistance_at(cycle)
        return self.filling(self.lower_v + drop), self.filling(self.upper_v - drop)

    def _open_v(self, filling: Array) -> Array:
        return np.interp(filling, self.filling(FINE_V), FINE_V)


@dataclass(frozen=True)
class CyclingTest:
    """Rows of a test in order of time, each of shape (rows,)."""

    time_s: Array
    voltage_v: Array
    current_a: Array
    charge_ah: Array
    """Since the beginning of the half-cycle."""
    cycle: Integers
    """From 1."""
    is_discharge: NDArray[np.bool_]
    filling: Array
    """θ."""
    discharge_mah: Array
    """Of each cycle, scatter included; shape (cycles,)."""


def cycling_test(
    cell: FullCell,
    current_a: Sequence[float],
    *,
    rows: int = 80,
    capacity_scatter: float = 3e-4,
    noise_v: float = 2e-4,
    seed: int,
) -> CyclingTest:
    """Return cycles that begin with a charge, each half-cycle with `rows` rows at equal intervals.

    Parameters
    ----------
    cell : FullCell
        What is measured.
    current_a : sequence of float
        Current of each cycle [A].
    rows : int, optional
        Of a half-cycle.
    capacity_scatter : float, optional
        Standard deviation of the capacity from cycle to cycle, relative.
    noise_v : float, optional
        Standard deviation of the voltage [V].
    seed : int
        Of scatter and noise.
    """
    random = np.random.default_rng(seed)
    cycles = np.arange(1, len(current_a) + 1)
    current = np.asarray(current_a, dtype=float)
    drop = current * cell.resistance_at(cycles)
    low, high = cell.filling(cell.lower_v + drop), cell.filling(cell.upper_v - drop)
    scatter = 1 + capacity_scatter * random.normal(size=cycles.size)
    discharge_ah = 1e-3 * cell.capacity_at(cycles) * scatter * (high - low)
    efficiency = np.where(cycles == 1, cell.first_efficiency, cell.coulombic_efficiency)
    part = np.linspace(0.0, 1.0, rows)
    rising = low[:, None] + (high - low)[:, None] * part
    filling = np.stack([rising, rising[:, ::-1]], axis=1)
    open_v = np.interp(filling, cell.filling(FINE_V), FINE_V)
    size = np.stack([discharge_ah / efficiency, discharge_ah], axis=1)
    sign = np.array([1.0, -1.0])
    voltage = open_v + sign[:, None] * drop[:, None, None]
    hours = size / current[:, None]
    # A half-cycle begins a second after the end of the one before it, as the records of a cycler do.
    begin_s = np.concatenate([[0.0], np.cumsum(np.round(hours.ravel() * SECONDS_PER_HOUR) + 1)[:-1]])
    time_s = begin_s.reshape(hours.shape)[:, :, None] + np.round(hours[:, :, None] * SECONDS_PER_HOUR * part)
    shape = voltage.shape
    return CyclingTest(
        time_s=time_s.ravel(),
        voltage_v=(voltage + noise_v * random.normal(size=shape)).ravel(),
        current_a=np.broadcast_to(sign[:, None] * current[:, None, None], shape).ravel(),
        charge_ah=(size[:, :, None] * part).ravel(),
        cycle=np.broadcast_to(cycles[:, None, None], shape).ravel(),
        is_discharge=np.broadcast_to(np.array([False, True])[:, None], shape).ravel(),
        filling=filling.ravel(),
        discharge_mah=1e3 * discharge_ah,
    )
