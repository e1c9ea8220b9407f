"""Changes of the temperature in a symmetric-cell test and what they did to its resistance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyses.symmetric_cells.conditions import HalfConditions

Array = NDArray[np.float64]

NAMED_K = 3.0
"""A change by less is not named."""


@dataclass(frozen=True)
class TemperatureChange:
    """A change between two temperatures at which half-cycles ran."""

    row: int
    """First row, from 0, of the half-cycle in which it began."""
    before_degc: float
    after_degc: float
    resistance_before_ohm: float
    resistance_after_ohm: float


def temperature_changes(conditions: HalfConditions, resistance: Array) -> tuple[TemperatureChange, ...]:
    """Return the changes by more than 3 K between half-cycles at a settled temperature.

    Parameters
    ----------
    conditions : HalfConditions
        Of the half-cycles.
    resistance : ndarray, shape (half_cycles,)
        Median |V|/|I| of each [Ω].

    Returns
    -------
    tuple of TemperatureChange
        None where no temperature is recorded.
    """
    mean = (conditions.lowest_degc + conditions.highest_degc) / 2
    settled = np.flatnonzero(conditions.is_settled & np.isfinite(mean))
    changes = []
    if settled.size:
        base = int(settled[0])
        for before, after in zip(settled[:-1].tolist(), settled[1:].tolist(), strict=True):
            if abs(mean[after] - mean[base]) > NAMED_K:
                changes.append(
                    TemperatureChange(
                        int(conditions.first_row[before + 1]),
                        float(mean[base]),
                        float(mean[after]),
                        float(resistance[max(before - 1, 0) : before + 1].mean()),
                        float(resistance[after : after + 2].mean()),
                    )
                )
                base = after
    return tuple(changes)
