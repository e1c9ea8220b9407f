"""Symmetric-cell tests as columns, and what `symmetric-cell` answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analyses.uncertainty import Estimate
from plugins import symmetric_cell
from plugins.readers import declared_csv
from registry.hookspecs import Inputs, Outcome

CASES = Path(__file__).parent / "data" / "cases"
Columns = Mapping[str, np.ndarray]
ELECTRODES = {
    "layers.count": 2,
    "layers.1.role": "cathode",
    "layers.1.name": "Li",
    "layers.1.area_cm2": Estimate.exact(0.5),
    "layers.2.role": "anode",
    "layers.2.name": "Li",
}
PARAMETERS = {parameter.name: parameter.default for parameter in symmetric_cell.register_analyses()[0].parameters}
CRITICAL = "critical_current_density_ma_cm2"
SHORT_CODES = {"short-circuit", "partial-short", "creeping-short", "healed-short", "healed-creeping-short"}
CELL = {"transient": 0.15, "offset_v": 1e-3, "noise_v": 3e-4}
CURRENT = 1e-3
STEPS = [0.2e-3 * number for number in range(1, 11)]
"""Currents of a stepped test [A]."""


def analyse(*files: Columns) -> Outcome:
    if len(files) == 1:
        return symmetric_cell.run(Inputs({"dataset.sha256": "ab"} | ELECTRODES, lambda: files[0], PARAMETERS))
    facts: dict[str, Any] = {
        "dataset.undecided": "several-datasets",
        "dataset.undecided.count": len(files),
        "dataset.undecided.filenames": tuple(f"{number}.csv" for number in range(len(files))),
        "datasets.undeclared.count": len(files),
    }
    paths = {f"datasets.undeclared.{number}": file for number, file in enumerate(files, start=1)}
    facts |= {f"{path}.sha256": path for path in paths}
    loaders = {path: (lambda file=file: file) for path, file in paths.items()}
    return symmetric_cell.run(Inputs(facts | ELECTRODES, dict, PARAMETERS, columns_of=loaders))


def case(pattern: str) -> Columns:
    (path,) = CASES.glob(pattern)
    (dataset,) = declared_csv.read(path)
    return dataset.columns


def value(outcome: Outcome, quantity: str, **at: int) -> Estimate:
    (estimate,) = [
        result.estimate for result in outcome.values if result.quantity == quantity and dict(result.at) == at
    ]
    return estimate


def holds(estimate: Estimate, truth: float, leeway: float = 1e-6) -> bool:
    low, high = estimate.interval()
    return bool(low - leeway <= truth <= high + leeway)


def codes_of(outcome: Outcome) -> set[str]:
    return {message.code for message in outcome.messages}


def shorts_of(outcome: Outcome) -> int:
    return round(value(outcome, "short_circuit_count").magnitude)


def critical_reason(outcome: Outcome) -> str:
    (reason,) = [lacking.code for lacking in outcome.not_computed if lacking.quantity == CRITICAL]
    return reason
