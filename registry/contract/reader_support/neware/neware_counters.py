"""Counters of charge and energy of Neware exports, and what they say about the unit of a time."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed
from registry.contract.outcome import Message

Array = NDArray[np.float64]

QUANTITIES = ("capacity_ah", "energy_wh")
DISCHARGE = re.compile(r"dchg|dischg|discharge|\bdch\b|^d$|entlad|(?<!充)放电", re.IGNORECASE)
"""A kind of step that discharges."""
SECONDS_PER_HOUR = 3600.0
UNITS = {"days": 86_400.0, "seconds": 1.0}
"""Units that a time without a unit may have: Excel's, and that of a program."""
TOLERANCE = 0.1
"""Largest deviation of the counted charge from the integral of the current at which a unit is accepted."""


def drop_idle_counters(columns: dict[str, Array]) -> list[Message]:
    """Remove counters that stay at zero although a current flows, and return a message that names them."""
    if not np.any(columns["current_ampere"]):
        return []
    messages = []
    for quantity in QUANTITIES:
        names = [name for name in (f"charging_{quantity}", f"discharging_{quantity}") if name in columns]
        if names and not any(np.any(columns[name]) for name in names):
            for name in names:
                del columns[name]
            messages.append(
                Message(
                    "counter-stays-zero",
                    "Dropped {quantity}: zero in all rows although a current flows.",
                    "warning",
                    quantity=quantity,
                )
            )
    return messages


def sign_by_step_type(columns: dict[str, Array], step_types: Sequence[str], label: str) -> list[Message]:
    """Turn the sign of the current in steps of discharge if no current is negative, and return a message that says so.

    Parameters
    ----------
    columns
        With the current, shape (rows,).
    step_types
        The kind of step of each row: ‘CC Chg’, ‘CC DChg’, ‘Rest’, ‘恒流充电’, ‘恒流放电’ and so on.
    label
        Header of the column of kinds.
    """
    current = columns["current_ampere"]
    names = [name.strip() for name in step_types]
    discharges = {name for name in names if DISCHARGE.search(name)}
    is_discharge = np.array([name in discharges for name in names], dtype=bool)
    if (current < 0).any() or not (current[is_discharge] > 0).any():
        return []
    columns["current_ampere"] = np.where(is_discharge, -current, current)
    return [
        Message(
            "direction-from-step-type",
            "No current is negative: the steps {steps} are discharges according to ‘{column}’.",
            steps=Listed(f"‘{name}’" for name in sorted(discharges)),
            column=label.strip(),
        )
    ]


def split_by_direction(columns: dict[str, Array]) -> None:
    """Assign counters without direction to charge or discharge by the mean current of each step.

    `columns` has them under the names of charge; a step is a run of rows of equal cycle and step number.
    """
    names = [name for name in ("cycle_count", "step_index", "step_count") if name in columns]
    is_first = np.zeros(columns["current_ampere"].size, dtype=bool)
    is_first[0] = True
    for name in names:
        is_first |= np.diff(columns[name], prepend=columns[name][0]) != 0
    starts = np.flatnonzero(is_first)
    sizes = np.diff(starts, append=is_first.size)
    direction = np.repeat(np.sign(np.add.reduceat(columns["current_ampere"], starts)), sizes)
    for quantity in QUANTITIES:
        counter = columns.pop(f"charging_{quantity}", None)
        if counter is not None:
            columns[f"charging_{quantity}"] = np.where(direction > 0, counter, 0.0)
            columns[f"discharging_{quantity}"] = np.where(direction < 0, counter, 0.0)


def time_unit(time: Array, columns: Mapping[str, Array], duration_s: float | None) -> str:
    """Return the unit of a time without a unit, `days` or `seconds`; empty if the data do not decide it.

    The charge counted by the instrument divided by the integral of the current is the length of the unit; without
    counters it is the duration between the first and last date stamp, in s, divided by that of the time.
    """
    lengths = [_seconds_by_charge(time, columns), _seconds_by_stamps(time, duration_s)]
    length = next((length for length in lengths if length is not None), None)
    if length is None:
        return ""
    return next((unit for unit, seconds in UNITS.items() if abs(length / seconds - 1) <= TOLERANCE), "")


def _seconds_by_charge(time: Array, columns: Mapping[str, Array]) -> float | None:
    counters = [columns[name] for name in ("charging_capacity_ah", "discharging_capacity_ah") if name in columns]
    steps = np.maximum(np.diff(time), 0.0)
    current = np.abs(columns["current_ampere"])
    integral = float(np.sum((current[1:] + current[:-1]) / 2 * steps))
    counted = sum(float(np.maximum(np.diff(counter), 0.0).sum()) for counter in counters)
    return counted * SECONDS_PER_HOUR / integral if counted > 0 and integral > 0 else None


def _seconds_by_stamps(time: Array, duration_s: float | None) -> float | None:
    elapsed = float(time[-1] - time[0])
    return duration_s / elapsed if duration_s is not None and elapsed > 0 else None
