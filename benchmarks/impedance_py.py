"""Run impedance.py in its own environment on spectra from a file; started by `impedance_fit`."""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np

# Installed in a separate environment, invisible to mypy.
from impedance.models.circuits import CustomCircuit  # type: ignore[import-not-found]


def main() -> None:
    """Fit each spectrum from its guess and write seconds and parameters."""
    warnings.simplefilter("ignore")
    data = np.load(sys.argv[1])
    seconds, parameters = [], []
    for impedance, guess in zip(data["impedance"], data["guesses"], strict=True):
        circuit = CustomCircuit(str(data["circuit"]), initial_guess=list(guess))
        began = time.process_time()
        circuit.fit(data["frequency"], impedance, weight_by_modulus=True)
        seconds.append(time.process_time() - began)
        parameters.append(list(circuit.parameters_))
    Path(sys.argv[2]).write_text(json.dumps({"seconds": seconds, "parameters": parameters}))


if __name__ == "__main__":
    main()
