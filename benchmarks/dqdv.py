"""Differential capacity of made half-cycles, compared with cellpy at equal resolution.

The resolution is the width of the answer to a step of the charge at one voltage: the full width at half maximum of the
mean curve of noisy half-cycles with such a step. Times are processor times, so that other load does not count.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyses.cycling.differential.differential_capacity import differential_capacity
from analyses.cycling.voltage.half_cycle_rows import HalfCycleRows, without_steps
from benchmarks.impedance_fit import ONE_THREAD
from benchmarks.peer_environment import CELLPY, environment
from benchmarks.report import Bounded, Section

Array = NDArray[np.float64]

REFERENCE_SCRIPT = Path(__file__).with_name("cellpy_dqdv.py")
LOW_V, HIGH_V = 3.0, 4.3
PEAKS = ((3.55, 0.020, 30.0), (3.72, 0.035, 50.0), (3.95, 0.012, 20.0), (4.10, 0.050, 30.0))
"""Voltage [V], standard deviation [V] and area [mAh] of normal peaks."""
BACKGROUND_MAH_PER_V = 20.0
STEP_V, STEP_MAH, STEP_WIDTH_V, STEP_BACKGROUND_MAH_PER_V = 3.7, 30.0, 0.0004, 100.0
ROWS = (200, 500, 1000)
CASES = (
    ("no noise", 0.0, 0.0, 0.0),
    ("noise 0.2 mV", 2e-4, 0.0, 0.0),
    ("noise 1 mV", 1e-3, 0.0, 0.0),
    ("digits 1 mV", 0.0, 1e-3, 0.0),
    ("noise 0.2 mV, digits 1 mV and 0.1 mAh", 2e-4, 1e-3, 0.1),
)
"""Words, noise [V], and digits of voltage [V] and charge [mAh]."""
HALF_CYCLES, OF_STEP, TIMED = 40, 40, 2000
SETTINGS = (False, True)
"""Whether cellpy smooths while differentiating, besides its smoothing before and after."""
INSIDE = np.arange(LOW_V + 0.02, HIGH_V - 0.02, 0.0005)
ABOUT_STEP = np.arange(STEP_V - 0.15, STEP_V + 0.15, 0.0002)
LARGEST_RATIO = 1 / 3
ROUNDS = 3


@dataclass(frozen=True)
class Halves:
    """Half-cycles, of shape (half-cycles, rows)."""

    voltage_v: Array
    capacity_mah: Array


@dataclass(frozen=True)
class Task:
    """What cellpy is to compute."""

    halves: Halves
    at_v: Array
    """Voltages at which dQ/dV is compared [V]."""
    smooths_more: bool


@dataclass(frozen=True)
class Compared:
    """One case: resolution, and the errors of both sides at it."""

    rows: int
    words: str
    smooths_more: bool
    resolution_v: float
    reference_error: float
    error: float


def normal(voltage: Array, middle: float, sigma: float) -> Array:
    """Return the normal density."""
    return np.asarray(np.exp(-(((voltage - middle) / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi)))


def exact(voltage: Array) -> Array:
    """Return the known dQ/dV [mAh/V]."""
    parts = [area * normal(voltage, middle, sigma) for middle, sigma, area in PEAKS]
    return np.asarray(BACKGROUND_MAH_PER_V + np.sum(parts, axis=0))


def with_step(voltage: Array) -> Array:
    """Return dQ/dV of a constant with a peak too narrow to be resolved [mAh/V]."""
    return STEP_BACKGROUND_MAH_PER_V + STEP_MAH * normal(voltage, STEP_V, STEP_WIDTH_V)


def halves(curve: Callable[[Array], Array], count: int, rows: int, case: tuple[str, float, float, float]) -> Halves:
    """Return reproducible half-cycles of evenly spaced rows, with noise and digits."""
    fine = np.linspace(LOW_V, HIGH_V, 200_001)
    density = curve(fine)
    charge = np.concatenate(([0.0], np.cumsum((density[1:] + density[:-1]) / 2) * (fine[1] - fine[0])))
    passed = np.linspace(0.0, charge[-1], rows)
    _, noise_v, digits_v, digits_mah = case
    random = np.random.default_rng([rows, count])
    voltage = np.interp(passed, charge, fine) + noise_v * random.normal(size=(count, rows))
    capacity = np.tile(passed, (count, 1))
    if digits_v:
        voltage = np.round(voltage / digits_v) * digits_v
    if digits_mah:
        capacity = np.round(capacity / digits_mah) * digits_mah
    return Halves(voltage, capacity)


def with_cellpy(tasks: Sequence[Task], python: Path) -> list[tuple[Array, float]]:
    """Return the curves of cellpy at the voltages of each task, and its seconds."""
    arrays: dict[str, Any] = {"tasks": len(tasks)}
    for number, task in enumerate(tasks):
        arrays |= {f"voltage{number}": task.halves.voltage_v, f"capacity{number}": task.halves.capacity_mah}
        arrays |= {f"at{number}": task.at_v, f"smooths_more{number}": task.smooths_more}
    with tempfile.TemporaryDirectory() as scratch:
        source, answer = Path(scratch) / "halves.npz", Path(scratch) / "curves.npz"
        np.savez(source, **arrays)
        command = [str(path) for path in (python, REFERENCE_SCRIPT, source, answer)]
        subprocess.run(command, check=True, env=os.environ | ONE_THREAD, stdout=subprocess.DEVNULL)
        with np.load(answer) as result:
            return [(result[f"curves{n}"], float(result[f"seconds{n}"])) for n in range(len(tasks))]


def with_cellar(made: Halves, at: Array, width_v: float) -> tuple[Array, float]:
    """Return the curves of Cellar at these voltages, and its seconds."""
    count, rows = made.voltage_v.shape
    first = np.arange(count) * rows
    began = time.process_time()
    charge = without_steps(made.capacity_mah.ravel(), first)
    curves = differential_capacity(HalfCycleRows(made.voltage_v.ravel(), charge, first), width_v)
    seconds = time.process_time() - began
    known = np.isfinite(curves.mah_per_v)
    inside = [
        np.interp(at, curves.voltage_v[there], curve[there])
        for curve, there in zip(curves.mah_per_v, known, strict=True)
    ]
    return np.array(inside), seconds


def resolution_v(curves: Array) -> float:
    """Return the full width at half maximum of the mean answer to the step [V]."""
    mean = curves.mean(axis=0) - STEP_BACKGROUND_MAH_PER_V
    top = int(np.argmax(mean))
    half = mean[top] / 2
    left = int(np.flatnonzero(mean[:top] < half)[-1])
    right = top + int(np.flatnonzero(mean[top:] < half)[0])
    begin = left + (half - mean[left]) / (mean[left + 1] - mean[left])
    end = right - (half - mean[right]) / (mean[right - 1] - mean[right])
    return float(end - begin) * float(ABOUT_STEP[1] - ABOUT_STEP[0])


def relative_error(curves: Array) -> float:
    """Return the root mean square error over the root mean square of the known curve."""
    known = exact(INSIDE)
    return float(np.sqrt(np.mean((curves - known) ** 2) / np.mean(known**2)))


def width_of(steps: Halves, target_v: float) -> float:
    """Return the smoothing of Cellar whose resolution is that of cellpy [V]."""
    width = target_v
    for _ in range(ROUNDS):
        width *= target_v / resolution_v(with_cellar(steps, ABOUT_STEP, width)[0])
    return width


def compare(python: Path) -> tuple[list[Compared], float]:
    """Return the errors of all cases and settings, and the seconds of cellpy for the timed half-cycles."""
    sets = [
        (rows, case[0], halves(exact, HALF_CYCLES, rows, case), halves(with_step, OF_STEP, rows, case))
        for rows in ROWS
        for case in CASES
    ]
    tasks = [
        task
        for _, _, made, steps in sets
        for smooths_more in SETTINGS
        for task in (Task(made, INSIDE, smooths_more), Task(steps, ABOUT_STEP, smooths_more))
    ]
    answers = with_cellpy([*tasks, Task(timed(), INSIDE, SETTINGS[0])], python)
    curves = iter([curve for curve, _ in answers])
    results = []
    for rows, words, made, steps in sets:
        for smooths_more in SETTINGS:
            reference, target = relative_error(next(curves)), resolution_v(next(curves))
            error = relative_error(with_cellar(made, INSIDE, width_of(steps, target))[0])
            results.append(Compared(rows, words, smooths_more, target, reference, error))
    return results, answers[-1][1]


def timed() -> Halves:
    """Return the half-cycles whose time is measured."""
    return halves(exact, TIMED, 500, CASES[1])


def measure() -> Section:
    """Compare errors and times, or give the reason why cellpy is missing."""
    title, ready = "Differential capacity", environment(CELLPY)
    if ready.python is None:
        return Section(title, f"Not measured: {ready.reason}")
    compared, reference_seconds = compare(ready.python)
    cases = [tuple(pair) for pair in zip(compared[::2], compared[1::2], strict=True)]
    ratios = [best.error / best.reference_error for best in (min(pair, key=_reference_error) for pair in cases)]
    _, seconds = with_cellar(timed(), INSIDE, 0.010)
    size = f"{len(cases)} cases, {HALF_CYCLES} half-cycles each"
    rows = [
        Bounded(
            "dQ/dV, processor time", f"{TIMED} half-cycles of 500 rows", "cellpy", seconds / reference_seconds,
            LARGEST_RATIO, f"{1e3 * seconds:.0f} ms against {1e3 * reference_seconds:.0f} ms",
        ),
        Bounded(
            "Root mean square error of dQ/dV, geometric mean", size, "cellpy, its better setting",
            float(np.exp(np.mean(np.log(ratios)))), 1.0, "at equal resolution",
        ),
        Bounded("The same, worst case", size, "cellpy, its better setting", max(ratios), 1.0, "at equal resolution"),
    ]  # fmt: skip
    text = (
        f"Compared with {CELLPY.version} (`ica.dqdv_np`, by default and with `diff_smoothing`) on the same rows: "
        "four normal peaks on a constant background, 156 mAh from 3.0 to 4.3 V. The smoothing of Cellar is set so that "
        "both have the same resolution: the full width at half maximum of the mean answer to a step of the charge in "
        "half-cycles with the same noise and digits."
    )
    return Section(title, text, rows, ["\n".join(_lines(compared))])


def _reference_error(compared: Compared) -> float:
    return compared.reference_error


def _lines(compared: list[Compared]) -> list[str]:
    lines = [
        "| rows | half-cycles | cellpy | resolution / mV | error / % | reference / % | ratio |",
        "| ---: | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for item in compared:
        setting = "diff_smoothing" if item.smooths_more else "default"
        lines.append(
            f"| {item.rows} | {item.words} | {setting} | {1e3 * item.resolution_v:.1f} | {100 * item.error:.2f} "
            f"| {100 * item.reference_error:.2f} | {item.error / item.reference_error:.2f} |"
        )
    return lines


if __name__ == "__main__":
    # NumPy reads the number of threads at import, so a process with another number starts again.
    if ONE_THREAD.items() <= os.environ.items():
        sys.stdout.write(measure().text_block())
    else:
        sys.exit(
            subprocess.run(
                [sys.executable, "-m", "benchmarks.dqdv"], env=os.environ | ONE_THREAD, check=False
            ).returncode
        )
