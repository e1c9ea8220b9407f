# SPDX-License-Identifier: BSD-3-Clause
"""Counters of charge and energy in EC-Lab files: resets, and increments that do not add up."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from registry.hookspecs import Message

Array = NDArray[np.float64]

INCREMENT = "dq/mA.h"
"""Charge since the previous row. ‘dQ’ is a different column, counted over a sequence."""
COUNTERS = ("charging_capacity_ah", "discharging_capacity_ah", "charging_energy_wh", "discharging_energy_wh")


def sum_counters(columns: Mapping[str, Array]) -> tuple[dict[str, Array], list[Message]]:
    """Sum the counters across resets; drop those that do not restart from zero, with a warning."""
    counted, messages = dict(columns), []
    for name in COUNTERS:
        if name not in columns:
            continue
        counter = counted.pop(name)
        step = np.diff(counter, prepend=0.0)
        restart = step < 0
        restart[:1] = False
        if (counter < 0).any() or (counter[restart] > 0.5 * np.roll(counter, 1)[restart]).any():
            messages.append(
                Message(
                    "column-dropped",
                    "Column {name} dropped: it decreases without a reset to zero.",
                    "warning",
                    name=name,
                )
            )
            continue
        step[restart] = counter[restart]
        counted[name] = np.cumsum(step)
        if restart.any():
            messages.append(
                Message(
                    "counters-summed",
                    "{column} restarts from zero {restarted} times; it was summed since the start of the test.",
                    column=name,
                    restarted=int(restart.sum()),
                )
            )
    return counted, messages


def sum_messages(passed: Array, columns: Mapping[str, Array]) -> list[Message]:
    """Warn if the increments do not add up to the charge counted by the instrument."""
    if "net_capacity_ah" not in columns:
        return []
    counted = columns["net_capacity_ah"] - columns["net_capacity_ah"][0]
    off = np.abs(np.cumsum(passed) - passed[0] - counted)
    row = int(np.argmax(off))
    if not off[row] > 0.01 * max(np.ptp(counted), np.abs(passed).sum()):
        return []
    return [
        Message(
            "charges-disagree",
            "‘{column}’ does not add up to ‘(Q-Qo)’: at row {row} they differ by {difference_mah:.3g} mAh.",
            "warning",
            column=INCREMENT,
            row=row + 1,
            difference_mah=off[row] * 1e3,
        )
    ]
