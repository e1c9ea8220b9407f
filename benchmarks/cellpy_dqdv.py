"""Run cellpy's differential capacity in its own environment on half-cycles from a file; started by `dqdv`."""

import sys
import time
import warnings
from typing import Any

import numpy as np

# Installed in a separate environment, invisible to mypy.
from cellpy.utils import ica  # type: ignore[import-not-found]


def main() -> None:
    """Write dQ/dV of the half-cycles of each task at the voltages asked for, and the seconds of each task."""
    warnings.simplefilter("ignore")
    data = np.load(sys.argv[1])
    results: dict[str, Any] = {}
    for task in range(int(data["tasks"])):
        voltages, capacities, at = (data[f"{name}{task}"] for name in ("voltage", "capacity", "at"))
        settings = {"diff_smoothing": bool(data[f"smooths_more{task}"])}
        ica.dqdv_np(voltages[0], capacities[0], **settings)
        began = time.process_time()
        curves = [
            ica.dqdv_np(voltage, capacity, **settings) for voltage, capacity in zip(voltages, capacities, strict=True)
        ]
        results[f"seconds{task}"] = time.process_time() - began
        results[f"curves{task}"] = np.array([np.interp(at, np.asarray(x), np.asarray(y)) for x, y in curves])
    np.savez(sys.argv[2], **results)


if __name__ == "__main__":
    main()
