"""Current of a composite of electronic and ionic conductors with one of them blocked, at stepped voltages.

The carrier that passes, electrons between electrodes that block ions, has the current V/R at all times. The other one
moves until the electrodes are polarised: each change ΔV of the voltage adds ΔV/R_b exp(−t/τ) with τ = R_b C, so that
the current at rest is that of the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Composite:
    """A composite pellet: the truth of its test."""

    resistance_ohm: float
    """To the carrier that the electrodes let pass."""
    blocked_resistance_ohm: float
    """To the other one."""
    settling_s: float
    """τ of the other one."""
    thickness_um: float
    area_cm2: float

    @property
    def conductivity_s_cm(self) -> float:
        """σ = L/(R A) of the carrier that passes [S/cm]."""
        return self.thickness_um * 1e-4 / (self.resistance_ohm * self.area_cm2)


@dataclass(frozen=True)
class StepTest:
    """Rows of a test of voltage steps, each of shape (rows,)."""

    time_s: Array
    voltage_v: Array
    current_a: Array
    step: NDArray[np.int64]
    """From 0."""


def step_test(
    composite: Composite,
    volts: Sequence[float],
    step_s: float,
    *,
    relative_noise: float = 2e-4,
    seed: int,
) -> StepTest:
    """Return the current at stepped voltages, a row a second.

    Parameters
    ----------
    composite : Composite
        What is measured.
    volts : sequence of float
        Voltages of the steps; the first follows 0 V [V].
    step_s : float
        Duration of each step [s].
    relative_noise : float, optional
        Of the current, over the largest one at rest.
    seed : int
        Of the noise.
    """
    per_step = round(step_s)
    step = np.repeat(np.arange(len(volts)), per_step)
    time = np.arange(1.0, step.size + 1)
    voltage = np.asarray(volts, dtype=float)[step]
    current = voltage / composite.resistance_ohm
    for number, change in enumerate(np.diff(volts, prepend=0.0).tolist()):
        since = time - number * step_s
        decay = np.exp(-np.maximum(since, 0.0) / composite.settling_s)
        current += np.where(since > 0, change / composite.blocked_resistance_ohm * decay, 0.0)
    largest = max(map(abs, volts)) / composite.resistance_ohm
    random = np.random.default_rng(seed)
    current += relative_noise * largest * random.normal(size=time.size)
    return StepTest(time, voltage + 2e-5 * random.normal(size=time.size), current, step)
