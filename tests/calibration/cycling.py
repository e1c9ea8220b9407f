"""Capacity retention, efficiency, fade and cycle life of cycling tests."""

from collections.abc import Callable

import numpy as np

from analyses.cycling.capacity.capacity_retention import fade
from analyses.cycling.capacity.cycle_life import life_cycles
from analyses.cycling.cycles.cycle_series import CycleSeries, cycle_series
from analyses.insufficient_data import InsufficientData
from analyses.uncertainty import Estimate
from plugins import capacity_retention
from registry.hookspecs import Inputs, Refused
from tests.calibration import noise
from tests.calibration.noise import Array
from tests.calibration.study import Answer, Study, answer_of

HOUR_S = 3600.0
CYCLES = 12
BOUNDED = "bounds from the limited resolution of the rows"
WHOLE = "a whole number"
HIDDEN = "allows for a drift that the test cannot detect"
PARAMETERS = {parameter.name: parameter.default for parameter in capacity_retention.register_analyses()[0].parameters}


def logged_rows(
    random: np.random.Generator,
    discharge_mah: Array,
    *,
    efficiency: float = 0.995,
    interval_s: float = 30.0,
    ends: bool = True,
    noise_of_current: float = 0.0,
    digits_of_time_s: float = 0.0,
    digits_of_current_a: float = 0.0,
    steps: bool = True,
) -> dict[str, Array]:
    """Return rows of charge, rest, discharge and rest at 1 mA, logged every so many seconds of each step.

    `ends` logs the last moment of each step too. The time of a cycler runs on between its rows.
    """
    parts: list[Array] = []
    clock = 0.0
    for cycle, capacity in enumerate(discharge_mah, start=1):
        for step, (current, hours) in enumerate(
            ((1e-3, capacity / efficiency), (0.0, 0.25), (-1e-3, capacity), (0.0, 0.25)), start=1
        ):
            length = hours * HOUR_S
            time = np.arange(0.0, length, interval_s)
            if ends:
                time = np.append(time[time < length - 1e-6], length)
            share = time / length
            level = {1: share, 2: np.ones_like(share), 3: 1 - share, 4: np.zeros_like(share)}[step]
            measured = current * (1 + noise_of_current * random.normal(size=time.size))
            parts.append(
                np.array([clock + time, 3 + 1.2 * level, measured, np.full(time.size, cycle), np.full(time.size, step)])
            )
            clock += length
    rows = np.concatenate(parts, axis=1)
    names = ("test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_index")
    columns = dict(zip(names, rows, strict=True))
    if digits_of_time_s:
        columns["test_time_second"] = np.round(columns["test_time_second"] / digits_of_time_s) * digits_of_time_s
    if digits_of_current_a:
        columns["current_ampere"] = np.round(columns["current_ampere"] / digits_of_current_a) * digits_of_current_a
    if not steps:
        del columns["step_index"]
    return columns


def from_rows(quantity: str, name: str, words: str, *, more: str = BOUNDED, **logging: object) -> Study:
    """A test of 12 cycles that fades by half a per cent a cycle, logged in a way."""

    def trial(random: np.random.Generator) -> Answer:
        start = float(random.uniform(1.2, 2.5))
        capacity = start * (1 - 0.005 * np.arange(CYCLES)) * (1 + 0.001 * random.normal(size=CYCLES))
        columns = logged_rows(random, capacity, **logging)  # type: ignore[arg-type]
        try:
            outcome = capacity_retention.run(Inputs({"dataset.sha256": "ab"}, lambda: columns, PARAMETERS))
        except (Refused, InsufficientData):
            return "refused"
        values = {value.quantity: value.estimate for value in outcome.values if not value.at}
        first, last = (int(values[f"retention_{which}_cycle"].magnitude) - 1 for which in ("reference", "end"))
        truth = 100 * capacity[last] / capacity[first] if quantity == "capacity_retention_percent" else 99.5
        return answer_of(truth, lambda: values[quantity])

    return Study(name, words, trial, covers_more=more)


def of_series(
    quantity: str,
    words: str,
    scatter: Callable[[np.random.Generator, int], Array],
    *,
    cycles: int = 100,
    more: str = "",
    holds: bool = True,
    shape: Callable[[Array], Array] = lambda share: share,
) -> Study:
    """A capacity that loses a quarter over the test, with a scatter of 0.3 % and this pattern."""

    def trial(random: np.random.Generator) -> Answer:
        number = np.arange(1.0, cycles + 1)
        truth = 1 - 0.25 * shape((number - 1) / (cycles - 1))
        series = cycle_series(number, truth + 0.003 * scatter(random, cycles), window=5)
        if quantity == "Fade per cycle":
            return answer_of(25.0 / (cycles - 1), lambda: fade(series, 1, cycles).percent_per_cycle)
        return answer_of(float(np.argmax(truth < 0.8 - 1e-9)) + 1, lambda: _life(series, cycles))

    return Study(quantity, f"{words}, {cycles} cycles", trial, assumptions_hold=holds, covers_more=more)


def of_walk(quantity: str, step: float, cycles: int) -> Study:
    """A capacity that loses a quarter over the test and walks at random besides, with a scatter of 0.3 %.

    The fade is that of the line, from which the walk leads away; the life is that of the capacity, walk included.
    """

    def trial(random: np.random.Generator) -> Answer:
        number = np.arange(1.0, cycles + 1)
        steps = np.append(0.0, random.normal(0, 0.003 * step, cycles - 1))
        truth = 1 - 0.25 * (number - 1) / (cycles - 1) + np.cumsum(steps)
        series = cycle_series(number, truth + 0.003 * random.normal(size=cycles), window=5)
        if quantity == "Fade per cycle":
            return answer_of(25.0 / (cycles - 1), lambda: fade(series, 1, cycles).percent_per_cycle)
        above = np.flatnonzero(truth >= 0.8 - 1e-9)
        return answer_of(float(above[-1]) + 2, lambda: _life(series, cycles))

    share = {1.0: "as large as", 1 / 3: "a third of", 0.1: "a tenth of"}[step]
    words = f"a random walk of steps {share} the scatter of 0.3 %, {cycles} cycles"
    return Study(quantity, words, trial, covers_more=HIDDEN if quantity == "Fade per cycle" else WHOLE)


def _life(series: CycleSeries, cycles: int) -> Estimate | None:
    return life_cycles(series, 1, cycles)


PATTERNS: tuple[tuple[str, Callable[[np.random.Generator, int], Array], bool], ...] = (
    ("independent scatter of 0.3 %", noise.white, True),
    ("5 % of the cycles 20 times as far off", lambda random, size: noise.with_outliers(random, size, 0.05, 20), True),
    ("each deviation keeps 60 % of the one before", lambda r, size: noise.autoregressive(r, size, 0.6), False),
    ("each deviation keeps 90 % of the one before", lambda r, size: noise.autoregressive(r, size, 0.9), False),
    ("1/f noise of 0.3 %", noise.pink, False),
    ("a wave of a fifth of the test, 0.3 %", lambda random, size: noise.periodic(random, size, size / 5), False),
)
RETENTION = ("capacity_retention_percent", "Capacity retention")
EFFICIENCY = ("coulombic_efficiency_percent", "Coulombic efficiency")
STUDIES = (
    *(
        study
        for quantity in (RETENTION, EFFICIENCY)
        for study in (
            from_rows(*quantity, "rows every 30 s and at the end of each step"),
            from_rows(*quantity, "rows every 60 s, not at the end of a step", interval_s=60.0, ends=False),
            from_rows(*quantity, "rows every 60 s, no step column", interval_s=60.0, ends=False, steps=False),
            from_rows(*quantity, "current with noise of 0.1 %", noise_of_current=1e-3),
            from_rows(*quantity, "stamps rounded to 100 s", digits_of_time_s=100.0, interval_s=60.0),
            from_rows(
                *quantity,
                "current of 1 mA ± 2 %, rounded to 10 µA",
                noise_of_current=0.02,
                digits_of_current_a=1e-5,
            ),
        )
    ),
    *(
        of_series("Fade per cycle", words, scatter, cycles=cycles, holds=holds, more=HIDDEN)
        for words, scatter, holds in PATTERNS
        for cycles in (20, 100, 400)
    ),
    *(
        of_series("Cycles to 80 %", words, scatter, cycles=cycles, holds=holds, more=WHOLE)
        for words, scatter, holds in PATTERNS
        for cycles in (100, 400)
    ),
    *(
        of_walk(quantity, step, cycles)
        for quantity in ("Fade per cycle", "Cycles to 80 %")
        for step in (0.1, 1 / 3, 1.0)
        for cycles in (20, 40, 100, 400)
    ),
    *(of_series("Cycles to 80 %", *PATTERNS[0][:2], cycles=cycles, more=WHOLE) for cycles in (20, 40)),
)
