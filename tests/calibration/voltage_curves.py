"""Hysteresis at half capacity and ohmic drop of simulated cells."""

from collections.abc import Callable

import numpy as np

from analyses.cycling.cycles.cycle_summary import CycleSummary, cycle_summary
from analyses.cycling.voltage.current_steps import current_step, time_series
from analyses.cycling.voltage.voltage_curve import half_cycle
from analyses.cycling.voltage.voltage_hysteresis import half_capacity_voltage, voltage_hysteresis
from analyses.uncertainty import Estimate
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of

HOUR_S = 3600.0
CURRENT_A = 1e-3
REST_S = 600.0
BOUNDED = "bounds from the limited resolution of the rows"
DECIMALS = "the resolution of the voltage is a bound"
Clock = Callable[[np.random.Generator, float, float], Array]


def with_ends(random: np.random.Generator, length_s: float, interval_s: float) -> Array:
    """Rows from the first moment of a step to the last."""
    time = np.arange(0.0, length_s, interval_s)
    return np.append(time[time < length_s - 1e-6], length_s)


def after_each_interval(random: np.random.Generator, length_s: float, interval_s: float) -> Array:
    """Rows after each interval of a step, none at its first moment or its last."""
    return np.arange(interval_s, length_s - 1e-6, interval_s)


def own_clock(random: np.random.Generator, length_s: float, interval_s: float) -> Array:
    """Rows of a clock that knows nothing of steps."""
    return np.arange(random.uniform(0.0, interval_s), length_s, interval_s)


def ocv(level: Array, kink: float = 0.0) -> Array:
    """Open-circuit voltage of a state of charge, with a change of slope at one half [V]."""
    return 3.6 + 0.5 * level + 0.05 * np.tanh((level - 0.3) / 0.08) + kink * np.abs(level - 0.5) / 2


def rows(
    random: np.random.Generator,
    clock: Clock,
    *,
    interval_s: float,
    hours: float,
    response: Callable[[Array], Array],
    hysteresis_v: float = 0.0,
    noise_v: float = 0.0,
    digits_v: float = 0.0,
    kink: float = 0.0,
) -> dict[str, Array]:
    """A charge, a rest, a discharge and a rest; `response` is the resistance at a time after a step.

    Half of the hysteresis is added while charging and taken away while discharging.
    """
    lengths = (hours * HOUR_S, REST_S, hours * HOUR_S, REST_S)
    currents = np.array([CURRENT_A, 0.0, -CURRENT_A, 0.0])
    starts = np.concatenate(([0.0], np.cumsum(lengths)[:-1]))
    changes = np.diff(currents, prepend=0.0)
    parts = []
    for step, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        time = clock(random, length, interval_s)
        share = time / length
        level = (share, np.ones_like(share), 1 - share, np.zeros_like(share))[step]
        voltage = ocv(level, kink) + np.sign(currents[step]) * hysteresis_v / 2
        for before in range(step + 1):
            voltage = voltage + changes[before] * response(start + time - starts[before])
        parts.append(np.array([start + time, voltage, np.full(time.size, currents[step]), np.full(time.size, step)]))
    time, voltage, current, number = np.concatenate(parts, axis=1)
    voltage = voltage + noise_v * random.normal(size=voltage.size)
    if digits_v:
        voltage = np.round(voltage / digits_v) * digits_v
    return {"test_time_second": time, "voltage_volt": voltage, "current_ampere": current, "step_index": number}


def table_of(columns: dict[str, Array]) -> CycleSummary:
    return cycle_summary(**columns)


def ohmic_drop(columns: dict[str, Array]) -> Estimate:
    """The resistance at the start of the discharge."""
    table = table_of(columns)
    series = time_series(*list(columns.values())[:3], table)
    return current_step(series, series.step_row(table, 0, -1, is_start=True)).resistance_ohm


def hysteresis(columns: dict[str, Array]) -> Estimate:
    """The hysteresis at half capacity of the cycle."""
    table = table_of(columns)
    time, voltage, current = list(columns.values())[:3]
    series = time_series(time, voltage, current, table)
    charge, discharge = (
        half_capacity_voltage(
            half_cycle((time, voltage, current), table, 0, way),
            capacity_resolution_ah=float(resolution[0]),
            voltage_step_v=series.voltage_step_v,
            constant_current_a=CURRENT_A,
        )
        for way, resolution in ((1, table.charge_resolution_ah), (-1, table.discharge_resolution_ah))
    )
    return voltage_hysteresis(charge, discharge)


def drop_study(
    words: str,
    clock: Clock,
    *,
    interval_s: float = 10.0,
    diffusion: tuple[float, float] = (0.0, 0.3),
    process: tuple[float, float] | None = None,
    is_part: bool = False,
    more: str = BOUNDED,
    **disturbance: float,
) -> Study:
    """Ohmic drops of 20 to 200 mV with a diffusion that adds a share of them within the interval of the rows.

    `process` adds half of the resistance with a time constant within these, over the interval of the rows; it is part
    of the resistance if it settles between them.
    """

    def trial(random: np.random.Generator) -> Answer:
        ohm = 10 ** random.uniform(1.3, 2.3)
        slow = random.uniform(*diffusion) * ohm / np.sqrt(interval_s)
        constant_s = interval_s * np.exp(random.uniform(*np.log(process))) if process else 1.0
        fast = ohm / 2 if process else 0.0

        def response(time: Array) -> Array:
            return ohm + slow * np.sqrt(time) * np.exp(-time / 7200) + fast * (1 - np.exp(-time / constant_s))

        columns = rows(
            random, clock, interval_s=interval_s, hours=random.uniform(0.5, 3), response=response, **disturbance
        )
        return answer_of(ohm + (fast if is_part else 0.0), lambda: ohmic_drop(columns))

    return Study("Ohmic drop", words, trial, assumptions_hold=process is None or is_part, covers_more=more)


def hysteresis_study(
    words: str, clock: Clock, *, interval_s: float = 10.0, more: str = "", holds: bool = True, **disturbance: float
) -> Study:
    """Hysteresis of 20 to 200 mV, and a resistance that adds as much or less."""

    def trial(random: np.random.Generator) -> Answer:
        gap, ohm = random.uniform(0.02, 0.2), random.uniform(0.0, 100.0)

        def response(time: Array) -> Array:
            return np.full(time.shape, ohm)

        columns = rows(
            random,
            clock,
            interval_s=interval_s,
            hours=random.uniform(0.5, 3),
            response=response,
            hysteresis_v=gap,
            **disturbance,
        )
        return answer_of(gap + 2 * ohm * CURRENT_A, lambda: hysteresis(columns))

    return Study("Hysteresis at half capacity", words, trial, covers_more=more, assumptions_hold=holds)


STUDIES = (
    hysteresis_study(
        "rows every 10 s and at the end of each step, noise of 0.2 mV", with_ends, noise_v=2e-4, more=BOUNDED
    ),
    hysteresis_study(
        "rows every 10 s and at the end of each step, noise of 2 mV", with_ends, noise_v=2e-3, more=BOUNDED
    ),
    hysteresis_study(
        "rows every 10 s, noise of 0.2 mV, voltage rounded to 1 mV",
        with_ends,
        noise_v=2e-4,
        digits_v=1e-3,
        more=DECIMALS,
    ),
    hysteresis_study(
        "rows every 60 s, not at the end of a step, noise of 0.2 mV",
        after_each_interval,
        interval_s=60.0,
        noise_v=2e-4,
        more=BOUNDED,
    ),
    hysteresis_study("rows every 180 s, noise of 0.2 mV", with_ends, interval_s=180.0, noise_v=2e-4, more=BOUNDED),
    hysteresis_study("a kink of 0.5 V per capacity, noise of 0.2 mV", with_ends, noise_v=2e-4, kink=0.5, holds=False),
    hysteresis_study(
        "a kink of 0.5 V per capacity, rows every 180 s",
        with_ends,
        interval_s=180.0,
        kink=0.5,
        more=BOUNDED,
        holds=False,
    ),
    drop_study("rows every 10 s and at both ends of each step, noise of 0.2 mV", with_ends, noise_v=2e-4, more=""),
    drop_study("rows every 10 s, not at the ends of a step, noise of 0.2 mV", after_each_interval, noise_v=2e-4),
    drop_study("rows of a clock of its own every 10 s, noise of 0.2 mV", own_clock, noise_v=2e-4),
    drop_study(
        "rows every 10 s and at both ends of each step, voltage rounded to 1 mV",
        with_ends,
        digits_v=1e-3,
        more=DECIMALS,
    ),
    drop_study(
        "rows every 10 s, not at the ends of a step, voltage rounded to 1 mV", after_each_interval, digits_v=1e-3
    ),
    drop_study(
        "a process that settles within a tenth of the interval, noise of 0.2 mV",
        after_each_interval,
        process=(0.01, 0.1),
        is_part=True,
        noise_v=2e-4,
    ),
    drop_study(
        "a process as slow as one to ten intervals, noise of 0.2 mV",
        after_each_interval,
        process=(1.0, 10.0),
        noise_v=2e-4,
    ),
)
