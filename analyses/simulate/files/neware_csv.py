"""Neware CSV of a cycling test as BTSDA exports it: one row a record, times as hours:minutes:seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

ENCODING = "ascii"
COLUMNS = (
    "DataPoint", "Cycle Index", "Step Index", "Step Type", "Time", "Cumulative Time", "Current(A)", "Voltage(V)",
    "Capacity(Ah)", "Spec. Cap.(mAh/g)", "Chg. Cap.(Ah)", "Chg. Spec. Cap.(mAh/g)", "DChg. Cap.(Ah)",
    "DChg. Spec. Cap.(mAh/g)", "Energy(Wh)", "Spec. Energy(mWh/g)", "Chg. Energy(Wh)", "Chg. Spec. Energy(mWh/g)",
    "DChg. Energy(Wh)", "DChg. Spec. Energy(mWh/g)", "Date", "Power(W)", "dQ/dV(mAh/V)", "dQm/dV(mAh/V.g)",
    "Contact resistance(mO)", "Module start-stop switch",
)  # fmt: skip
STEP_TYPES = ("Rest", "CC Chg", "CC DChg")
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class CyclerRows:
    """Rows of a cycling test in order of time, each of shape (rows,)."""

    time_s: Array
    """Since the beginning of the test."""
    voltage_v: Array
    current_a: Array
    """Positive on charge."""
    charge_ah: Array
    """Counted since the beginning of the step, never negative."""
    cycle: Integers
    """From 1."""
    step: Integers
    """Index of the step in its cycle, from 1."""


def neware_csv(rows: CyclerRows, *, started: datetime, active_mass_g: float) -> bytes:
    """Return the file of a cycling test. The format has no comment: the name of the file says ‘simulated’.

    Parameters
    ----------
    rows : CyclerRows
        The test. Steps begin where cycle or step index changes.
    started : datetime
        Beginning of the test, of the column of dates.
    active_mass_g : float
        Of the columns per gram [g].
    """
    lines = [",".join(COLUMNS)]
    lines += map(",".join, zip(*_texts(rows, started, active_mass_g), strict=True))
    return ("\n".join(lines) + "\n").encode(ENCODING)


def _texts(rows: CyclerRows, started: datetime, active_mass_g: float) -> list[list[str]]:
    """Return the texts of each column."""
    count = rows.time_s.size
    begins = _step_begins(rows)
    since = rows.time_s - rows.time_s[begins]
    energy_wh = _energy(rows, begins)
    direction = np.sign(rows.current_a).astype(int)
    charging, discharging = (direction > 0).astype(float), (direction < 0).astype(float)
    types = [STEP_TYPES[sign] for sign in direction.tolist()]
    zeros = ["0.0000"] * count
    charge = [rows.charge_ah, charging * rows.charge_ah, discharging * rows.charge_ah]
    energy = [energy_wh, charging * energy_wh, discharging * energy_wh]
    per_unit = [
        text
        for quantity in (*charge, *energy)
        for text in (_decimals(quantity, 8), _decimals(1e3 * quantity / active_mass_g, 2))
    ]
    return [
        [str(number) for number in range(1, count + 1)],
        [str(number) for number in rows.cycle.tolist()],
        [str(number) for number in rows.step.tolist()],
        types,
        _clock(since),
        _clock(rows.time_s),
        _decimals(rows.current_a, 8),
        _decimals(rows.voltage_v, 4),
        *per_unit,
        [f"{started + timedelta(seconds=round(second)):%Y-%m-%d %H:%M:%S}" for second in rows.time_s.tolist()],
        _decimals(rows.current_a * rows.voltage_v, 8),
        zeros,
        zeros,
        ["0"] * count,
        ["Close"] * count,
    ]


def _step_begins(rows: CyclerRows) -> Integers:
    """Return the first row of the step of each row."""
    changes = (np.diff(rows.cycle, prepend=-1) != 0) | (np.diff(rows.step, prepend=-1) != 0)
    return np.maximum.accumulate(np.where(changes, np.arange(changes.size), 0))


def _energy(rows: CyclerRows, begins: Integers) -> Array:
    """Return the energy since the beginning of the step by the trapezoidal rule [Wh]."""
    power = np.abs(rows.current_a) * rows.voltage_v
    hours = np.diff(rows.time_s, prepend=rows.time_s[0]) / SECONDS_PER_HOUR
    total = np.cumsum((power + np.concatenate([power[:1], power[:-1]])) / 2 * hours)
    return total - total[begins]


def _decimals(numbers: Array, count: int) -> list[str]:
    return [f"{number:.{count}f}" for number in numbers.tolist()]


def _clock(seconds: Array) -> list[str]:
    """Return times as Neware writes them, hours beyond a day included: `108:59:11`."""
    whole = np.round(seconds).astype(int)
    return [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in whole.tolist()]
