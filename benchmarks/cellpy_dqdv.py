"""Run cellpy's differential capacity in its own environment on half-cycles from a file; started by `dqdv`."""

import sys
import time
import warnings

import numpy as np

# Installed in a separate environment, invisible to mypy.
from cellpy.utils import ica  # type: ignore[import-not-found]


def main() -> None:
    """Write dQ/dV of each half-cycle at the voltages asked for, and the seconds of all."""
    warnings.simplefilter("ignore")
    data = np.load(sys.argv[1])
    settings = {"diff_smoothing": bool(data["diff_smoothing"])}
    ica.dqdv_np(data["voltage"][0], data["capacity"][0], **settings)
    began = time.process_time()
    curves = [
        ica.dqdv_np(voltage, capacity, **settings)
        for voltage, capacity in zip(data["voltage"], data["capacity"], strict=True)
    ]
    seconds = time.process_time() - began
    at = [np.interp(data["at"], np.asarray(voltage), np.asarray(curve)) for voltage, curve in curves]
    np.savez(sys.argv[2], curves=np.array(at), seconds=seconds)


if __name__ == "__main__":
    main()
