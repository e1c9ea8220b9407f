"""The per-cycle table of 1,000,000 rows compared with bare `numpy.add.reduceat`.

Beside it stands the least code that gives the same sums: trapezoidal charge, parted by its sign, charge and energy
each way by four calls of `reduceat` over cycles whose first rows are known. It checks nothing and finds no cycles.
"""

import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.cycles.cycle_summary import cycle_summary
from benchmarks.report import Bounded, Section

Array = NDArray[np.float64]

ROWS = 1_000_000
ROWS_PER_CYCLE = 2_000
ROUNDS = 15
MOST_TIMES = 2.0


def series() -> tuple[Array, ...]:
    """Return time, voltage, current and cycle number of a cell that charges, rests, discharges and rests."""
    generator = np.random.default_rng(3)
    part = ROWS_PER_CYCLE // 20
    current = np.repeat([1.0, 0.0, -1.0, 0.0], [9 * part, part, 9 * part, part])
    level = np.concatenate(
        (np.linspace(3.0, 4.2, 9 * part), np.full(part, 4.1), np.linspace(4.1, 3.0, 9 * part), np.full(part, 3.1))
    )
    cycles = ROWS // ROWS_PER_CYCLE
    noise = generator.normal(0, 1e-4, ROWS)
    return (
        np.arange(ROWS, dtype=float) * 2.0,
        np.tile(level, cycles) + noise,
        np.tile(current, cycles) * (1 + noise),
        np.repeat(np.arange(1.0, cycles + 1), ROWS_PER_CYCLE),
    )


def bare(seconds: Array, voltage: Array, current: Array, cycle: Array) -> list[Array]:
    """Return charge and energy in each direction, without checks."""
    starts = np.concatenate(([0], np.flatnonzero(cycle[1:] != cycle[:-1]) + 1))
    charge = np.zeros(seconds.size)
    charge[1:] = (current[1:] + current[:-1]) / 2 * np.diff(seconds) / 3600
    ways = (np.maximum(charge, 0.0), np.maximum(-charge, 0.0))
    return [np.add.reduceat(part, starts) for way in ways for part in (way, way * voltage)]


def seconds_of(task: Callable[[], object]) -> float:
    begun = time.perf_counter()
    task()
    return time.perf_counter() - begun


def measure() -> Section:
    """Time the three variants of the summary and the bare sums in turn."""
    seconds, voltage, current, cycle = series()
    counters = [np.cumsum(np.maximum(way * current, 0.0)) * 2.0 / 3600 for way in (1, -1)]
    capacities: dict[str, Any] = {"charging_capacity_ah": counters[0], "discharging_capacity_ah": counters[1]}
    tasks: dict[str, Callable[[], object]] = {
        "bare": lambda: bare(seconds, voltage, current, cycle),
        "Cycles counted by the instrument": lambda: cycle_summary(seconds, voltage, current, cycle_count=cycle),
        "Cycles counted by the current": lambda: cycle_summary(seconds, voltage, current),
        "With the instrument's counters": lambda: cycle_summary(
            seconds, voltage, current, cycle_count=cycle, **capacities
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            times[name].append(seconds_of(task))
    reference = statistics.median(times.pop("bare"))
    rows = []
    for name, taken in times.items():
        cellar = statistics.median(taken)
        measured = f"{1e3 * cellar:.1f} ms against {1e3 * reference:.1f} ms"
        size = f"{ROWS:,} rows, {ROWS // ROWS_PER_CYCLE} cycles"
        rows.append(Bounded(name, size, "four bare `numpy.add.reduceat`", cellar / reference, MOST_TIMES, measured))
    text = (
        "Per-cycle charge, energy, voltages, currents and durations of a cycler's rows, including all checks and "
        "the detection of cycles, compared with only the four sums over cycles whose first rows are known."
    )
    return Section("Per-cycle summary", text, rows)


if __name__ == "__main__":
    sys.stdout.write(measure().text_block())
