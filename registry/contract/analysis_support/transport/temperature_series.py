"""The spectra of one cell at several temperatures and otherwise equal conditions."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyses.coded_text import Listed, Remark
from analyses.transport.activation_energy import (
    BOLTZMANN_EV_K,
    FEWEST_TEMPERATURES,
    ZERO_CELSIUS_K,
    arrhenius_line,
)
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis import Parameter
from registry.contract.inputs import Inputs
from registry.contract.outcome import Refused

ANY = -1.0
LOWEST_DEGC, HIGHEST_DEGC = -ZERO_CELSIUS_K, 2000.0
COMMON_TEMPERATURE = "common_temperature_uncertainty_k"
SAME: Sequence[tuple[str, str]] = (
    ("stack_pressure_mpa", "{:g} MPa"),
    ("voltage_v", "{:g} V"),
    ("cycle_number", "cycle {:g}"),
)

SERIES_PARAMETERS = (
    Parameter(
        name="stack_pressure_mpa",
        type=float,
        default=ANY,
        help="Stack pressure of the temperature series, if the cell has several; −1: the only pressure.",
        unit="MPa",
        minimum=ANY,
        maximum=1e4,
        title="Stack pressure",
    ),
    Parameter(
        name="left_out_spectra",
        type=str,
        default="",
        help="Refcodes of spectra to exclude, separated by commas.",
        title="Excluded spectra",
    ),
    Parameter(
        name="lowest_temperature_degc",
        type=float,
        default=LOWEST_DEGC,
        help="Lowest temperature used.",
        unit="°C",
        minimum=LOWEST_DEGC,
        maximum=HIGHEST_DEGC,
        title="Lowest temperature",
    ),
    Parameter(
        name="highest_temperature_degc",
        type=float,
        default=HIGHEST_DEGC,
        help="Highest temperature used.",
        unit="°C",
        minimum=LOWEST_DEGC,
        maximum=HIGHEST_DEGC,
        title="Highest temperature",
    ),
    Parameter(
        name=COMMON_TEMPERATURE,
        type=float,
        default=0.5,
        help="Standard uncertainty of the thermometer, a common error of all temperatures; 0 to ignore it.",
        unit="K",
        minimum=0.0,
        maximum=100.0,
        title="Uncertainty of the thermometer",
    ),
)


@dataclass(frozen=True)
class Point:
    """Temperature and conductivity of a spectrum, and its other conditions as text."""

    refcode: str
    temperature_degc: Estimate
    conductivity_s_cm: Estimate
    is_reported: bool
    conditions: str
    spectrum: Inputs


def read_points(inputs: Inputs, slug: str) -> tuple[list[Point], list[Remark]]:
    """Return the spectra with temperature and conductivity, and why others are excluded."""
    left_out = _left_out(inputs)
    points, lacking = [], []
    for spectrum in inputs.measurements("eis"):
        temperature = spectrum.condition("temperature_degc")
        computed = spectrum.computed(slug)
        conductivity = computed or spectrum.reported(slug)
        if reason := left_out.get(spectrum.refcode):
            lacking.append(reason)
        elif temperature is None:
            lacking.append(_lacks(spectrum, "measurement.temperature_degc", "temperature"))
        elif conductivity is None:
            lacking.append(_lacks(spectrum, f"reported.{slug}", "ionic conductivity, computed or reported"))
        else:
            conditions = _conditions(spectrum)
            points.append(Point(spectrum.refcode, temperature, conductivity, computed is None, conditions, spectrum))
    return points, lacking


def _left_out(inputs: Inputs) -> dict[str, Remark]:
    """Return why spectra are left out by a parameter, by refcode."""
    spectra = {spectrum.refcode: spectrum for spectrum in inputs.measurements("eis")}
    named = [text.strip() for text in str(inputs.parameter("left_out_spectra")).split(",") if text.strip()]
    if unknown := [name for name in named if name not in spectra]:
        raise Refused(
            "unknown-spectrum",
            "left_out_spectra lists {unknown}, which is not a spectrum of this cell; its spectra are {spectra}",
            unknown=Listed(unknown),
            spectra=Listed(spectra),
        )
    reasons = {name: Remark("left-out", "{spectrum}, by left_out_spectra", spectrum=name) for name in named}
    return _outside(inputs, spectra) | _other_pressure(inputs, spectra) | reasons


def _outside(inputs: Inputs, spectra: Mapping[str, Inputs]) -> dict[str, Remark]:
    lowest, highest = (float(inputs.parameter(f"{end}_temperature_degc")) for end in ("lowest", "highest"))
    outside = {}
    for name, spectrum in spectra.items():
        temperature = spectrum.condition("temperature_degc")
        if temperature is not None and not lowest <= temperature.magnitude <= highest:
            outside[name] = Remark(
                "outside-temperature-range",
                "{spectrum}, at {temperature_degc:g} °C, outside the selected temperature range",
                spectrum=name,
                temperature_degc=temperature.magnitude,
            )
    return outside


def _other_pressure(inputs: Inputs, spectra: Mapping[str, Inputs]) -> dict[str, Remark]:
    wanted = float(inputs.parameter("stack_pressure_mpa"))
    if wanted == ANY:
        return {}
    others = {}
    for name, spectrum in spectra.items():
        pressure, bound = spectrum.condition("stack_pressure_mpa"), spectrum.bound("measurement.stack_pressure_mpa")
        if bound:
            others[name] = _lacks(spectrum, "measurement.stack_pressure_mpa", "stack pressure")
        elif pressure is None or not np.isclose(pressure.magnitude, wanted):
            others[name] = Remark(
                "other-conditions", "{spectrum}, at {conditions}", spectrum=name, conditions=_conditions(spectrum)
            )
    return others


def _lacks(spectrum: Inputs, path: str, words: str) -> Remark:
    quantity = path.rpartition(".")[2]
    if bound := spectrum.bound(path):
        return Remark(
            "only-a-bound",
            "{spectrum} has no {words}: {bound} is only a bound",
            spectrum=spectrum.refcode,
            words=words,
            bound=bound,
            quantity=quantity,
        )
    return Remark(
        "missing-number", "{spectrum} has no {words}", spectrum=spectrum.refcode, words=words, quantity=quantity
    )


def _conditions(spectrum: Inputs) -> str:
    """Return the other conditions of a spectrum as text, bounds as written; spectra of one series share them."""
    texts = []
    for slug, form in SAME:
        number = spectrum.condition(slug)
        texts.append(form.format(number.magnitude) if number else spectrum.bound(f"measurement.{slug}"))
    return ", ".join(text for text in texts if text) or "no other conditions"


def only_series(points: Sequence[Point], lacking: Sequence[Remark]) -> tuple[list[Point], list[Remark]]:
    """Return the only series with enough temperatures, from cold to hot, and the excluded spectra, or refuse."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(point.conditions, []).append(point)
    enough = [group for group in groups.values() if count_temperatures(group) >= FEWEST_TEMPERATURES]
    if len(enough) > 1:
        named = "; ".join(f"{group[0].conditions} ({len(group)} spectra)" for group in enough)
        raise Refused(
            "several-temperature-series",
            "{enough} temperature series at different conditions ({named}): set stack_pressure_mpa, or enter the "
            "condition that distinguishes them",
            enough=len(enough),
            named=named,
        )
    if not enough:
        counts = "; ".join(f"{count_temperatures(group)} at {name}" for name, group in groups.items())
        raise Refused(
            "too-few-temperatures",
            "needs spectra at {fewest_temperatures} temperatures and otherwise equal conditions: there are "
            "{counts}; not usable: {unusable}",
            fewest_temperatures=FEWEST_TEMPERATURES,
            counts=counts or "none",
            unusable=Listed(lacking or ["none"], between="; "),
        )
    (series,) = enough
    others = [
        Remark("other-conditions", "{spectrum}, at {conditions}", spectrum=point.refcode, conditions=point.conditions)
        for point in points
        if point not in series
    ]
    return sorted(series, key=lambda point: point.temperature_degc.magnitude), others


def count_temperatures(points: Sequence[Point]) -> int:
    """Return the number of different temperatures."""
    return len({point.temperature_degc.magnitude for point in points})


def numbers_of(series: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
    """Return temperatures [°C] and conductivities [S cm⁻¹], each of shape (points,)."""
    temperatures = np.array([point.temperature_degc.magnitude for point in series])
    return temperatures, np.array([point.conductivity_s_cm.magnitude for point in series])


def independent_uncertainty(series: Sequence[Point]) -> np.ndarray | None:
    """Return the standard uncertainty of each conductivity from causes that no other point shares, its temperature
    included [S cm⁻¹]; None unless all have one."""
    causes = Counter(
        cause.shared for point in series for cause in {c.shared: c for c in point.conductivity_s_cm.causes}.values()
    )
    temperatures, sigma = numbers_of(series)
    if not (sigma > 0).all() or not (temperatures > -ZERO_CELSIUS_K).all():
        return None
    per_kelvin = arrhenius_line(temperatures, sigma)[0] / (BOLTZMANN_EV_K * (temperatures + ZERO_CELSIUS_K) ** 2)
    of_temperature = np.array([point.temperature_degc.standard_uncertainty for point in series]) * per_kelvin * sigma
    own = np.array(
        [
            sum(c.contribution**2 for c in point.conductivity_s_cm.causes if not c.shared or causes[c.shared] == 1)
            for point in series
        ]
    )
    uncertainty = np.sqrt(own + of_temperature**2)
    is_known = np.isfinite(uncertainty) & (uncertainty > 0)
    return uncertainty if is_known.all() else None


def with_rounding(energy: Estimate, series: Sequence[Point]) -> Estimate:
    """Return an energy with the bounds that rounding of temperatures and of reported conductivities leaves it."""
    return _widened(energy, series, *_independent_rounding(series, 0))


def prefactor_with_rounding(log_prefactor: Estimate, series: Sequence[Point]) -> Estimate:
    """Return ln of a prefactor with the bounds of rounding, that of the geometry included, which shifts all points."""
    below, above = _independent_rounding(series, 1)
    computed = [point.conductivity_s_cm for point in series if not point.is_reported]
    down = max((math.log(sigma.magnitude / sigma.lower) for sigma in computed if sigma.lower > 0), default=0.0)
    up = max((math.log(sigma.upper / sigma.magnitude) for sigma in computed), default=0.0)
    return _widened(log_prefactor, series, below + down, above + up)


def _widened(number: Estimate, series: Sequence[Point], below: float, above: float) -> Estimate:
    inferred = any(point.conductivity_s_cm.inferred or point.temperature_degc.inferred for point in series)
    return replace(number, lower=number.lower - below, upper=number.upper + above, inferred=inferred)


def _independent_rounding(series: Sequence[Point], which: int) -> tuple[float, float]:
    """Return by how much energy (0) or ln of the prefactor (1) may be lower and higher by the rounding of temperatures
    and of reported conductivities, independent for each point."""
    values: dict[str, Estimate] = {}
    for index, point in enumerate(series):
        temperature = point.temperature_degc
        values[f"t{index}"] = Estimate(temperature.magnitude, temperature.lower, temperature.upper)
        sigma = point.conductivity_s_cm
        # A bound of zero has no logarithm and is left out.
        lower = sigma.lower if sigma.lower > 0 else sigma.magnitude
        bounds = (lower, sigma.upper) if point.is_reported else (sigma.magnitude, sigma.magnitude)
        values[f"s{index}"] = Estimate(sigma.magnitude, *bounds)

    def of_line(**at: float) -> float:
        temperatures = np.array([at[f"t{index}"] for index in range(len(series))])
        return arrhenius_line(temperatures, np.array([at[f"s{index}"] for index in range(len(series))]))[which]

    number = propagate(of_line, **values)
    return number.magnitude - number.lower, number.upper - number.magnitude
