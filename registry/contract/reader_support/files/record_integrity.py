"""Signs of damage in the records of a binary file whose format has no checksum: what does not fit the other records."""

from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from registry.contract.outcome import Message

Array = NDArray[np.float64]

COMMON = (0.005, 0.995)
"""Quantiles between which the usual numbers of a column are."""
SPANS_BEYOND, TIMES_BEYOND = 3.0, 20.0
"""How many times the span of the usual voltages, and the size of the usual currents, a number is beyond them."""
SMALLEST_SPAN_V = 1.0
CLOCK_TOLERANCE_S = 60.0
CLOCK_TOLERANCE = 0.01
"""Times of the same records may differ by a minute, and the end of a test by 1 % of its duration."""


def missing_records(number: Array) -> list[Message]:
    """Return a warning if the records, numbered one by one from 1, have gaps or are out of order; shape (rows,)."""
    jumps = np.flatnonzero(np.diff(number, prepend=0.0) != 1)
    if not jumps.size:
        return []
    return [
        Message(
            "records-missing",
            "The record numbers jump at {count} points, first to {number:g} in row {row}: records are missing "
            "or damaged. Copy or export the file again.",
            "warning",
            count=jumps.size,
            number=number[jumps[0]],
            row=int(jumps[0]) + 1,
        )
    ]


def implausible_records(voltage: Array, current: Array) -> list[Message]:
    """Return a warning for each column with a few numbers far beyond all others; V and A, shape (rows,)."""
    low, high = np.quantile(voltage, COMMON)
    margin = SPANS_BEYOND * max(float(high - low), SMALLEST_SPAN_V)
    usual = float(np.quantile(np.abs(current), COMMON[1]))
    beyond = {
        "voltage_volt": (voltage < low - margin) | (voltage > high + margin),
        "current_ampere": (np.abs(current) > TIMES_BEYOND * usual) & (usual > 0),
    }
    return [
        Message(
            "implausible-records",
            "{column} is far outside the range of all other records in {count} records, first in row {row} "
            "({number:.4g}): the file may be damaged. Copy or export it again.",
            "warning",
            column=name,
            count=int(flags.sum()),
            row=int(np.argmax(flags)) + 1,
            number=(voltage if name == "voltage_volt" else current)[int(np.argmax(flags))],
        )
        for name, flags in beyond.items()
        if flags.any()
    ]


def disagreeing_clocks(time: Array, clock: Array) -> list[Message]:
    """Return a warning if more time passes between two records than their clock times allow; s, shape (rows,)."""
    excess = np.diff(time) - np.diff(clock)
    rows = np.flatnonzero(excess > CLOCK_TOLERANCE_S)
    if not rows.size:
        return []
    return [
        Message(
            "clock-disagrees",
            "The test time increases more than the clock of the records at {count} points, first by {excess_s:.4g} s "
            "in row {row}: the file may be damaged.",
            "warning",
            count=rows.size,
            excess_s=excess[rows[0]],
            row=int(rows[0]) + 2,
        )
    ]


def early_end(clock: Array, started: datetime | None, ended: datetime | None) -> list[Message]:
    """Return a warning if the records, with clock times [s], end before the test that the file describes."""
    if started is None or ended is None or not clock.size:
        return []
    duration_s = (ended - started).total_seconds()
    missing_s = duration_s - float(clock.max() - clock[0])
    if missing_s <= max(CLOCK_TOLERANCE_S, CLOCK_TOLERANCE * duration_s):
        return []
    return [
        Message(
            "records-end-early",
            "The records end {missing_h:.3g} h before the end of the test that the file states ({ended}): records are "
            "missing. Copy or export the file again.",
            "warning",
            missing_h=missing_s / 3600,
            ended=f"{ended:%Y-%m-%d %H:%M:%S}",
        )
    ]
