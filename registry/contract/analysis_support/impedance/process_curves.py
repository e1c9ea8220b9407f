"""Plots of a series of distributions of relaxation times and of the processes that they have in common."""

from collections.abc import Mapping, Sequence

import numpy as np

from analyses.impedance.relaxation_times.drt import Distribution
from analyses.impedance.relaxation_times.process_series import SeriesProcess
from registry.contract.analysis_support.impedance.process_laws import Law
from registry.contract.curve import Axis, Curve, HeatMap, Plot, Series

SHIFT = 0.6
"""Shift of a distribution from the one before it, over the largest of all."""
GRID_PER_DECADE = 20
UNITS = {"temperature_degc": "°C", "stack_pressure_mpa": "MPa", "cycle_number": "", "voltage_v": "V"}
PREFIXES = {"cycle_number": "cycle "}


def curves_of(
    over: str,
    at: Sequence[float],
    distributions: Sequence[Distribution],
    processes: Sequence[SeriesProcess],
    laws: Mapping[int, Law],
) -> tuple[Plot, ...]:
    """Return overlay, waterfall and map of the distributions, and resistance and time constant of each process."""
    names = [in_words(over, number) for number in at]
    plots: list[Plot] = [_overlay(names, distributions), _waterfall(names, distributions)]
    if len(set(at)) == len(at):
        plots.append(_map(over, at, distributions))
    if processes:
        plots += [_resistances(over, at, processes, laws), _times(over, at, processes)]
    return tuple(plots)


def in_words(over: str, number: float) -> str:
    """Return a condition with its unit, `10 MPa`, or `cycle 20`."""
    return f"{PREFIXES.get(over, '')}{number:g} {UNITS[over]}".strip()


def _overlay(names: Sequence[str], distributions: Sequence[Distribution]) -> Curve:
    return Curve(
        "drt-overlay",
        "Distributions of relaxation times",
        Axis(quantity="relaxation_time_s", log=True),
        Axis(quantity="relaxation_distribution_ohm"),
        tuple(
            Series(name, tuple(drt.time_constant_s.tolist()), tuple(drt.gamma_ohm.tolist()))
            for name, drt in zip(names, distributions, strict=True)
        ),
    )


def _waterfall(names: Sequence[str], distributions: Sequence[Distribution]) -> Curve:
    """Each distribution over its largest value, so that all have the same height, one above the other."""
    return Curve(
        "drt-waterfall",
        "Distributions of relaxation times, stacked",
        Axis(quantity="relaxation_time_s", log=True),
        Axis(label="γ relative to its maximum, shifted", unit=""),
        tuple(
            Series(
                name,
                tuple(drt.time_constant_s.tolist()),
                tuple((drt.gamma_ohm / max(float(drt.gamma_ohm.max()), 1e-300) + SHIFT * index).tolist()),
            )
            for index, (name, drt) in enumerate(zip(names, distributions, strict=True))
        ),
    )


def _map(over: str, at: Sequence[float], distributions: Sequence[Distribution]) -> HeatMap:
    ends = [np.log10(drt.time_constant_s[[0, -1]]) for drt in distributions]
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    grid = np.linspace(low, high, int((high - low) * GRID_PER_DECADE) + 1)
    rows = [
        np.interp(grid, np.log10(drt.time_constant_s), drt.gamma_ohm, left=np.nan, right=np.nan)
        for drt in distributions
    ]
    return HeatMap(
        name="drt-map",
        title="Map of the distributions of relaxation times",
        x=Axis(quantity="relaxation_time_s", log=True),
        y=Axis(quantity=over),
        z=Axis(quantity="relaxation_distribution_ohm"),
        x_values=tuple((10**grid).tolist()),
        y_values=tuple(at),
        z_values=tuple(tuple(row.tolist()) for row in rows),
    )


def _x(over: str, at: Sequence[float]) -> tuple[Axis, tuple[float, ...]]:
    if over == "temperature_degc":
        kelvin = np.asarray(at) + 273.15
        return Axis(quantity="reciprocal_temperature_per_kk", label="1 / T"), tuple((1000 / kelvin).tolist())
    return Axis(quantity=over, log=over == "stack_pressure_mpa" and min(at) > 0), tuple(at)


def _determined(process: SeriesProcess, along: Sequence[float]) -> tuple[SeriesProcess, tuple[float, ...]]:
    """Return a process, and x, of the spectra that determine it."""
    rows = [row for row, determined in enumerate(process.is_determined) if determined]
    return process.selected(rows), tuple(along[row] for row in rows)


def _resistances(over: str, at: Sequence[float], processes: Sequence[SeriesProcess], laws: Mapping[int, Law]) -> Curve:
    axis, along = _x(over, at)
    series = []
    for number, whole in enumerate(processes, start=1):
        process, x = _determined(whole, along)
        spread = np.exp(1.96 * np.sqrt(np.maximum(process.covariance[:, 0, 0], 0.0)))
        series.append(
            Series(
                f"process {number}",
                x,
                tuple(process.resistance_ohm.tolist()),
                line=number not in laws,
                markers=True,
                y_lower=tuple((process.resistance_ohm / spread).tolist()),
                y_upper=tuple((process.resistance_ohm * spread).tolist()),
            )
        )
        if number in laws:
            series.append(Series(f"line of process {number}", x, tuple(laws[number].fitted_ohm.tolist())))
    return Curve(
        "process-resistances",
        "Resistances of the processes",
        axis,
        Axis(quantity="process_resistance_ohm", log=True),
        tuple(series),
    )


def _times(over: str, at: Sequence[float], processes: Sequence[SeriesProcess]) -> Curve:
    axis, along = _x(over, at)
    return Curve(
        "process-times",
        "Relaxation times of the processes",
        axis,
        Axis(quantity="relaxation_time_s", log=True),
        tuple(
            Series(f"process {number}", x, tuple(process.time_constant_s.tolist()), markers=True)
            for number, (process, x) in enumerate((_determined(process, along) for process in processes), start=1)
        ),
    )
