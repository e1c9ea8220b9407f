"""The per-cycle table of a galvanostatic test, from its rows of time, voltage and current."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.cycling.cycles.cycle_halves import Half, half_of
from analyses.cycling.cycles.cycle_starts import (
    instrument_starts,
    leading_sign,
    opens_with_discharge,
    split_cycles,
    starts_by_current,
)
from analyses.cycling.rows.charge_counter import COUNTER_TOLERANCE, Counted, before_first_row_ah, per_cycle
from analyses.cycling.rows.gaps import Gaps, find_gaps, gap_remarks, mean_voltage_error_v, widened
from analyses.cycling.rows.half_cycles import (
    SECONDS_PER_HOUR,
    Runs,
    check_series,
    runs_of,
    without_noise,
)
from analyses.cycling.rows.rounding import rounding_share
from analyses.cycling.rows.row_checks import (
    FEW_ROWS,
    FEWEST_INTEGRATED,
    check_signs,
    coarse_rows,
    counters_against_current,
    known_steps,
)

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class CycleSummary:
    """One entry for each cycle; every array of shape (cycles,). What a cycle lacks is nan."""

    cycle: Array
    charge_ah: Array
    discharge_ah: Array
    charge_resolution_ah: Array
    """Largest error of the charge from what rows or counters do not tell [Ah]."""
    discharge_resolution_ah: Array
    charge_energy_wh: Array
    """Nan too where the half-cycle has fewer than three rows, as a mean voltage."""
    discharge_energy_wh: Array
    mean_charge_voltage_v: Array
    """Charge energy over charge capacity [V]."""
    mean_discharge_voltage_v: Array
    mean_charge_step_v: Array
    """Largest error of the mean voltage, as the rows do not tell how it changed between them [V]."""
    mean_discharge_step_v: Array
    charge_end_voltage_v: Array
    discharge_end_voltage_v: Array
    charge_end_step_v: Array
    """How much further the voltage may have gone after the last row of the charge, before the next row [V]."""
    discharge_end_step_v: Array
    charge_current_a: Array
    """Of the constant-current part of the charge: the median from 5 % to 30 % of the rows of its longest run, after a
    first slow step and before the voltage is held; positive [A]."""
    discharge_current_a: Array
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
    """Irregularities, and how they were handled."""
    charge_gap_cycles: tuple[float, ...] = ()
    """Numbers of the cycles whose charge is uncertain by that of a gap under current."""
    discharge_gap_cycles: tuple[float, ...] = ()

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
        ends_stored = (stored > 0) & (~in_order | ~(recovered > 0))
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
    def energy_resolution_wh(self) -> tuple[Array, Array]:
        """Largest error of the discharge and the charge energy of each cycle, from capacity and mean voltage [Wh]."""
        discharge = self.discharge_resolution_ah * np.abs(self.mean_discharge_voltage_v)
        charge = self.charge_resolution_ah * np.abs(self.mean_charge_voltage_v)
        return (
            discharge + self.discharge_ah * self.mean_discharge_step_v,
            charge + self.charge_ah * self.mean_charge_step_v,
        )

    @property
    def energy_pair_resolution_wh(self) -> tuple[Array, Array]:
        """Largest error of each of `energy_pair_wh` [Wh]."""
        discharge, charge = self.energy_resolution_wh
        return (self.preceding(discharge), charge) if self.discharges_first else (discharge, self.preceding(charge))

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
    step_index: Array | None = None,
    charging_capacity_ah: Array | None = None,
    discharging_capacity_ah: Array | None = None,
    time_step_s: float = 0.0,
    current_step_a: float = 0.0,
) -> CycleSummary:
    """Summarise each cycle.

    Cycles are the instrument's where it counted them; else a cycle begins where the current turns from discharge to
    charge (from charge to discharge in a test that begins with a full discharge). Rests between do not count, nor
    does current about zero (`half_cycles.rest_threshold_a`, `half_cycles.without_noise`). Capacities are those of
    the instrument's counters where it has them, else the trapezoidal integral of the current; the charge of a gap under
    current (`gaps.find_gaps`) then counts and is part of the resolution. Energy is capacity times the mean voltage,
    weighted by charge.

    Parameters
    ----------
    test_time_second, voltage_volt, current_ampere : ndarray, shape (rows,)
        Time, never going back [s], voltage [V], and current, negative while discharging [A].
    cycle_count : ndarray, shape (rows,), optional
        The instrument's number of the cycle each row belongs to.
    step_index : ndarray, shape (rows,), optional
        The instrument's number of the step of its program each row belongs to; where it changes, the interval between
        two rows belongs to neither half-cycle.
    charging_capacity_ah, discharging_capacity_ah : ndarray, shape (rows,), optional
        The instrument's counters, both or none; they may start again from zero [Ah].
    time_step_s, current_step_a : float, optional
        Steps in which times and currents are known to be written; zero takes those of their decimals [s], [A].

    Returns
    -------
    CycleSummary

    Raises
    ------
    InsufficientData
        If a number is missing, time goes back, there is no current or no discharge, the sign of the current is that
        of a charge where the voltage falls, or without counters most half-cycles have fewer than three rows.
    """
    check_series(test_time_second, voltage_volt, current_ampere)
    starts, remarks, counted_by = instrument_starts(cycle_count)
    step = known_steps(step_index)
    runs = runs_of(
        test_time_second,
        voltage_volt,
        current_ampere,
        starts,
        step,
        time_step_s=time_step_s,
        current_step_a=current_step_a,
    )
    solid = without_noise(runs)
    check_signs(solid, voltage_volt)
    own = starts_by_current(solid)
    if starts.size == 1 and own.size > 1:
        if counted_by == "instrument":
            remarks.append(
                Remark(
                    "one-cycle-counted",
                    "The instrument counted one cycle, the sign of the current gives {cycles}: the latter was used.",
                    cycles=own.size,
                )
            )
        starts, counted_by = own, "current"
    counted = starts
    # A discharge that only empties a charged cell comes before its first cycle.
    empties = int(solid.sign[0]) != leading_sign(solid)
    if counted_by == "instrument" and cycle_count is not None:
        starts, numbers, split = split_cycles(solid, starts, cycle_count[starts].astype(float))
        remarks += split
        empties = empties and bool(np.isin(starts[1:2], counted, invert=True).any())
    else:
        numbers = np.arange(1.0, starts.size + 1)
    numbers = numbers - (1.0 if empties else 0.0)
    rows = Bounds(starts, np.append(starts[1:], current_ampere.size) - 1)
    added = np.setdiff1d(starts, counted)
    if exchanged := counters_against_current(charging_capacity_ah, discharging_capacity_ah, current_ampere):
        remarks.append(exchanged)
        charging_capacity_ah = discharging_capacity_ah = None
    counters = per_cycle(
        charging_capacity_ah,
        discharging_capacity_ah,
        rows.first,
        rows.last,
        step,
        split=added,
        first_interval_ah=before_first_row_ah(test_time_second, current_ampere),
    )
    remarks += [counters.remark] if counters.remark else []
    gaps = find_gaps(test_time_second, voltage_volt, current_ampere, solid)
    in_cycle = numbers[np.searchsorted(starts, gaps.row, side="right") - 1]
    remarks += gap_remarks(gaps, in_cycle, counted=counters.charge is not None)
    remarks += coarse_rows(test_time_second, solid, counters, step)
    series = test_time_second, voltage_volt, current_ampere
    tolerance = COUNTER_TOLERANCE + rounding_share(solid, current_step_a)
    table = _table(rows, numbers, solid, series, (counters, gaps, tolerance))
    if counters.charge is None:
        sign = solid.sign[gaps.run]
        charges, discharges = (tuple(np.unique(in_cycle[sign == way]).tolist()) for way in (1, -1))
        table = replace(table, charge_gap_cycles=charges, discharge_gap_cycles=discharges)
    if numbers[0] > 1:
        both = (table.charge_ah > 0) & (table.discharge_ah > 0)
        table = replace(table, discharges_first=bool(both.any()) and float(table.discharge_first[both].mean()) > 0.5)
    return _without_empty(table, counted_by, remarks)


@dataclass(frozen=True)
class Bounds:
    """First and last row of each cycle, from 0."""

    first: Rows
    last: Rows


def _table(
    rows: Bounds,
    numbers: Array,
    runs: Runs,
    series: tuple[Array, Array, Array],
    known: tuple[Counted, Gaps, float],
) -> CycleSummary:
    time = series[0]
    counted, gaps, tolerance = known
    if counted.charge is None:
        runs = widened(runs, gaps)
    cycle = np.searchsorted(rows.first, runs.first_row, side="right") - 1
    halves = [half_of(runs, cycle, rows.first.size, sign, series) for sign in (1, -1)]
    ways = zip(halves, (counted.charge, counted.discharge), strict=True)
    capacities = [np.where(half.charge_ah > 0, half.charge_ah if own is None else own, np.nan) for half, own in ways]
    capacities = [np.where(ah > 0, ah, np.nan) for ah in capacities]
    means = [_ratio(half.energy_wh, np.where(half.rows < FEWEST_INTEGRATED, 0.0, half.charge_ah)) for half in halves]
    energies = [ah * mean for ah, mean in zip(capacities, means, strict=True)]
    steps = [half.mean_step_v for half in halves]
    if counted.charge is None:
        steps = [
            half.mean_step_v + mean_voltage_error_v(gaps, cycle, half.charge_ah, mean, runs.sign == sign)
            for half, mean, sign in zip(halves, means, (1, -1), strict=True)
        ]
    resolutions = [
        half.resolution_ah if counted.charge is None else np.full(half.rows.size, step)
        for half, step in zip(halves, counted.resolution_ah, strict=True)
    ]
    return CycleSummary(
        cycle=numbers,
        charge_ah=capacities[0],
        discharge_ah=capacities[1],
        charge_resolution_ah=resolutions[0],
        discharge_resolution_ah=resolutions[1],
        charge_energy_wh=energies[0],
        discharge_energy_wh=energies[1],
        mean_charge_voltage_v=means[0],
        mean_discharge_voltage_v=means[1],
        mean_charge_step_v=steps[0],
        mean_discharge_step_v=steps[1],
        charge_end_voltage_v=halves[0].end_voltage_v,
        discharge_end_voltage_v=halves[1].end_voltage_v,
        charge_end_step_v=halves[0].end_step_v,
        discharge_end_step_v=halves[1].end_step_v,
        charge_current_a=halves[0].current_a,
        discharge_current_a=halves[1].current_a,
        mean_charge_current_a=_ratio(halves[0].charge_ah * SECONDS_PER_HOUR, halves[0].duration_s),
        mean_discharge_current_a=_ratio(halves[1].charge_ah * SECONDS_PER_HOUR, halves[1].duration_s),
        duration_s=time[rows.last] - time[rows.first],
        first_row=rows.first,
        last_row=rows.last,
        discharge_first=opens_with_discharge(runs, cycle, rows.first.size),
        discharges_first=leading_sign(runs) < 0,
        counted_by="",
        capacity_from="integral" if counted.charge is None else "counters",
        remarks=_disagreement(halves, capacities, tolerance),
    )


def _disagreement(halves: list[Half], capacities: list[Array], tolerance: float) -> tuple[Remark, ...]:
    remarks = []
    for half_name, half, ah in zip(("charge", "discharge"), halves, capacities, strict=True):
        ratio = _ratio(ah, np.where(half.rows < FEW_ROWS, 0.0, half.charge_ah))
        typical = float(np.median(ratio[np.isfinite(ratio)])) if np.isfinite(ratio).any() else 1.0
        if abs(typical - 1) > tolerance:
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
