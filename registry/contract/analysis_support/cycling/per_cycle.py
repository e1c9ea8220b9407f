"""The per-cycle numbers of a cycling test as an analysis returns them, by quantity.

A cycle without a charge or a discharge has no number of that half: NaN, not zero.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_series import CycleSeries
from analyses.cycling.cycles.cycle_summary import CycleSummary
from registry.contract.analysis_support.cycling.cycling_table import MAH_PER_AH, CyclingTable
from registry.contract.cycle_table import MAX_CYCLE_NUMBER, MAX_NUMBERS, CycleTable
from registry.contract.outcome import Message, Result

Array = NDArray[np.float64]
Columns = Mapping[str, Array]

SECONDS_PER_HOUR = 3600.0
PER_CATHODE: Mapping[str, str] = {
    "specific_capacity_mah_g": "specific_charge_capacity_mah_g",
    "areal_capacity_mah_cm2": "areal_charge_capacity_mah_cm2",
}
"""Discharge capacity per gram or area, and the charge capacity per the same."""


def cycle_table(
    cycle: Array, columns: Columns, groups: Sequence[str] = ()
) -> tuple[CycleTable | None, tuple[Message, ...]]:
    """Return the table, with the name of the group of each cycle, or a warning if the cycle numbers are too large to
    store."""
    if not cycle.size:
        return None, ()
    if cycle[-1] > MAX_CYCLE_NUMBER or (cycle[-1] - cycle[0] + 1) * len(columns) > MAX_NUMBERS:
        too_far = Message(
            "cycles-too-far-apart",
            "No per-cycle table: the cycle numbers, {first:.0f} to {last:.0f}, are too far apart.",
            "warning",
            first=float(cycle[0]),
            last=float(cycle[-1]),
        )
        return None, (too_far,)
    return CycleTable(cycles=cycle.astype(np.int64), columns=columns, groups=groups), ()


def retention_columns(series: CycleSeries, reference: int) -> Columns:
    """Return the retention of each cycle, without anomalies."""
    percent = 100 * series.capacity_mah / series.capacity_at(reference)
    return {"capacity_retention_percent": np.where(series.clean, percent, np.nan)}


def summary_columns(table: CyclingTable, capacity_mah: float, results: Sequence[Result]) -> Columns:
    """Return all numbers of each cycle; capacity per gram and per area if `results` has that of `capacity_mah`."""
    columns = {"discharge_capacity_mah": where_present(table.discharge_mah, table.discharge_mah)}
    if table.charge_mah is not None:
        columns["charge_capacity_mah"] = where_present(table.charge_mah, table.charge_mah)
    values = {result.quantity: result.estimate.magnitude for result in results}
    for discharge, charge in PER_CATHODE.items():
        if discharge in values and capacity_mah > 0:
            scale = values[discharge] / capacity_mah
            columns[discharge] = columns["discharge_capacity_mah"] * scale
            if "charge_capacity_mah" in columns:
                columns[charge] = columns["charge_capacity_mah"] * scale
    return {**columns, **efficiency_columns(table), **({} if table.summary is None else _row_columns(table.summary))}


def efficiency_columns(table: CyclingTable) -> Columns:
    """Return the efficiencies of the cycles that have both halves; the energy efficiency for data with rows."""
    recovered, stored = table.recovered_mah, table.stored_mah
    if recovered is None or stored is None:
        return {}
    paired = (stored > 0) & (recovered > 0)
    coulombic = np.divide(100 * recovered, stored, out=np.full(stored.shape, np.nan), where=paired)
    if table.summary is None:
        return {"coulombic_efficiency_percent": coulombic}
    # Energy below zero (a voltage below zero) has no efficiency.
    discharge_wh, charge_wh = table.summary.energy_pair_wh
    delivered = paired & (discharge_wh > 0) & (charge_wh > 0)
    energy = np.where(delivered, table.summary.energy_efficiency_percent, np.nan)
    return {"coulombic_efficiency_percent": coulombic, "energy_efficiency_percent": energy}


def _row_columns(summary: CycleSummary) -> Columns:
    """Return energies, voltages and durations, which need rows."""
    return {
        "discharge_energy_mwh": where_present(summary.discharge_energy_wh, summary.discharge_ah) * MAH_PER_AH,
        "charge_energy_mwh": where_present(summary.charge_energy_wh, summary.charge_ah) * MAH_PER_AH,
        "mean_discharge_voltage_v": summary.mean_discharge_voltage_v,
        "mean_charge_voltage_v": summary.mean_charge_voltage_v,
        "discharge_end_voltage_v": summary.discharge_end_voltage_v,
        "charge_end_voltage_v": summary.charge_end_voltage_v,
        "cycle_duration_h": summary.duration_s / SECONDS_PER_HOUR,
    }


def where_present(numbers: Array, capacity: Array) -> Array:
    """Return the numbers, NaN for cycles without that half-cycle."""
    return np.where(capacity > 0, numbers, np.nan)
