"""Curves of a data file, plotted whether or not an analysis could use it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from registry.contract.curve_encoding import numbers_to_json
from registry.models import Dataset
from registry.selectors.analysis_inputs.facts import read_columns

Columns = Mapping[str, np.ndarray]
Data = dict[str, Any]

FREQUENCY, REAL, IMAGINARY = "frequency_hertz", "real_impedance_ohm", "imaginary_impedance_ohm"
TIME, VOLTAGE, CURRENT = "test_time_second", "voltage_volt", "current_ampere"
ANGLES = {"two_theta_degree": ("2θ", "°"), "scattering_vector_per_angstrom": ("q", "Å⁻¹")}
INTENSITIES = {"intensity_count": "counts", "intensity_count_per_second": "counts/s"}
PRESSURES = {"stack_pressure_megapascal": ("Stack pressure", "MPa"), "stack_force_newton": ("Stack force", "N")}
CYCLE = "cycle_count"
PER_CYCLE = {
    "cycle_charging_capacity_ah": "Charge capacity",
    "cycle_discharging_capacity_ah": "Discharge capacity",
}
PER_GRAM = {
    "cycle_charging_specific_capacity_ah_per_gram": "Charge capacity",
    "cycle_discharging_specific_capacity_ah_per_gram": "Discharge capacity",
}
PREFIXES = ((1.0, ""), (1e-3, "m"), (1e-6, "µ"), (1e-9, "n"))
LONG_S = 7200.0
HOUR_S = 3600.0


@dataclass(frozen=True)
class RawView:
    """One way to draw a data file."""

    name: str
    """Identifier within addresses."""
    title: str
    applies: Callable[[Collection[str]], bool]
    build: Callable[[Columns], Data]


def list_raw_views(dataset: Dataset) -> list[RawView]:
    """The views that the columns of a dataset allow."""
    return [view for view in RAW_VIEWS if view.applies(dataset.columns)] if dataset.holds_data else []


def build_raw_view(dataset: Dataset, view: RawView) -> Data:
    """The data of a view, in the form of the data of a curve."""
    return view.build(read_columns(dataset))


def _build_nyquist(columns: Columns) -> Data:
    return {
        "x": _axis("Z′", "Ω"),
        "y": _axis("−Z″", "Ω"),
        "series": [_series("As measured", columns[REAL], -columns[IMAGINARY], markers=True, line=False)],
        "equal_aspect": True,
    }


def _build_bode(columns: Columns) -> Data:
    impedance = columns[REAL] + 1j * columns[IMAGINARY]
    phase = np.degrees(np.angle(impedance))
    return {
        "x": _axis("Frequency", "Hz", log=True),
        "y": _axis("|Z|", "Ω", log=True),
        "y2": _axis("−Phase", "°"),
        "series": [
            _series("|Z|", columns[FREQUENCY], np.abs(impedance), markers=True, line=False),
            _series("−Phase", columns[FREQUENCY], -phase, markers=True, line=False) | {"on_second_axis": True},
        ],
    }


def _build_time_series(columns: Columns) -> Data:
    time, unit = _time(columns[TIME])
    shown = [("Voltage", "V", columns[VOLTAGE])] if VOLTAGE in columns else []
    if CURRENT in columns:
        factor, prefix = _prefix(columns[CURRENT])
        shown.append(("Current", f"{prefix}A", columns[CURRENT] / factor))
    (name, y_unit, numbers), *others = shown
    data: Data = {"x": _axis("Time", unit), "y": _axis(name, y_unit), "series": [_series(name, time, numbers)]}
    for other, other_unit, other_numbers in others:
        data["y2"] = _axis(other, other_unit)
        data["series"].append(_series(other, time, other_numbers) | {"on_second_axis": True})
    return data


def _build_pressure(columns: Columns) -> Data:
    time, unit = _time(columns[TIME])
    name = next(name for name in PRESSURES if name in columns)
    title, pressure_unit = PRESSURES[name]
    return {
        "x": _axis("Time", unit),
        "y": _axis(title, pressure_unit),
        "series": [_series(title, time, columns[name])],
    }


def _build_pattern(columns: Columns) -> Data:
    angle = next(name for name in ANGLES if name in columns)
    intensity = next(name for name in INTENSITIES if name in columns)
    return {
        "x": _axis(*ANGLES[angle]),
        "y": _axis("Intensity", INTENSITIES[intensity]),
        "series": [_series("Intensity", columns[angle], columns[intensity])],
    }


def _build_cycles(columns: Columns) -> Data:
    names, unit = (PER_GRAM, "mAh g⁻¹") if any(name in columns for name in PER_GRAM) else (PER_CYCLE, "mAh")
    return {
        "x": _axis("Cycle", ""),
        "y": _axis("Capacity", unit),
        "series": [
            _series(title, columns[CYCLE], 1000 * columns[name], markers=True, line=False)
            for name, title in names.items()
            if name in columns
        ],
    }


def _axis(label: str, unit: str, *, log: bool = False) -> Data:
    return {"label": label, "unit": unit, "log": log}


def _series(name: str, x: np.ndarray, y: np.ndarray, *, line: bool = True, markers: bool = False) -> Data:
    return {"name": name, "x": numbers_to_json(x), "y": numbers_to_json(y), "line": line, "markers": markers}


def _time(seconds: np.ndarray) -> tuple[np.ndarray, str]:
    return (seconds / HOUR_S, "h") if np.nanmax(seconds, initial=0.0) > LONG_S else (seconds, "s")


def _prefix(numbers: np.ndarray) -> tuple[float, str]:
    """The factor and the prefix of the unit in which the largest number is one or more."""
    largest = float(np.nanmax(np.abs(numbers), initial=0.0))
    return next((prefix for prefix in PREFIXES if largest >= prefix[0]), PREFIXES[-1] if largest else PREFIXES[0])


def _any_of(names: Collection[str], columns: Collection[str]) -> bool:
    return any(name in columns for name in names)


RAW_VIEWS = (
    RawView("nyquist", "Impedance as measured", lambda has: _all_of((REAL, IMAGINARY), has), _build_nyquist),
    RawView("bode", "Impedance against frequency", lambda has: _all_of((FREQUENCY, REAL, IMAGINARY), has), _build_bode),
    RawView(
        "time",
        "Voltage and current as recorded",
        lambda has: TIME in has and _any_of((VOLTAGE, CURRENT), has),
        _build_time_series,
    ),
    RawView("pressure", "Pressure as recorded", lambda has: TIME in has and _any_of(PRESSURES, has), _build_pressure),
    RawView(
        "pattern",
        "Diffraction pattern as recorded",
        lambda has: _any_of(ANGLES, has) and _any_of(INTENSITIES, has),
        _build_pattern,
    ),
    RawView(
        "cycles",
        "Capacity by cycle as recorded",
        lambda has: CYCLE in has and _any_of((*PER_CYCLE, *PER_GRAM), has),
        _build_cycles,
    ),
)


def _all_of(names: Collection[str], columns: Collection[str]) -> bool:
    return all(name in columns for name in names)
