"""Curves that are the columns of a per-cycle table: energy, end voltages, duration, capacity per gram and per area.

Registers nothing. What a cycle lacks is left out of its series.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.cycle_summary import CycleSummary
from plugins.cycling_table import MAH_PER_AH, CyclingTable
from registry.hookspecs import Axis, Curve, Result, Series

Array = NDArray[np.float64]

ALONG = Axis("Cycle")
SECONDS_PER_HOUR = 3600.0
BY_LAYERS = (
    ("specific_capacity_mah_g", "specific-capacity", "Specific capacity", "mAh g⁻¹"),
    ("areal_capacity_mah_cm2", "areal-capacity", "Areal capacity", "mAh cm⁻²"),
)


def series(name: str, x: Array, y: Array) -> Series:
    """Return the points at which there is a number."""
    known = np.isfinite(y)
    return Series(name, tuple(x[known].tolist()), tuple(y[known].tolist()))


def cycle_curves(table: CyclingTable, capacity_mah: float, by_layers: Sequence[Result]) -> tuple[Curve, ...]:
    """Return what each cycle gives; capacity per gram and per area where the layers give that of `capacity_mah`."""
    curves = [] if table.summary is None else _of_rows(table.summary)
    given = {result.quantity: result.estimate.magnitude for result in by_layers}
    for slug, name, title, unit in BY_LAYERS:
        if slug in given and capacity_mah > 0:
            shown = _capacities(table, given[slug] / capacity_mah)
            curves.append(Curve(name, f"{title} against cycle", ALONG, Axis(title, unit), shown))
    return tuple(curves)


def _of_rows(summary: CycleSummary) -> list[Curve]:
    cycle = summary.cycle
    energy = (
        series("Discharge energy", cycle, _held(summary.discharge_energy_wh, summary.discharge_ah) * MAH_PER_AH),
        series("Charge energy", cycle, _held(summary.charge_energy_wh, summary.charge_ah) * MAH_PER_AH),
    )
    ends = (
        series("End of charge", cycle, summary.charge_end_voltage_v),
        series("End of discharge", cycle, summary.discharge_end_voltage_v),
    )
    hours = (series("Duration", cycle, summary.duration_s / SECONDS_PER_HOUR),)
    return [
        Curve("energy", "Energy against cycle", ALONG, Axis("Energy", "mWh"), energy),
        Curve("end-voltage", "End voltages against cycle", ALONG, Axis("End voltage", "V"), ends),
        Curve("duration", "Duration of each cycle, rests included", ALONG, Axis("Duration", "h"), hours),
    ]


def _capacities(table: CyclingTable, scale: float) -> tuple[Series, ...]:
    discharge = series("Discharge", table.cycle, _held(table.discharge_mah, table.discharge_mah) * scale)
    if table.charge_mah is None:
        return (discharge,)
    return discharge, series("Charge", table.cycle, _held(table.charge_mah, table.charge_mah) * scale)


def _held(numbers: Array, capacity: Array) -> Array:
    """The numbers of the cycles that hold that half, nan of the others."""
    return np.where(capacity > 0, numbers, np.nan)
