"""Curves of a cycling test with its stack pressure."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.uncertainty import Estimate
from registry.contract.analysis_support.cycling.cycling_curves import CYCLE_AXIS
from registry.contract.analysis_support.cycling.cycling_table import ROWS
from registry.contract.analysis_support.cycling.per_cycle import SECONDS_PER_HOUR
from registry.contract.analysis_support.stack_pressure.stack_pressure_test import StackPressureTest
from registry.contract.curve import Axis, Curve, Series

Array = NDArray[np.float64]

REVERSIBLE, IRREVERSIBLE = "pressure_change_mpa", "irreversible_pressure_change_mpa"
MOST_POINTS = 2000
PER_HALF_CYCLE = 400
PERCENT = 100.0


def stack_pressure_curves(test: StackPressureTest) -> tuple[Curve, ...]:
    """Return pressure and voltage over time, pressure over state of charge, and changes by cycle."""
    return (_over_time(test), *_over_charge(test), *_by_cycle(test))


def _over_time(test: StackPressureTest) -> Curve:
    log, time, voltage = test.pressure.log, test.rows(ROWS[0]), test.rows(ROWS[1])
    start = float(time[0])
    few, of_test = _thinned(log.time_s.size, MOST_POINTS), _thinned(time.size, MOST_POINTS)
    pressure = _series("Stack pressure", (log.time_s[few] - start) / SECONDS_PER_HOUR, log.pressure_mpa[few])
    hours = (time[of_test] - start) / SECONDS_PER_HOUR
    volts = Series("Voltage", tuple(hours.tolist()), tuple(voltage[of_test].tolist()), on_second_axis=True)
    axes = Axis(quantity="time_h"), Axis(quantity="stack_pressure_mpa")
    title = "Stack pressure and voltage against time"
    return Curve("pressure-time", title, *axes, (pressure, volts), y2=Axis(quantity="voltage_v"))


def charge_ah(test: StackPressureTest, time_s: Array) -> Array:
    """Return the net charge since the start of the test at these times [Ah]."""
    time, current = test.rows(ROWS[0]), test.rows(ROWS[2])
    passed = (current[1:] + current[:-1]) / 2 * np.diff(time) / SECONDS_PER_HOUR
    net: Array = np.interp(time_s, time, np.concatenate(([0.0], np.cumsum(passed))))
    return net


def _over_charge(test: StackPressureTest) -> tuple[Curve, ...]:
    """Return the pressure of chosen cycles, less that at their start, against state of charge."""
    parts = [_of_cycle(test, index) for index in test.chosen]
    series = tuple(part for part in parts if part is not None)
    if not series:
        return ()
    y = Axis(quantity=REVERSIBLE, label="Stack-pressure change")
    title = "Stack-pressure change against state of charge"
    return (Curve("pressure-charge", title, Axis(quantity="state_of_charge_percent"), y, series),)


def _of_cycle(test: StackPressureTest, index: int) -> Series | None:
    summary, log, time = test.summary, test.pressure.log, test.rows(ROWS[0])
    first, last = time[summary.first_row[index]], time[summary.last_row[index]]
    rows = np.flatnonzero((log.time_s >= first) & (log.time_s <= last))
    rows = rows[_thinned(rows.size, 2 * PER_HALF_CYCLE)]
    charged = charge_ah(test, log.time_s[rows])
    span = float(np.ptp(charged)) if rows.size else 0.0
    if span <= 0:
        return None
    level = PERCENT * (charged - charged.min()) / span
    half = test.ends.discharge if summary.discharge_first[index] else test.ends.charge
    return _series(f"Cycle {summary.cycle[index]:.0f}", level, log.pressure_mpa[rows] - float(half.start_mpa[index]))


def _by_cycle(test: StackPressureTest) -> tuple[Curve, ...]:
    """Return reversible and irreversible change of each cycle with their 95 % intervals."""
    known = [change for change in test.changes if change.reversible_mpa and change.irreversible_mpa]
    if len(known) < 2:
        return ()
    cycle = [float(test.summary.cycle[change.index]) for change in known]
    reversible = [test.pressure.of_area(change.reversible_mpa) for change in known if change.reversible_mpa]
    irreversible = [test.pressure.of_area(change.irreversible_mpa) for change in known if change.irreversible_mpa]
    series = (_points("Reversible", cycle, reversible, ""), _points("Irreversible", cycle, irreversible, IRREVERSIBLE))
    y = Axis(quantity=REVERSIBLE, label="Stack-pressure change")
    return (Curve("pressure-cycle", "Stack-pressure change against cycle", CYCLE_AXIS, y, series),)


def _points(name: str, cycle: Sequence[float], numbers: Sequence[Estimate], quantity: str) -> Series:
    lower, upper = zip(*(number.interval() for number in numbers), strict=True)
    return Series(
        name,
        tuple(cycle),
        tuple(number.magnitude for number in numbers),
        line=False,
        markers=True,
        quantity=quantity,
        y_lower=lower,
        y_upper=upper,
    )


def _series(name: str, x: Array, y: Array) -> Series:
    return Series(name, tuple(x.tolist()), tuple(y.tolist()))


def _thinned(size: int, most: int) -> NDArray[np.intp]:
    return np.unique(np.linspace(0, size - 1, min(size, most)).round().astype(np.intp)) if size else np.arange(0)
