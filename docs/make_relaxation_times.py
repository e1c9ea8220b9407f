"""Generates docs/relaxation-times.md: how often peaks of a distribution of relaxation times are processes.

    .venv/bin/python docs/make_relaxation_times.py

The simulated spectra are those of tests/calibration/relaxation_times.py, with other seeds than the tests.
"""

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from analyses.impedance.relaxation_times.drt import distribution  # noqa: E402
from analyses.impedance.relaxation_times.drt_peaks import find_peaks  # noqa: E402
from tests.calibration.relaxation_times import matched, simulated  # noqa: E402

PAGE = Path(__file__).parent / "relaxation-times.md"
SPECTRA = 1000
BORDERS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.9, 1.0)
TEXT = Path(__file__).parent / "relaxation-times-head.md"


def trial(number: int) -> tuple[list[tuple[float, bool]], int]:
    """Return probability and truth of each peak, and the number of processes."""
    case = simulated(np.random.default_rng([number, 2026]))
    peaks = find_peaks(case.spectrum, distribution(case.spectrum, case.noise))
    return [(peak.probability, is_true) for peak, is_true in matched(peaks, case)], case.time_constant_s.size


def main() -> None:
    """Simulate and write the page."""
    with ProcessPoolExecutor() as pool:
        trials = list(pool.map(trial, range(SPECTRA), chunksize=10))
    rows = np.array([row for peaks, _ in trials for row in peaks])
    processes = sum(count for _, count in trials)
    seen = float(rows[rows[:, 0] >= 0.5, 1].sum()) / processes
    lines = []
    for low, high in pairwise(BORDERS):
        within = (rows[:, 0] >= low) & ((rows[:, 0] < high) | (high == 1.0))
        share = f"{100 * rows[within, 1].mean():.0f} %" if within.any() else ""
        lines.append(f"| {100 * low:g} to {100 * high:g} % | {int(within.sum())} | {share} |")
    probable = rows[rows[:, 0] >= 0.8, 1]
    lines.append(f"| 80 % and more | {probable.size} | {100 * probable.mean():.0f} % |")
    PAGE.write_text(
        TEXT.read_text().format(spectra=f"{SPECTRA:,}", detected=f"{100 * seen:.0f} %") + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    main()
