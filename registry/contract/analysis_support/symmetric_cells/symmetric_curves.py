"""Curves of a symmetric-cell test: voltage and current, windows of them in full resolution, and overpotentials."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR
from analyses.uncertainty import Estimate
from registry.contract.analysis import Parameter
from registry.contract.analysis_support.symmetric_cells.symmetric_events import MOST_LISTED
from registry.contract.analysis_support.symmetric_cells.symmetric_test import SymmetricTest
from registry.contract.curve import Axis, Curve, Series
from registry.contract.outcome import Refused

Array = NDArray[np.float64]

MOST_POINTS, MILLI = 4000, 1000.0
SHOWN_HALF_CYCLES = 6
"""Half-cycles of a window by default: the first and the last ones."""
MOST_WINDOWS = 6
STEADY = 0.05
"""Part of the current by which half-cycles of one current differ at most."""
CURRENT = Axis(label="Current", unit="mA")
TOTAL_CHARGE = "total_charge_passed_mah_cm2"
ZOOM = Parameter(
    name="zoom_windows",
    type=str,
    default="",
    help="Time windows in which the voltage is plotted, in hours since the first current, separated by commas, such "
    "as 0-5, 95-100; if empty, the first and the last six half-cycles.",
    unit="h",
    title="Zoom windows",
)
_WINDOW = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[-–]\s*(\d+(?:\.\d+)?)\s*")


def symmetric_curves(test: SymmetricTest, windows: str, area_cm2: Estimate | None) -> tuple[Curve, ...]:
    """Return voltage over time, windows of it with the current, overpotential and resistance of each half-cycle over
    time, and the overpotential over the charge passed if the area is known."""
    halves = test.halves
    zoomed = _zoomed(test, windows)
    along = Axis(quantity="time_h")
    since = test.hours(float(test.time_s[halves.runs.first_row[0]]))
    middle = halves.middle_h + since
    resistance = (_series("Resistance", middle, halves.overpotential_v / halves.current_a, line=False),)
    overpotential = Axis(quantity="overpotential_v")
    parts = _parts(test, middle)
    return (
        _whole(test, shows_current=not zoomed or _has_several_currents(test)),
        *zoomed,
        Curve("overpotential", "Overpotential of each half-cycle", along, overpotential, parts),
        Curve("resistance", "Overpotential divided by current", along, Axis(quantity="resistance_ohm"), resistance),
        *_over_charge(test, area_cm2),
    )


def _parts(test: SymmetricTest, x: Array) -> tuple[Series, ...]:
    """Return mean, end and peak of each half-cycle."""
    halves = test.halves
    return (
        _series("Mean of the averaged part", x, halves.overpotential_v, line=False),
        _series("End", x, halves.end_v, line=False),
        _series("Peak", x, halves.peak_v, line=False),
    )


def _whole(test: SymmetricTest, *, shows_current: bool) -> Curve:
    """Return the voltage of the whole test, with the current on a second axis unless it only alternates."""
    marks = [_marks(test, name, rows) for name, rows in _marked_rows(test).items() if rows]
    voltage, current = _of_rows(test, 0, test.time_s.size)
    series = (voltage, *marks, *([current] if shows_current else []))
    axes = Axis(quantity="time_h"), Axis(quantity="voltage_v")
    return Curve("voltage", "Voltage against time", *axes, series, y2=CURRENT if shows_current else None)


def _has_several_currents(test: SymmetricTest) -> bool:
    sizes = np.abs(test.halves.current_a)
    return bool(np.ptp(sizes) > STEADY * np.median(sizes))


def _of_rows(test: SymmetricTest, first: int, end: int) -> tuple[Series, Series]:
    """Return voltage and current of some rows, thinned if there are many."""
    kept = np.unique(np.linspace(first, end - 1, min(end - first, MOST_POINTS)).round().astype(np.intp))
    hours = np.array([test.hours(second) for second in test.time_s[kept].tolist()])
    current = _series("Current", hours, MILLI * test.current_a[kept])
    return _series("Voltage", hours, test.voltage_v[kept]), replace(current, on_second_axis=True)


def _zoomed(test: SymmetricTest, text: str) -> list[Curve]:
    curves = []
    for number, (begin, end) in enumerate(_windows(test, text), start=1):
        start = float(test.time_s[test.runs.first_row[0]])
        first, last = np.searchsorted(test.time_s, start + SECONDS_PER_HOUR * np.array([begin, end]))
        if last - first < 2:
            continue
        title = f"Voltage from {begin:.4g} h to {end:.4g} h"
        axes = Axis(quantity="time_h"), Axis(quantity="voltage_v")
        series = _of_rows(test, int(first), int(last))
        curves.append(Curve(f"voltage-window-{number}", title, *axes, series, y2=CURRENT))
    return curves


def _windows(test: SymmetricTest, text: str) -> Sequence[tuple[float, float]]:
    """Return the windows in hours, as entered, or the first and the last half-cycles of a longer test."""
    if not text.strip():
        first, last = test.runs.first_row, test.runs.last_row
        if first.size <= 2 * SHOWN_HALF_CYCLES:
            return ()
        rows = (first[0], last[SHOWN_HALF_CYCLES - 1]), (first[-SHOWN_HALF_CYCLES], last[-1])
        return [(test.hours(float(test.time_s[begin])), test.hours(float(test.time_s[end]))) for begin, end in rows]
    parts = text.split(",")
    matches = [_WINDOW.fullmatch(part) for part in parts]
    for part, match in zip(parts, matches, strict=True):
        if match is None or float(match[1]) >= float(match[2]):
            raise Refused(
                "invalid-zoom-window",
                "‘{part}’ is not a time window: write two increasing times in hours, such as 95-100",
                part=part.strip(),
                parameter=ZOOM.name,
            )
    if len(parts) > MOST_WINDOWS:
        raise Refused("too-many-windows", "{count} windows: enter at most {most}", count=len(parts), most=MOST_WINDOWS)
    return [(float(match[1]), float(match[2])) for match in matches if match]


def _over_charge(test: SymmetricTest, area_cm2: Estimate | None) -> tuple[Curve, ...]:
    """Return the overpotential of each half-cycle over the charge per area that had passed at its end."""
    if area_cm2 is None:
        return ()
    passed = np.cumsum(test.runs.charge_ah) * MILLI / area_cm2.magnitude
    run = np.searchsorted(test.runs.last_row, test.halves.runs.last_row)
    at = passed[np.minimum(run, passed.size - 1)]
    axes = Axis(quantity=TOTAL_CHARGE), Axis(quantity="overpotential_v")
    title = "Overpotential against charge passed (sum of both directions)"
    return (Curve("overpotential-charge", title, *axes, _parts(test, at)),)


def _marked_rows(test: SymmetricTest) -> dict[str, list[int]]:
    """Return the rows of events by what they are called in the plot."""
    events = test.events
    shorts = events.short_circuits[:MOST_LISTED]
    return {
        "Short circuit": [short.row for short in shorts],
        "End of short circuit": [short.end_row for short in shorts if short.end_row is not None],
        "Contact loss": [loss.row for loss in events.contact_losses[:MOST_LISTED]],
        "Temperature change": [change.row for change in events.temperature_changes[:MOST_LISTED]],
    }


def _marks(test: SymmetricTest, name: str, rows: list[int]) -> Series:
    hours = np.array([test.hours(float(test.time_s[row])) for row in rows])
    return _series(name, hours, test.voltage_v[rows], line=False)


def _series(name: str, x: Array, y: Array, *, line: bool = True) -> Series:
    return Series(name, tuple(x.tolist()), tuple(y.tolist()), line=line, markers=not line)
