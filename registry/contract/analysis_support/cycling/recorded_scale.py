"""Data recorded per gram of active material or per area, and what turns them into those of the cell.

A file may hold mAh/g, mA/g, mAh/cm² or mA/cm² and no mAh or mA. With the recorded mass or area its numbers are those of
the cell. A capacity without them is kept in its own unit: ratios such as retention need neither.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.cell.active_mass import active_mass_g, cathode_area_cm2
from analyses.cycling.cycles.cycle_summary import CycleSummary
from analyses.cycling.rows.half_cycles import check_series, runs_of, without_noise
from analyses.cycling.rows.rounding import rounding_share
from analyses.insufficient_data import InsufficientData
from analyses.statistics.resolution import decimal_step
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.cell.cell_stack import ANODE, CATHODE, read_repeat_units
from registry.contract.analysis_support.cell.electrode_area import electrode_area
from registry.contract.analysis_support.cell.weighed_layer import read_weighed_layer
from registry.contract.curve import Curve, Plot
from registry.contract.cycle_table import CycleTable
from registry.contract.input_dataset import Columns, InputDataset
from registry.contract.inputs import Inputs
from registry.contract.outcome import Message, NotComputed, Outcome, Refused, Result
from registry.contract.written_step import written_step

Array = NDArray[np.float64]

MASS, AREA, COARSE_CURRENT = "mass", "area", "coarse current"
MG_PER_G = 1e3
CAPACITIES = {
    MASS: {
        "cycle_discharging_specific_capacity_ah_per_gram": "cycle_discharging_capacity_ah",
        "cycle_charging_specific_capacity_ah_per_gram": "cycle_charging_capacity_ah",
    },
    AREA: {
        "cycle_discharging_areal_capacity_ah_per_square_centimetre": "cycle_discharging_capacity_ah",
        "cycle_charging_areal_capacity_ah_per_square_centimetre": "cycle_charging_capacity_ah",
    },
}
"""Columns of capacities per mass or area, and those of the cell."""
CURRENTS = {MASS: "specific_current_ampere_per_gram", AREA: "current_density_ampere_per_square_centimetre"}
CURRENT, DISCHARGE = "current_ampere", "cycle_discharging_capacity_ah"
ROWS = ("test_time_second", "voltage_volt")
UNITS = {MASS: ("mAh/g", "mA/g"), AREA: ("mAh/cm²", "mA/cm²")}
RECORDED = {MASS: "specific_capacity_mah_g", AREA: "areal_capacity_mah_cm2"}
"""The quantity that data per mass or area hold themselves."""
COUNTERS = ("charging_capacity_ah", "discharging_capacity_ah")
MOST_ROUNDING = 0.99
NOTABLE_ROUNDING = 0.001
SAME_CURRENT = 0.01
"""Relative difference up to which two currents are one."""
OF_THE_CELL = frozenset(
    {"discharge_capacity_mah", "charge_capacity_mah", "capacity_mah", "capacity_scatter_mah", "capacity_throughput_mah"}
    | {"discharge_energy_mwh", "charge_energy_mwh", "energy_mwh", "discharge_current_ma"}
)
"""Quantities of cycling tests that are proportional to the mass, the area, or the current."""


@dataclass(frozen=True)
class RecordedScale:
    """Factor for data recorded per mass or area, or the share to which data with a current of few digits are known."""

    per: str
    """`mass`, `area` or `coarse current`."""
    size: Estimate | None
    """Mass of active material [g] or area of the electrodes [cm²], None if it is not known; of a coarse current 1, with
    the share that its rounding leaves open."""
    lacking: NotComputed | None = None
    """Why it is not known."""

    @property
    def factor(self) -> float:
        """The factor applied to the data: 1 if the size is not known, so that they keep their own unit."""
        return self.size.magnitude if self.size else 1.0


class ScaledDataset(InputDataset):
    """A dataset whose columns of the cell were computed from columns per mass or area."""

    scale: RecordedScale


def scale_of(dataset: InputDataset) -> RecordedScale | None:
    """Return what the data were multiplied by; None if they are those of the cell as recorded."""
    return dataset.scale if isinstance(dataset, ScaledDataset) else None


def capacity_unit(dataset: InputDataset) -> str:
    """Return the unit of capacities computed from the data, for messages."""
    scale = scale_of(dataset)
    return UNITS[scale.per][0] if scale and scale.size is None else "mAh"


def of_the_cell(inputs: Inputs, dataset: InputDataset) -> tuple[InputDataset, tuple[Message, ...]]:
    """Return the data with the columns of the cell, computed if the file has only those per mass or area.

    Refuses a current per mass or area if the mass or area is not known; a capacity per cycle is then kept as it is.
    """
    names = set(dataset.names)
    if CURRENT in names:
        return _with_rounding(dataset)
    if DISCHARGE in names:
        return dataset, ()
    for per, current in CURRENTS.items():
        if {*ROWS, current} <= names:
            scale = read_scale(inputs, per)
            if scale.lacking:
                raise Refused.of(scale.lacking)
            return _scaled(dataset, scale, {current: CURRENT})
    for per, capacities in CAPACITIES.items():
        if next(iter(capacities)) in names:
            return _scaled(
                dataset, read_scale(inputs, per), {name: capacities[name] for name in capacities if name in names}
            )
    return dataset, ()


def _with_rounding(dataset: InputDataset) -> tuple[InputDataset, tuple[Message, ...]]:
    """Return the data with the rounding of a current of few digits, if no counters of charge stand in for it."""
    step = written_step(dataset, CURRENT)
    names = set(dataset.names)
    if not step or not {*ROWS, CURRENT} <= names:
        return dataset, ()
    if set(COUNTERS) <= names and any(np.any(dataset.column(name)) for name in COUNTERS):
        return dataset, ()
    rows = [np.asarray(dataset.column(name), dtype=float) for name in (*ROWS, CURRENT)]
    try:
        check_series(*rows)
    except InsufficientData:
        # The analysis refuses the rows with the same reason.
        return dataset, ()
    # A current of many levels has the rounding of each half-cycle in its resolution.
    share = 0.0 if decimal_step(rows[2]) else min(rounding_share(without_noise(runs_of(*rows)), step), MOST_ROUNDING)
    if not share:
        return dataset, ()
    message = Message(
        "current-of-few-digits",
        "The file writes the current in steps of {step_ma:.3g} mA: capacities and energies integrated from it are "
        "known to {percent:.2g} %, ratios of half-cycles at the same current better. Export the file with more digits, "
        "or with the counters of charge.",
        "warning",
        step_ma=1e3 * step,
        percent=100 * share,
    )
    columns = {name: dataset.column(name) for name in dataset.names}
    scaled = _with_scale(dataset, columns, RecordedScale(COARSE_CURRENT, Estimate.rounded(1.0, share)))
    return scaled, (message,) if share >= NOTABLE_ROUNDING else ()


def rounding_ah(dataset: InputDataset, cycles: CycleSummary) -> Array:
    """Return what the rounding of a current of few digits leaves open between charge and discharge of each cycle [Ah].

    It is the same in both where they have the same current.
    """
    scale = scale_of(dataset)
    if scale is None or scale.size is None or scale.per != COARSE_CURRENT:
        return np.zeros(cycles.cycle.size)
    charge, discharge = cycles.charge_current_a, cycles.discharge_current_a
    differs = np.abs(charge - discharge) > SAME_CURRENT * np.maximum(charge, discharge)
    return np.where(differs, 2 * scale.size.half_width * np.nan_to_num(cycles.charge_ah), 0.0)


def with_scale_of(dataset: InputDataset, source: InputDataset) -> InputDataset:
    """Return a dataset made of others, such as of several pieces, with the scale of the first of them."""
    if not isinstance(source, ScaledDataset):
        return dataset
    return _with_scale(source, {name: dataset.column(name) for name in dataset.names}, source.scale)


def _scaled(
    dataset: InputDataset, scale: RecordedScale, names: Mapping[str, str]
) -> tuple[InputDataset, tuple[Message, ...]]:
    columns = {name: dataset.column(name) for name in dataset.names}
    for recorded, target in names.items():
        columns[target] = np.asarray(columns[recorded], dtype=float) * scale.factor
    return _with_scale(dataset, columns, scale), (_message(scale, names),)


def _with_scale(dataset: InputDataset, columns: Columns, scale: RecordedScale) -> ScaledDataset:
    scaled = ScaledDataset(lambda: columns, dataset._fact, dataset._header_names)
    scaled.scale = scale
    return scaled


def _message(scale: RecordedScale, names: Mapping[str, str]) -> Message:
    unit = UNITS[scale.per][int(CURRENT in names.values())]
    if scale.size is None:
        assert scale.lacking
        return Message(
            "capacity-in-own-unit",
            "The capacities are in {unit}, as in the file: {reason}.",
            unit=unit,
            reason=scale.lacking.reason,
        )
    if scale.per == MASS:
        return Message(
            "scaled-by-active-mass",
            "The file is in {unit}, assumed per gram of active material: multiplied by {mass_mg:.4g} mg (loading × "
            "area × active fraction of the cathode).",
            unit=unit,
            mass_mg=scale.size.magnitude * MG_PER_G,
        )
    return Message(
        "scaled-by-area",
        "The file is in {unit}: multiplied by the area of the electrode, {area_cm2:.4g} cm².",
        unit=unit,
        area_cm2=scale.size.magnitude,
    )


def read_scale(inputs: Inputs, per: str) -> RecordedScale:
    """Return mass of the cathode or area of the electrodes as recorded, or why it is not known.

    A cell without a cathode, such as a symmetric one, has the area of its electrodes.
    """
    try:
        cathodes = [layer for layer in inputs.layers if layer.role == CATHODE]
        if not cathodes and per == AREA and any(layer.role == ANODE for layer in inputs.layers):
            return _of_electrodes(inputs)
        if not cathodes:
            raise Refused("missing-layer-role", "the cell has no layer with the role {role}: add one", role=CATHODE)
        units = read_repeat_units(inputs) or 1
        areas = [layer.require("area_cm2", "area") for layer in cathodes]
        if per == AREA:
            return RecordedScale(per, cathode_area_cm2(areas, units))
        parts = [
            replace(
                read_weighed_layer(layer),
                active_fraction_percent=layer.require("active_fraction_percent", "mass fraction of active material"),
            )
            for layer in cathodes
        ]
        return RecordedScale(per, active_mass_g(parts, units))
    except (Refused, InsufficientData) as refusal:
        return RecordedScale(per, None, NotComputed.because(RECORDED[per], refusal))


def _of_electrodes(inputs: Inputs) -> RecordedScale:
    area = electrode_area(inputs)
    if isinstance(area, Estimate):
        return RecordedScale(AREA, area)
    return RecordedScale(AREA, None, NotComputed.because(RECORDED[AREA], area))


def recorded_step(dataset: InputDataset, numbers: Array) -> float:
    """Return the decimal step of numbers of the cell as the file has them: of 180.5 mAh/g 0.1, times the mass."""
    scale = scale_of(dataset)
    factor = scale.factor if scale else 1.0
    return decimal_step(numbers / factor) * factor


def recorded_capacity(dataset: InputDataset, capacity_mah: Estimate) -> Result | None:
    """Return the capacity per mass or area that the file itself holds, without the uncertainty of the mass or area."""
    scale = scale_of(dataset)
    if scale is None or scale.per not in RECORDED:
        return None
    recorded = propagate(lambda capacity: capacity / scale.factor, capacity=capacity_mah)
    return Result(RECORDED[scale.per], recorded, f"as in the file, in {UNITS[scale.per][0]}")


def with_size_uncertainty(dataset: InputDataset, number: Estimate) -> Estimate:
    """Return a number of the cell with the uncertainty of the mass, the area or the current of the data."""
    scale = scale_of(dataset)
    if scale is None or scale.size is None:
        return number
    best = scale.size.magnitude
    return propagate(lambda number, size: number * size / best, number=number, size=scale.size)


def in_known_units(dataset: InputDataset, outcome: Outcome) -> Outcome:
    """Return the outcome with the uncertainty of the mass or area, or without what needs one that is not known."""
    scale = scale_of(dataset)
    if scale is None:
        return outcome
    if scale.size is None:
        return _without_size(scale, outcome)
    values = (
        replace(item, estimate=with_size_uncertainty(dataset, item.estimate)) if item.quantity in OF_THE_CELL else item
        for item in outcome.values
    )
    return replace(outcome, values=tuple(values))


def _without_size(scale: RecordedScale, outcome: Outcome) -> Outcome:
    """Return the outcome without values, curves and columns in mAh, mWh or mA."""
    assert scale.lacking
    lacking = scale.lacking
    removed = dict.fromkeys(item.quantity for item in outcome.values if item.quantity in OF_THE_CELL)
    reasons = (NotComputed.stored(slug, lacking.code, lacking.reason, lacking.parameters) for slug in removed)
    return replace(
        outcome,
        values=tuple(item for item in outcome.values if item.quantity not in OF_THE_CELL),
        curves=tuple(curve for curve in outcome.curves if not _is_of_the_cell(curve)),
        not_computed=(*outcome.not_computed, *reasons),
        cycles=_without_columns(outcome.cycles),
    )


def _is_of_the_cell(curve: Plot) -> bool:
    return isinstance(curve, Curve) and bool({curve.x.quantity, curve.y.quantity} & OF_THE_CELL)


def _without_columns(table: CycleTable | None) -> CycleTable | None:
    if table is None:
        return None
    columns = {slug: numbers for slug, numbers in table.columns.items() if slug not in OF_THE_CELL}
    return replace(table, columns=columns) if columns else None
