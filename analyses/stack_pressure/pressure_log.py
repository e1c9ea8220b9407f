"""A log of the pressure on a stack: checks, and pressure from force."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.insufficient_data import InsufficientData
from analyses.statistics.resolution import decimal_step
from analyses.uncertainty import Estimate, propagate

Array = NDArray[np.float64]

FEWEST_ROWS = 16
MPA_PER_N_CM2 = 0.01


@dataclass(frozen=True)
class PressureLog:
    """Rows of a log; both arrays of shape (rows,)."""

    time_s: Array
    """On the clock of the log, never falling [s]."""
    pressure_mpa: Array
    step_mpa: float
    """Resolution of the pressure column; zero if its digits do not limit it [MPa]."""

    def shifted(self, shift_s: float) -> "PressureLog":
        """Return the log on a clock that shows this much more [s]."""
        return PressureLog(self.time_s + shift_s, self.pressure_mpa, self.step_mpa)


def pressure_log(time_s: Array, pressure_mpa: Array) -> PressureLog:
    """Check a log of the stack pressure.

    Parameters
    ----------
    time_s, pressure_mpa : ndarray, shape (rows,)
        Time [s] and pressure [MPa].

    Returns
    -------
    PressureLog

    Raises
    ------
    InsufficientData
        With fewer than 16 rows, numbers that are missing, time that goes back, or a pressure that never changes.

    Examples
    --------
    >>> pressure_log(60.0 * np.arange(200), 10 + 0.01 * np.arange(200)).step_mpa
    0.01
    """
    time, pressure = np.asarray(time_s, dtype=np.float64), np.asarray(pressure_mpa, dtype=np.float64)
    if time.size != pressure.size or time.size < FEWEST_ROWS:
        raise InsufficientData(
            "too-few-pressure-rows",
            "the pressure log has {times} times and {pressures} pressures: {needed} rows or more are needed",
            times=time.size,
            pressures=pressure.size,
            needed=FEWEST_ROWS,
        )
    for name, column in (("time", time), ("pressure", pressure)):
        bad = np.flatnonzero(~np.isfinite(column))
        if bad.size:
            raise InsufficientData(
                "pressure-not-finite",
                "the {name} of the pressure log is not a number in row {row} ({count} such rows): remove these rows",
                name=name,
                row=bad[0] + 1,
                count=bad.size,
            )
    falls = np.flatnonzero(np.diff(time) < 0)
    if falls.size or time[-1] <= time[0]:
        raise InsufficientData(
            "pressure-time-not-ascending",
            "the time of the pressure log does not increase at row {row}: the rows must be in chronological order",
            row=int(falls[0]) + 2 if falls.size else 1,
        )
    if np.ptp(pressure) == 0:
        raise InsufficientData(
            "constant-pressure",
            "the pressure is {pressure:.4g} MPa in every row: the sensor did not record, or the column is a set point",
            pressure=pressure[0],
        )
    return PressureLog(time, pressure, decimal_step(pressure))


def pressure_of_force(force_n: float, area_cm2: Estimate) -> Estimate:
    """Return the pressure of a force on an area.

    Parameters
    ----------
    force_n : float
        Force [N].
    area_cm2 : Estimate
        Area that carries it [cm²].

    Returns
    -------
    Estimate
        Pressure [MPa].

    Examples
    --------
    >>> round(pressure_of_force(785.4, Estimate.exact(0.7854)).magnitude, 9)
    10.0
    """
    return propagate(lambda cm2: MPA_PER_N_CM2 * force_n / cm2, cm2=area_cm2)
