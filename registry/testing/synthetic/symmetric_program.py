"""Synthetic symmetric-cell tests of any program: steps of current, rests, temperature, growth, kinetics and shorts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

BOLTZMANN_EV_K = 8.617333262e-5
SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Fault:
    """A stretch of time in which the resistance is multiplied."""

    begin_h: float
    end_h: float = np.inf
    factor: float = 0.05
    """At its end, or as soon as it begins."""
    over_h: float = 0.0
    """Time it takes to get there, the logarithm of the resistance going linearly [h]."""

    def factors(self, hours: Array) -> Array:
        """Return the factor of the resistance at each time."""
        share = np.clip((hours - self.begin_h) / self.over_h, 0.0, 1.0) if self.over_h else 1.0
        return np.where((hours >= self.begin_h) & (hours < self.end_h), self.factor**share, 1.0)


@dataclass(frozen=True)
class SymmetricCell:
    """What a made cell does; without arguments, an ohmic one of 50 Ω."""

    resistance_ohm: float = 50.0
    growth_percent_h: float = 0.0
    breathing: float = 0.0
    """Relative amplitude of a slow oscillation of the resistance, of 24 h."""
    transient: float = 0.0
    """Relative excess of the resistance when a half-cycle begins, gone after a tenth of the usual one."""
    arc: float = 0.0
    """Relative rise of the resistance to both ends of a half-cycle."""
    kinetic_a: float = np.inf
    """Current above which the voltage rises with the area hyperbolic sine of the current [A]."""
    offset_v: float = 0.0
    activation_ev: float = 0.0
    noise_v: float = 0.0
    current_noise: float = 0.0
    scatter: float = 0.0
    """Relative scatter of half-cycles."""
    walk_v: float = 0.0
    """Standard deviation of the steps of a random walk of the overpotential, from pair to pair of half-cycles [V]."""
    faults: Sequence[Fault] = ()


def program_rows(
    steps: Sequence[tuple[float, float]],
    cell: SymmetricCell | None = None,
    *,
    interval_s: float = 60.0,
    rest_h: float = 0.0,
    celsius: Callable[[Array], Array] | None = None,
    recorded: bool = True,
    with_steps: bool = False,
    stop_h: float = np.inf,
    seed: int = 0,
) -> dict[str, Array]:
    """Return the rows of a program of (current [A], hours) steps, a rest after each.

    Parameters
    ----------
    steps : sequence of (float, float)
        Current with its sign [A], zero for a rest, and duration [h].
    cell : SymmetricCell, optional
        What it is run on.
    interval_s : float, optional
        Time between rows [s]; the first row of a step is at its beginning.
    rest_h : float, optional
        Rest after each step [h].
    celsius : callable, optional
        Temperature from hours [°C]; 25 °C by default.
    recorded : bool, optional
        Whether the temperature is a column.
    with_steps : bool, optional
        Whether the number of the step is a column.
    stop_h : float, optional
        When the data end [h].
    seed : int, optional
        Of the noise.

    Returns
    -------
    dict of str to ndarray, shape (rows,)
    """
    cell, rng = cell or SymmetricCell(), np.random.default_rng(seed)
    program = [part for step in steps for part in ((step, (0.0, rest_h)) if rest_h else (step,))]
    counts = np.array([max(round(hours * SECONDS_PER_HOUR / interval_s), 1) for _, hours in program])
    number = np.repeat(np.arange(counts.size), counts)
    since = np.arange(number.size) - np.repeat(np.cumsum(counts) - counts, counts)
    begins = np.concatenate(([0.0], np.cumsum([hours for _, hours in program])[:-1]))
    hours = begins[number] + since * interval_s / SECONDS_PER_HOUR
    current = np.array([step for step, _ in program])[number]
    duration = np.array([step for _, step in program])[number]
    position = 2 * (since * interval_s / SECONDS_PER_HOUR) / duration - 1
    degc = np.full(hours.size, 25.0) if celsius is None else celsius(hours)
    resistance = _resistance(cell, hours, degc) * (1 + cell.arc * position**2)
    resistance *= 1 + cell.transient * np.exp(-10 * (position + 1) / 2)
    resistance *= 1 + rng.normal(0, cell.scatter, counts.size)[number]
    size = np.abs(current)
    kinetic = size if np.isinf(cell.kinetic_a) else cell.kinetic_a * np.arcsinh(size / cell.kinetic_a)
    walk = np.cumsum(rng.normal(0, cell.walk_v, counts.size // 2 + 1))[number // 2]
    voltage = np.sign(current) * (kinetic * resistance + np.where(size > 0, walk, 0.0)) + cell.offset_v
    voltage += rng.normal(0, cell.noise_v, hours.size)
    columns = {
        "test_time_second": hours * SECONDS_PER_HOUR,
        "voltage_volt": voltage,
        "current_ampere": current * (1 + rng.normal(0, cell.current_noise, hours.size)),
    }
    if celsius is not None and recorded:
        columns["temperature_t1_celsius"] = degc
    if with_steps:
        columns["step_index"] = number + 1.0
    kept = hours < stop_h
    return {name: column[kept] for name, column in columns.items()}


def half_cycles(current_a: float, hours: float = 1.0, pairs: int = 10) -> list[tuple[float, float]]:
    """Return steps of one current in either direction in turn.

    Examples
    --------
    >>> half_cycles(1e-3, 0.5, 1)
    [(0.001, 0.5), (-0.001, 0.5)]
    """
    return [(current_a, hours), (-current_a, hours)] * pairs


def _resistance(cell: SymmetricCell, hours: Array, degc: Array) -> Array:
    kelvin = degc + 273.15
    resistance = cell.resistance_ohm * np.exp(cell.activation_ev / BOLTZMANN_EV_K * (1 / kelvin - 1 / 298.15))
    resistance = resistance * (1 + cell.growth_percent_h / 100 * hours)
    resistance *= 1 + cell.breathing * np.sin(2 * np.pi * hours / 24)
    for fault in cell.faults:
        resistance = resistance * fault.factors(hours)
    changed: Array = resistance
    return changed
