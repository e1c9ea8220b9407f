"""Synthetic cycling data: constant currents, and a voltage that is linear in the capacity."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LOW_V, HIGH_V, OHMIC_V = 3.0, 4.2, 0.05
"""Charge runs from 3.05 to 4.25 V and discharge from 4.15 to 2.95 V, so their means are 3.65 and 3.55 V."""


def linear(level: Array) -> Array:
    """Return the voltage at a state of charge from 0 to 1, without losses."""
    return LOW_V + (HIGH_V - LOW_V) * level


def layered_oxide(level: Array) -> Array:
    """Return a voltage with the plateaus of a layered oxide against lithium."""
    bends = 0.05 * np.tanh((level - 0.25) / 0.06) + 0.03 * np.tanh((level - 0.6) / 0.05)
    return np.asarray(3.45 + 0.75 * level + bends - 0.35 * np.exp(-level / 0.03))


def cycling_rows(
    discharge_ah: Sequence[float],
    *,
    efficiency: float | Sequence[float] = 0.99,
    current_a: float | Sequence[float] = 1e-3,
    points: int = 40,
    rests: int = 3,
    discharge_first: bool = False,
    cut_last_at: float | None = None,
    noise: float = 0.0,
    seed: int = 0,
    curve: Callable[[Array], Array] = linear,
) -> dict[str, Array]:
    """Return rows of charge, rest, discharge and rest for each cycle, with the instrument's counters.

    `efficiency` is discharge over charge of each cycle. `cut_last_at` ends the last half-cycle at this share of its
    capacity. `noise` is the relative scatter of current and voltage.
    """
    capacities = np.asarray(discharge_ah, dtype=float)
    shares, currents = (np.broadcast_to(item, capacities.shape) for item in (efficiency, current_a))
    parts: list[Array] = []
    clock = up = down = 0.0
    for number, (ah, share, ampere) in enumerate(zip(capacities, shares, currents, strict=True), start=1):
        halves = [(-1, ah), (1, ah / share)] if discharge_first else [(1, ah / share), (-1, ah)]
        for half, (sign, half_ah) in enumerate(halves):
            is_end = number == capacities.size and half == 1
            reach = np.linspace(0, cut_last_at if is_end and cut_last_at is not None else 1.0, points)
            level = reach if sign > 0 else 1 - reach
            time = clock + reach * half_ah / ampere * 3600
            counted = (
                (up + half_ah * reach, np.full(points, down))
                if sign > 0
                else (np.full(points, up), down + half_ah * reach)
            )
            voltage = curve(level) + sign * OHMIC_V
            parts.append(_block(time, voltage, sign * ampere, number, counted))
            clock, up, down = time[-1], counted[0][-1], counted[1][-1]
            idle = clock + np.arange(rests) * 600.0
            parts.append(_block(idle, np.full(rests, voltage[-1]), 0.0, number, (up, down)))
            clock = idle[-1] if rests else clock
    rows = np.concatenate(parts, axis=1)
    rng = np.random.default_rng(seed)
    rows[1] *= 1 + rng.normal(0, noise, rows.shape[1])
    rows[2] += currents.max() * rng.normal(0, noise, rows.shape[1])
    names = (
        "test_time_second",
        "voltage_volt",
        "current_ampere",
        "cycle_count",
        "charging_capacity_ah",
        "discharging_capacity_ah",
    )
    return dict(zip(names, rows, strict=True))


def _block(time: Array, voltage: Array, ampere: float, number: int, counted: tuple) -> Array:
    ones = np.ones(time.size)
    return np.array([time, voltage, ampere * ones, number * ones, counted[0] * ones, counted[1] * ones])
