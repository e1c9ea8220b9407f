"""Changes of the stack pressure of simulated cells, and the shift of the clock of their log."""

from collections.abc import Callable
from functools import cache

import numpy as np

from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from analyses.stack_pressure.clock_shift import found_shift, scan_shifts
from analyses.stack_pressure.half_cycle_pressure import half_cycle_bounds, pressures_of_test
from analyses.stack_pressure.pressure_changes import (
    CycleChange,
    cycle_changes,
    mean_change,
    mean_reversible_change,
)
from analyses.stack_pressure.pressure_log import pressure_log
from analyses.uncertainty import Estimate
from tests.calibration.noise import Array, autoregressive, white
from tests.calibration.study import Answer, Study, answer_of
from tests.pressure_logs import KnownPressure, layered, linear

CURRENT = "current_ampere"
INTERVAL_S = 60.0
WALK_SHARE = 0.1
DRIFT = "bounds from drift within a cycle"
MISFIT = "curvature of the pressure counts as noise"
MEMORY = "longer correlation of the noise is not excluded"
WALK = "allows for a random walk although there is none"
RESOLUTION = "includes the logging interval"
Noise = Callable[[np.random.Generator, int], Array]


@cache
def table_of(cycles: int, rests: int) -> CycleSummary:
    return cycle_summary(**KnownPressure(cycles=cycles, rests=rests).columns)


def correlated(correlation: float) -> Noise:
    return lambda random, size: autoregressive(random, size, correlation)


def walking(random: np.random.Generator, size: int) -> Array:
    """Independent noise and a random walk with steps a tenth as large."""
    return random.normal(size=size) + WALK_SHARE * np.cumsum(random.normal(size=size))


def changes_of(
    random: np.random.Generator, known: KnownPressure, noise: Noise, noise_mpa: float, step_mpa: float
) -> tuple[list[CycleChange], CycleSummary]:
    interval = INTERVAL_S * random.uniform(0.7, 1.3)
    size = known.log(interval_s=interval)["test_time_second"].size
    columns = known.log(interval_s=interval, noise_mpa=noise_mpa * noise(random, size), step_mpa=step_mpa)
    log = pressure_log(columns["test_time_second"], columns["stack_pressure_megapascal"])
    table = table_of(known.cycles, known.rests)
    return cycle_changes(
        pressures_of_test(log, known.time_s, known.columns[CURRENT], table), table.discharge_first, 0.0
    ), table


def at_ends(known: KnownPressure, table: CycleSummary, sign: int) -> Array:
    """The pressures at the start and the end of each half-cycle, shape (cycles, 2)."""
    return known.pressure(half_cycle_bounds(known.time_s, known.columns[CURRENT], table, sign))


def truths(known: KnownPressure, table: CycleSummary) -> dict[str, Array]:
    charge, discharge = at_ends(known, table, 1), at_ends(known, table, -1)
    swing = known.reversible_mpa * (known.shape(np.array(1.0)) - known.shape(np.array(0.0)))
    return {
        "charge": np.diff(charge)[:, 0],
        "irreversible": discharge[:, 1] - charge[:, 0],
        "reversible": np.full(table.cycle.size, float(swing)),
    }


def of_cycle(change: CycleChange, what: str) -> Estimate | None:
    return {
        "charge": change.charge_mpa,
        "irreversible": change.irreversible_mpa,
        "reversible": change.reversible_mpa,
    }[what]


def of_test(changes: list[CycleChange], cycle: Array, what: str) -> Estimate:
    """The mean over all cycles."""
    if what == "reversible":
        charges = [change.charge_mpa for change in changes if change.charge_mpa]
        return mean_reversible_change(
            cycle, charges, [change.discharge_mpa for change in changes if change.discharge_mpa]
        ).mpa
    return mean_change(cycle, [change.irreversible_mpa for change in changes if change.irreversible_mpa]).mpa


QUANTITIES = {
    "charge": "Pressure change on charge",
    "irreversible": "Irreversible pressure change",
    "reversible": "Reversible pressure change",
}


def change_study(
    what: str,
    words: str,
    *,
    noise: Noise = white,
    noise_mpa: float = 2e-3,
    step_mpa: float = 0.0,
    cycles: int = 3,
    is_mean: bool = False,
    more: str = "",
    holds: bool = True,
    shape: Callable[[Array], Array] = linear,
    settling: float = 0.0,
    growth: float = 0.0,
) -> Study:
    """A swing of 0.05 to 0.5 MPa in half-cycles of 5 h; settling of up to `settling` within hours."""

    def trial(random: np.random.Generator) -> Answer:
        known = KnownPressure(
            cycles=cycles,
            reversible_mpa=random.uniform(0.05, 0.5),
            settling_mpa=random.uniform(0.0, settling) if settling else 0.0,
            settling_s=3600 * random.uniform(2.0, 20.0),
            growth_mpa=growth,
            shape=shape,
        )
        changes, table = changes_of(random, known, noise, noise_mpa, step_mpa)
        truth = truths(known, table)[what]
        if is_mean:
            return answer_of(float(truth.mean()), lambda: of_test(changes, table.cycle, what))
        index = int(random.integers(cycles))
        return answer_of(float(truth[index]), lambda: of_cycle(changes[index], what))

    name = f"{QUANTITIES[what]}, mean" if is_mean else QUANTITIES[what]
    return Study(name, words, trial, assumptions_hold=holds, covers_more=more)


def shift_study(words: str, noise: Noise, *, noise_mpa: float, rests: int = 3, **pressure: float) -> Study:
    """A log of four cycles that begins 1 h before to 1 h after the test."""

    def trial(random: np.random.Generator) -> Answer:
        known = KnownPressure(cycles=4, rests=rests, **pressure)
        shift, before = random.uniform(-1e5, 1e5), random.uniform(-3600, 3600)
        empty = known.log(shift_s=shift, before_s=before)
        scatter = noise_mpa * noise(random, empty["test_time_second"].size)
        log = known.log(shift_s=shift, before_s=before, noise_mpa=scatter)
        half_cycle = 3600 * known.capacity_ah / known.current_a
        columns = log["test_time_second"], log["stack_pressure_megapascal"]
        return answer_of(
            shift, lambda: found_shift(scan_shifts(*columns, known.time_s, known.columns[CURRENT], half_cycle))
        )

    return Study("Clock shift of the pressure log", words, trial, covers_more=RESOLUTION)


STUDIES = (
    change_study("charge", "white noise of 1 kPa", noise_mpa=1e-3),
    change_study("charge", "white noise of 10 kPa", noise_mpa=1e-2),
    change_study("charge", "noise of 5 kPa, correlated over 4 rows", noise=correlated(0.8), noise_mpa=5e-3),
    change_study(
        "charge", "noise of 5 kPa, correlated over 10 rows", noise=correlated(0.9), noise_mpa=5e-3, more=MEMORY
    ),
    change_study("charge", "white noise of 2 kPa, a pressure that bends near full charge", shape=layered, more=MISFIT),
    change_study(
        "charge",
        "white noise of 3 kPa, digits of 10 kPa",
        noise_mpa=3e-3,
        step_mpa=1e-2,
        more="the resolution is a bound",
    ),
    change_study("irreversible", "white noise of 2 kPa, growth of 50 kPa a cycle", growth=0.05),
    change_study("irreversible", "white noise of 2 kPa, settling of up to 0.5 MPa", settling=0.5),
    change_study(
        "irreversible",
        "white noise of 2 kPa, settling of up to 0.5 MPa",
        settling=0.5,
        cycles=8,
        is_mean=True,
        more=WALK,
    ),
    change_study("reversible", "white noise of 2 kPa, settling of up to 0.5 MPa", settling=0.5, more=DRIFT),
    change_study("reversible", "white noise of 2 kPa, growth of 50 kPa a cycle", growth=0.05, more=DRIFT),
    change_study(
        "reversible",
        "white noise of 2 kPa, settling of up to 0.5 MPa",
        settling=0.5,
        cycles=8,
        is_mean=True,
        more=DRIFT,
    ),
    shift_study("white noise of 3 kPa, a swing of 0.3 MPa", white, noise_mpa=3e-3),
    shift_study("white noise of 3 kPa, settling of 0.5 MPa", white, noise_mpa=3e-3, settling_mpa=0.5),
    shift_study("noise of 3 kPa and a random walk", walking, noise_mpa=3e-3, rests=0),
)
