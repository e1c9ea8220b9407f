"""Run pyDRTtools in its own environment on spectra from a file; started by `drt`."""

import json
import os
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np


def load() -> Any:
    """Import the module of the computation without the graphical interface, which the package imports at once."""
    os.environ.setdefault("MPLBACKEND", "Agg")
    package, spec = ModuleType("pyDRTtools"), find_spec("pyDRTtools")
    assert spec is not None
    package.__path__ = list(spec.submodule_search_locations or ())
    sys.modules["pyDRTtools"] = package
    return import_module("pyDRTtools.runs")


def main() -> None:
    """Compute each distribution as its interface does by default (Gaussian functions, generalised cross-validation)."""
    runs = load()
    data = np.load(sys.argv[1])
    seconds, time_constants, distributions = [], [], []
    for impedance in [data["impedance"][0], *data["impedance"]]:
        began = time.process_time()
        result = runs.simple_run(runs.EIS_object(data["frequency"], impedance.real, impedance.imag), cv_type="GCV")
        seconds.append(time.process_time() - began)
        time_constants.append(np.asarray(result.out_tau_vec).tolist())
        distributions.append(np.asarray(result.gamma).tolist())
    output = {"seconds": seconds[1:], "time_constants": time_constants[1:], "distributions": distributions[1:]}
    Path(sys.argv[2]).write_text(json.dumps(output))


if __name__ == "__main__":
    main()
