"""The per-cycle table of a galvanostatic test, from its rows of time, voltage and current."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.cycling.charge_counter import COUNTER_TOLERANCE, Counted, per_cycle
from analyses.cycling.cycle_starts import (
    instrument_starts,
    leading_sign,
    opens_with_discharge,
    several_halves,
    starts_by_current,
)
from analyses.cycling.half_cycles import (
    SECONDS_PER_HOUR,
    SLIGHT_SHARE,
    Runs,
    check_series,
    runs_of,
    usual_interval_s,
    without_noise,
)
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

INVERTED_SHARE = 0.8
GAP_FACTOR = 10.0
GAP_SHARE = 0.05
"""A gap is ten times the usual interval and carries a twentieth of its half-cycle."""


@dataclass(frozen=True)
class CycleSummary:
    """One entry for each cycle; every array of shape (cycles,). What a cycle lacks is nan, a charge it lacks zero."""

    cycle: Array
    charge_ah: Array
    discharge_ah: Array
    charge_energy_wh: Array
    discharge_energy_wh: Array
    mean_charge_voltage_v: Array
    """Charge energy over charge capacity [V]."""
    mean_discharge_voltage_v: Array
    charge_end_voltage_v: Array
    discharge_end_voltage_v: Array
    mean_charge_current_a: Array
    """Charge over the time it took, rests left out; positive [A]."""
    mean_discharge_current_a: Array
    """Positive, too [A]."""
    duration_s: Array
    first_row: Rows
    """From 0."""
    last_row: Rows
    discharge_first: Flags
    """True if the cycle discharges, then charges, as a half-cell of an anode does."""
    discharges_first: bool
    """True if the test does: if its first half-cycle is a discharge, and more than the emptying of a charged cell. Of
    data that begin with a later cycle it is what most cycles do."""
    counted_by: str
    """`instrument`, or `current` if the cycles were counted by the change of its sign."""
    capacity_from: str
    """`counters` of the instrument, or `integral` of the current."""
    remarks: tuple[Remark, ...]
    """What was irregular, and how it was handled."""

    def selected(self, which: Flags) -> "CycleSummary":
        """Return the cycles flagged, of shape (cycles,)."""
        kept: dict[str, Any] = {name: part[which] for name, part in vars(self).items() if isinstance(part, np.ndarray)}
        return replace(self, **kept)

    @property
    def preceding_index(self) -> Rows:
        """Index of the cycle with the half-cycle before the recovered one; -1 where there is none.

        It is the cycle itself where it begins with the half the file begins with. Where the number changes between
        the two, so that each cycle begins with the recovered half, it is the cycle before, if that ends with the other.
        """
        stored = self.discharge_ah if self.discharges_first else self.charge_ah
        recovered = self.charge_ah if self.discharges_first else self.discharge_ah
        in_order = self.discharge_first == self.discharges_first
        ends_stored = (stored > 0) & (~in_order | (recovered <= 0))
        before = np.where(np.concatenate(([False], ends_stored[:-1])), np.arange(-1, stored.size - 1), -1)
        index: Rows = np.where(in_order, np.arange(stored.size), before).astype(np.intp)
        return index

    @property
    def spans_numbers(self) -> bool:
        """True if most recovered half-cycles have the one before them in the cycle before."""
        recovered = self.charge_ah if self.discharges_first else self.discharge_ah
        index = self.preceding_index
        paired = (index >= 0) & (recovered > 0)
        return bool(paired.any()) and float((index < np.arange(index.size))[paired].mean()) > 0.5

    def preceding(self, numbers: Array) -> Array:
        """Return numbers at the cycle with the half-cycle before the recovered one; nan where there is none."""
        index = self.preceding_index
        values: Array = np.where(index >= 0, numbers[index], np.nan) if index.size else numbers
        return values

    @property
    def coulombic_efficiency_percent(self) -> Array:
        """Discharge over the charge before it; in a test that discharges first, charge over the discharge before it.
        Either way recovered over stored capacity, within a cycle or across two [%]."""
        if self.discharges_first:
            return _ratio(100 * self.charge_ah, self.preceding(self.discharge_ah))
        return _ratio(100 * self.discharge_ah, self.preceding(self.charge_ah))

    @property
    def energy_efficiency_percent(self) -> Array:
        """Discharge energy over charge energy of the same two halves, whichever came first [%]."""
        discharge, charge = self.energy_pair_wh
        return _ratio(100 * discharge, charge)

    @property
    def energy_pair_wh(self) -> tuple[Array, Array]:
        """Discharge and charge energy of the two halves that the efficiencies compare [Wh]."""
        if self.discharges_first:
            return self.preceding(self.discharge_energy_wh), self.charge_energy_wh
        return self.discharge_energy_wh, self.preceding(self.charge_energy_wh)


def cycle_summary(
    test_time_second: Array,
    voltage_volt: Array,
    current_ampere: Array,
    *,
    cycle_count: Array | None = None,
    charging_capacity_ah: Array | None = None,
    discharging_capacity_ah: Array | None = None,
) -> CycleSummary:
    """Summarise each cycle.

    Cycles are the instrument's where it counted them; else a cycle begins where the current turns from discharge to
    charge (from charge to discharge in a test that begins with a full discharge). Rests between do not count, nor
    does current about zero (`half_cycles.rest_threshold_a`, `half_cycles.without_noise`). Capacities are those of
    the instrument's counters where it has them, else the trapezoidal integral of the current. Energy is capacity
    times the mean voltage, weighted by charge.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], and current, negative while discharging [A].
    cycle_count : ndarray, shape (rows,), optional
        The instrument's number of the cycle each row belongs to.
    charging_capacity_ah, discharging_capacity_ah : ndarray, shape (rows,), optional
        The instrument's counters, both or none; they may start again from zero [Ah].

    Returns
    -------
    CycleSummary

    Raises
    ------
    InsufficientData
        If a number is missing, time goes back, there is no current or no discharge, or the sign of the current is
        that of a charge where the voltage falls.
    """
    check_series(test_time_second, voltage_volt, current_ampere)
    starts, remarks, counted_by = instrument_starts(cycle_count)
    runs = runs_of(test_time_second, voltage_volt, current_ampere, starts)
    solid = without_noise(runs)
    _check_signs(solid, voltage_volt)
    own = starts_by_current(solid)
    if starts.size == 1 and own.size > 1:
        if counted_by == "instrument":
            remarks.append(
                Remark(
                    "one-cycle-counted",
                    "The instrument counted one cycle, the sign of the current {cycles}: used the sign of the current.",
                    cycles=own.size,
                )
            )
        starts, counted_by = own, "current"
    numbers = np.arange(1.0, starts.size + 1)
    if counted_by == "instrument" and cycle_count is not None:
        numbers = cycle_count[starts].astype(float)
        remarks += several_halves(solid, starts, numbers)
    rows = Bounds(starts, np.append(starts[1:], current_ampere.size) - 1)
    counters = per_cycle(charging_capacity_ah, discharging_capacity_ah, rows.first, rows.last)
    remarks += [counters.remark] if counters.remark else []
    remarks += _gaps(test_time_second, runs)
    table = _table(rows, numbers, solid, (test_time_second, voltage_volt), counters)
    if numbers[0] > 1:
        both = (table.charge_ah > 0) & (table.discharge_ah > 0)
        table = replace(table, discharges_first=bool(both.any()) and float(table.discharge_first[both].mean()) > 0.5)
    return _without_empty(table, counted_by, remarks)


@dataclass(frozen=True)
class Bounds:
    """First and last row of each cycle, from 0."""

    first: Rows
    last: Rows


def _check_signs(solid: Runs, voltage: Array) -> None:
    if not solid.sign.size:
        raise InsufficientData("no-current", "no cycles: the current is zero in every row")
    if not (solid.sign < 0).any():
        raise InsufficientData(
            "no-discharge",
            "no discharge: every current is positive; discharge currents must be negative, so correct the sign, "
            "or add the discharge data",
        )
    rise = (voltage[solid.last_row] - voltage[solid.first_row]) * solid.sign
    long = solid.charge_ah >= SLIGHT_SHARE * solid.charge_ah.max()
    if solid.sign[long].size > 1 and float((rise[long] < 0).mean()) > INVERTED_SHARE:
        raise InsufficientData(
            "current-sign-inverted",
            "the sign of the current seems inverted, as the voltage falls on charge and rises on discharge: "
            "discharge currents must be negative",
        )


def _gaps(time: Array, runs: Runs) -> list[Remark]:
    """Name gaps inside a half-cycle: the current through them was not recorded."""
    wide = np.flatnonzero(time[1:] - time[:-1] > GAP_FACTOR * usual_interval_s(time))
    if not wide.size:
        return []
    run = np.searchsorted(runs.first_row, wide, side="right") - 1
    inside = (run >= 0) & (wide + 1 <= runs.last_row[run])
    wide, run = wide[inside], run[inside]
    gaps = wide[time[wide + 1] - time[wide] > GAP_SHARE * runs.duration_s[run]]
    if not gaps.size:
        return []
    hours = (time[gaps[0] + 1] - time[gaps[0]]) / SECONDS_PER_HOUR
    return [
        Remark(
            "gap-under-current",
            "No rows during {gaps} gaps under current, the first of {hours:.3g} h after row {row}: the current was "
            "assumed constant.",
            gaps=gaps.size,
            hours=hours,
            row=gaps[0] + 1,
        )
    ]


def _table(rows: Bounds, numbers: Array, runs: Runs, series: tuple[Array, Array], counted: Counted) -> CycleSummary:
    time, voltage = series
    cycle = np.searchsorted(rows.first, runs.first_row, side="right") - 1
    halves = [_half(runs, cycle, rows.first.size, sign, voltage) for sign in (1, -1)]
    ways = zip(halves, (counted.charge, counted.discharge), strict=True)
    capacities = [half[0] if own is None else np.where(half[0] > 0, own, 0.0) for half, own in ways]
    means = [_ratio(half[1], half[0]) for half in halves]
    energies = [np.where(ah > 0, ah * np.nan_to_num(mean), 0.0) for ah, mean in zip(capacities, means, strict=True)]
    return CycleSummary(
        cycle=numbers,
        charge_ah=capacities[0],
        discharge_ah=capacities[1],
        charge_energy_wh=energies[0],
        discharge_energy_wh=energies[1],
        mean_charge_voltage_v=means[0],
        mean_discharge_voltage_v=means[1],
        charge_end_voltage_v=halves[0][3],
        discharge_end_voltage_v=halves[1][3],
        mean_charge_current_a=_ratio(halves[0][0] * SECONDS_PER_HOUR, halves[0][2]),
        mean_discharge_current_a=_ratio(halves[1][0] * SECONDS_PER_HOUR, halves[1][2]),
        duration_s=time[rows.last] - time[rows.first],
        first_row=rows.first,
        last_row=rows.last,
        discharge_first=opens_with_discharge(runs, cycle, rows.first.size),
        discharges_first=leading_sign(runs) < 0,
        counted_by="",
        capacity_from="integral" if counted.charge is None else "counters",
        remarks=_disagreement(halves, capacities),
    )


def _half(runs: Runs, cycle: Rows, cycles: int, sign: int, voltage: Array) -> tuple[Array, Array, Array, Array]:
    """Return charge, energy, time under current and end voltage of the charges or discharges of each cycle."""
    way = runs.sign == sign
    of = cycle[way]
    parts = (runs.charge_ah, runs.energy_wh, runs.duration_s)
    sums: list[Array] = [np.bincount(of, part[way], cycles).astype(float) for part in parts]
    end = np.full(cycles, np.nan)
    end[of] = voltage[runs.last_row[way]]
    return sums[0], sums[1], sums[2], end


def _disagreement(halves: list[tuple[Array, Array, Array, Array]], capacities: list[Array]) -> tuple[Remark, ...]:
    remarks = []
    for half_name, half, ah in zip(("charge", "discharge"), halves, capacities, strict=True):
        ratio = _ratio(ah, half[0])
        typical = float(np.median(ratio[np.isfinite(ratio)])) if np.isfinite(ratio).any() else 1.0
        if abs(typical - 1) > COUNTER_TOLERANCE:
            remarks.append(
                Remark(
                    "counter-disagrees-with-current",
                    "The instrument's {half} capacity is {ratio:.3g} times the integral of the current: check the "
                    "units of both columns; the instrument's value was used.",
                    half=half_name,
                    ratio=typical,
                )
            )
    return tuple(remarks)


def _without_empty(table: CycleSummary, counted_by: str, remarks: list[Remark]) -> CycleSummary:
    full = (table.charge_ah > 0) | (table.discharge_ah > 0)
    all_remarks = [*remarks, *table.remarks]
    if not full.all():
        all_remarks.append(
            Remark(
                "empty-cycles-excluded",
                "Excluded, without charge and discharge: cycles {cycles:g}.",
                cycles=Listed(table.cycle[~full]),
            )
        )
    return replace(table.selected(full), counted_by=counted_by, remarks=tuple(all_remarks))


def _ratio(above: Array, below: Array) -> Array:
    """Return the quotient, nan where the divisor is not above zero."""
    quotient: Array = np.divide(above, below, out=np.full(below.shape, np.nan), where=below > 0)
    return quotient
