"""Stack pressure of a cell in a rigid frame while it is cycled.

One electrode changes its volume with its filling θ (0 discharged, 1 charged), the other does not (Li4Ti5O12). The
pressure follows the change, and settles besides:

    p = p₀ + B (0.4 θ + 0.6 θ³) − s t

B is negative for a layered oxide at high voltage, whose lattice shrinks on charge.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.simulate.full_cell import CyclingTest

Array = NDArray[np.float64]

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class PressedCell:
    """A cell in its frame: the truth of its pressure."""

    start_mpa: float
    breathing_mpa: float
    """B, from θ = 0 to 1."""
    settling_mpa_h: float
    """s."""

    def breathed_mpa(self, filling: Array) -> Array:
        """Return the part that depends on θ [MPa].

        Examples
        --------
        >>> PressedCell(10.0, -0.5, 0.0).breathed_mpa(np.array([0.0, 1.0]))
        array([-0. , -0.5])
        """
        return np.asarray(self.breathing_mpa * (0.4 * filling + 0.6 * filling**3))


def pressure_log(
    cell: PressedCell,
    test: CyclingTest,
    filling: Array,
    *,
    interval_s: float = 60.0,
    noise_mpa: float = 5e-4,
    seed: int,
) -> tuple[Array, Array]:
    """Return the times of a log on the clock of the test [s] and the pressure [MPa]; shape (rows,).

    Parameters
    ----------
    cell : PressedCell
        What is measured.
    test : CyclingTest
        During which it is measured.
    filling : array
        θ of each row of the test; shape (rows of the test,).
    interval_s : float, optional
        Of the log [s].
    noise_mpa : float, optional
        Standard deviation of the sensor [MPa].
    seed : int
        Of the noise.
    """
    time = np.arange(0.0, float(test.time_s[-1]), interval_s)
    breathed = cell.breathed_mpa(np.interp(time, test.time_s, filling))
    settled = cell.settling_mpa_h * time / SECONDS_PER_HOUR
    noise = noise_mpa * np.random.default_rng(seed).normal(size=time.size)
    return time, cell.start_mpa + breathed - settled + noise
