"""Curves of dQ/dV and dV/dQ, and of their peaks against the cycle number."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.differential_capacity import differential_capacity, spans
from analyses.cycling.differential.differential_voltage import DifferentialVoltage, differential_voltage
from registry.contract.analysis_support.cycling.cycling_curves import CYCLE_AXIS, series_of
from registry.contract.analysis_support.cycling.differential_peak_values import DirectionPeaks
from registry.contract.analysis_support.cycling.differential_test import DifferentialTest, selected_rows
from registry.contract.curve import Axis, Curve, Series
from registry.contract.quantity import Quantity

Array = NDArray[np.float64]

CAPACITY, SPECIFIC_CAPACITY = "differential_capacity_mah_v", "specific_differential_capacity_mah_g_v"
VOLTAGE, SPECIFIC_VOLTAGE = "differential_voltage_v_mah", "specific_differential_voltage_v_g_mah"
MOST_POINTS = 4000
VOLTAGE_AXIS = Axis(quantity="voltage_v")


def differential_curves(
    test: DifferentialTest, chosen: Sequence[int], peaks: Sequence[DirectionPeaks], mass_g: float | None
) -> tuple[Curve, ...]:
    """Return dQ/dV against voltage of chosen cycles, by index in the table, and per gram if the mass is known."""
    series = [*_capacity_series(test, chosen), *_peak_markers(test, peaks)]
    if not any(len(each.x) for each in series):
        return ()
    title = "Differential capacity of selected cycles"
    curves = [Curve("differential-capacity", title, VOLTAGE_AXIS, Axis(quantity=CAPACITY), tuple(series))]
    if mass_g:
        per_gram = tuple(_scaled(each, 1.0, 1 / mass_g) for each in series)
        curves.append(
            Curve(
                "specific-differential-capacity",
                "Differential capacity per gram of active material",
                VOLTAGE_AXIS,
                Axis(quantity=SPECIFIC_CAPACITY),
                per_gram,
            )
        )
    return tuple(curves)


def _capacity_series(test: DifferentialTest, chosen: Sequence[int]) -> Iterator[Series]:
    for part in test.directions:
        pairs = part.of_cycles(chosen)
        rows = part.halves.rows.selected(np.array([half for _, half in pairs], dtype=np.intp))
        if not pairs or not spans(rows, test.width_v).any():
            continue
        curves = differential_capacity(rows, test.width_v)
        stride = -(-curves.voltage_v.size // MOST_POINTS)
        for (index, _), curve in zip(pairs, curves.mah_per_v, strict=True):
            name = f"Cycle {test.table.cycle[index]:.0f}, {part.word}"
            yield series_of(name, curves.voltage_v[::stride], part.sign * curve[::stride])


def _peak_markers(test: DifferentialTest, peaks: Sequence[DirectionPeaks]) -> Iterator[Series]:
    for each in peaks:
        if each.peaks.position_v.size:
            known = np.isfinite(each.curve.mah_per_v[0])
            height = np.interp(each.peaks.position_v, each.curve.voltage_v[known], each.curve.mah_per_v[0][known])
            name = f"Peaks of cycle {test.reference}, {each.part.word}"
            yield series_of(name, each.peaks.position_v, each.part.sign * height, line=False)


def voltage_curves(
    test: DifferentialTest, chosen: Sequence[int], share: float, mass_g: float | None
) -> tuple[Curve, ...]:
    """Return dV/dQ against capacity of chosen cycles, and per gram if the mass is known."""
    series = [
        _voltage_series(f"Cycle {test.table.cycle[index]:.0f}, {part.word}", curve)
        for part in test.directions
        for index, half in part.of_cycles(chosen)
        for curve in [differential_voltage(selected_rows(part, half), share)]
    ]
    if not series:
        return ()
    x, title = Axis(quantity="capacity_mah"), "Differential voltage of selected cycles"
    curves = [Curve("differential-voltage", title, x, Axis(quantity=VOLTAGE), tuple(series))]
    if mass_g:
        per_gram = tuple(_scaled(each, 1 / mass_g, mass_g) for each in series)
        axes = Axis(quantity="specific_capacity_mah_g", label="Specific capacity"), Axis(quantity=SPECIFIC_VOLTAGE)
        title = "Differential voltage per gram of active material"
        curves.append(Curve("specific-differential-voltage", title, *axes, per_gram))
    return tuple(curves)


def _voltage_series(name: str, curve: DifferentialVoltage) -> Series:
    return series_of(name, curve.charge_mah, curve.v_per_mah)


def _scaled(series: Series, x: float, y: float) -> Series:
    numbers = np.asarray(series.x) * x, np.asarray(series.y) * y
    return series_of(series.name, *numbers, line=series.line)


def tracking_curves(peaks: Sequence[DirectionPeaks]) -> tuple[Curve, ...]:
    """Return position, area and width of the peaks against the cycle number."""
    curves = []
    for slug, name, title, axis in (
        ("position_v", "peak-voltage", "Peak voltage against cycle", Axis(quantity="voltage_v", label="Peak voltage")),
        ("area_mah", "peak-area", "Peak area against cycle", Axis(quantity="capacity_mah", label="Peak area")),
        ("width_v", "peak-width", "Peak width against cycle", Axis(quantity="voltage_v", label="Peak width")),
    ):
        series = [
            series_of(f"{each.part.word.capitalize()}, peak {peak}", each.cycle, numbers)
            for each in peaks
            for peak, numbers in enumerate(getattr(each.tracked, slug).T, start=1)
        ]
        if series:
            curves.append(Curve(name, title, CYCLE_AXIS, axis, tuple(series)))
    return tuple(curves)


def curve_quantities() -> tuple[Quantity, ...]:
    """Return the quantities of the axes."""
    return (
        Quantity(
            slug=CAPACITY,
            name="Differential capacity",
            unit="mA*h/V",
            unit_label="mAh V⁻¹",
            symbol="dQ/dV",
            description="dQ/dV, negative on discharge.",
        ),
        Quantity(
            slug=SPECIFIC_CAPACITY,
            name="Specific differential capacity",
            unit="mA*h/g/V",
            unit_label="mAh g⁻¹ V⁻¹",
            symbol="dQ/dV",
            description="dQ/dV per gram of active material in the cathode.",
        ),
        Quantity(
            slug=VOLTAGE,
            name="Differential voltage",
            unit="V/mA/h",
            unit_label="V mA⁻¹ h⁻¹",
            symbol="dV/dQ",
            description="dV/dQ, positive on charge and on discharge.",
        ),
        Quantity(
            slug=SPECIFIC_VOLTAGE,
            name="Specific differential voltage",
            unit="V*g/mA/h",
            unit_label="V g mA⁻¹ h⁻¹",
            symbol="dV/dQ",
            description="dV/dQ times the mass of active material in the cathode.",
        ),
    )
