"""Curves against cycle number.

A cycle without a value is left out of the series.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_series import CycleSeries
from analyses.cycling.cycles.cycle_summary import CycleSummary
from registry.contract.analysis_support.cycling.cycling_table import MAH_PER_AH, CyclingTable
from registry.contract.analysis_support.cycling.per_cycle import SECONDS_PER_HOUR, efficiency_columns, where_present
from registry.contract.curve import Axis, Curve, Series
from registry.contract.outcome import Result

Array = NDArray[np.float64]

CYCLE_AXIS = Axis(quantity="cycle_number", label="Cycle")
CAPACITY_CURVES = (
    ("specific_capacity_mah_g", "specific_charge_capacity_mah_g", "specific-capacity", "Specific capacity"),
    ("areal_capacity_mah_cm2", "areal_charge_capacity_mah_cm2", "areal-capacity", "Areal capacity"),
)


def series_of(name: str, x: Array, y: Array, quantity: str = "", *, line: bool = True) -> Series:
    """Return the points with finite values; `quantity` is that of y, if it is not that of the axis."""
    known = np.isfinite(y)
    points = tuple(x[known].tolist()), tuple(y[known].tolist())
    return Series(name, *points, line=line, markers=not line, quantity=quantity)


def capacity_curves(series: CycleSeries, charge_mah: Array | None, reference: int) -> tuple[Curve, ...]:
    """Return capacity and retention; anomalies are separate points."""
    clean, anomalous = series.clean, series.anomalous
    percent = 100 * series.capacity_mah / series.capacity_at(reference)
    slug = "discharge_capacity_mah"
    capacity = [series_of("Discharge capacity", series.cycle[clean], series.capacity_mah[clean], slug)]
    if charge_mah is not None:
        capacity.append(series_of("Charge capacity", series.cycle[clean], charge_mah[clean], "charge_capacity_mah"))
    retention = [series_of("Retention", series.cycle[clean], percent[clean])]
    if anomalous.any():
        points = series.cycle[anomalous], series.capacity_mah[anomalous]
        capacity.append(series_of("Anomalies", *points, slug, line=False))
        retention.append(series_of("Anomalies", series.cycle[anomalous], percent[anomalous], line=False))
    title = f"Capacity retention, relative to cycle {reference}"
    return (
        Curve("capacity", "Capacity against cycle", CYCLE_AXIS, Axis(quantity="capacity_mah"), tuple(capacity)),
        Curve("retention", title, CYCLE_AXIS, Axis(quantity="capacity_retention_percent"), tuple(retention)),
    )


def efficiency_curves(table: CyclingTable) -> tuple[Curve, ...]:
    """Return the efficiencies and, for data with rows, the mean voltages."""
    columns = efficiency_columns(table)
    if not columns:
        return ()
    names = {"coulombic_efficiency_percent": "Coulombic efficiency", "energy_efficiency_percent": "Energy efficiency"}
    efficiency = [series_of(names[slug], table.cycle, numbers, slug) for slug, numbers in columns.items()]
    curves = []
    summary = table.summary
    if summary is not None:
        both = (summary.charge_ah > 0) & (summary.discharge_ah > 0)
        voltages = (
            series_of(
                "Discharge", table.cycle[both], summary.mean_discharge_voltage_v[both], "mean_discharge_voltage_v"
            ),
            series_of("Charge", table.cycle[both], summary.mean_charge_voltage_v[both], "mean_charge_voltage_v"),
        )
        y = Axis(quantity="voltage_v", label="Mean voltage")
        curves.append(Curve("mean-voltage", "Mean voltage against cycle", CYCLE_AXIS, y, voltages))
    y = Axis(quantity="efficiency_percent")
    return (
        Curve("efficiency", "Efficiency against cycle", CYCLE_AXIS, y, tuple(efficiency)),
        *curves,
    )


def cycle_curves(table: CyclingTable, capacity_mah: float, results: Sequence[Result]) -> tuple[Curve, ...]:
    """Return the other per-cycle curves; capacity per gram and per area if `results` has that of `capacity_mah`."""
    curves = [] if table.summary is None else _summary_curves(table.summary)
    values = {result.quantity: result.estimate.magnitude for result in results}
    for slug, of_charge, name, title in CAPACITY_CURVES:
        if slug in values and capacity_mah > 0:
            series = _capacities(table, values[slug] / capacity_mah, of_charge)
            curves.append(Curve(name, f"{title} against cycle", CYCLE_AXIS, Axis(quantity=slug), series))
    return tuple(curves)


def _summary_curves(summary: CycleSummary) -> list[Curve]:
    cycle = summary.cycle
    discharge = where_present(summary.discharge_energy_wh, summary.discharge_ah)
    charge = where_present(summary.charge_energy_wh, summary.charge_ah)
    energy = (
        series_of("Discharge energy", cycle, discharge * MAH_PER_AH, "discharge_energy_mwh"),
        series_of("Charge energy", cycle, charge * MAH_PER_AH, "charge_energy_mwh"),
    )
    ends = (
        series_of("End of discharge", cycle, summary.discharge_end_voltage_v, "discharge_end_voltage_v"),
        series_of("End of charge", cycle, summary.charge_end_voltage_v, "charge_end_voltage_v"),
    )
    hours = (series_of("Duration", cycle, summary.duration_s / SECONDS_PER_HOUR),)
    return [
        Curve("energy", "Energy against cycle", CYCLE_AXIS, Axis(quantity="energy_mwh"), energy),
        Curve(
            "end-voltage",
            "End voltages against cycle",
            CYCLE_AXIS,
            Axis(quantity="voltage_v", label="End voltage"),
            ends,
        ),
        Curve(
            "duration", "Duration of each cycle, rests included", CYCLE_AXIS, Axis(quantity="cycle_duration_h"), hours
        ),
    ]


def _capacities(table: CyclingTable, scale: float, of_charge: str) -> tuple[Series, ...]:
    discharge = series_of("Discharge", table.cycle, where_present(table.discharge_mah, table.discharge_mah) * scale)
    if table.charge_mah is None:
        return (discharge,)
    charge = where_present(table.charge_mah, table.charge_mah) * scale
    return discharge, series_of("Charge", table.cycle, charge, of_charge)
