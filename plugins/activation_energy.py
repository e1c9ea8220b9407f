"""Activation energy of ionic conduction from the spectra of one cell at several temperatures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyses.transport.activation_energy import FEWEST_TEMPERATURES, ZERO_CELSIUS_K, activation_energy
from analyses.uncertainty import Estimate, propagate
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Inputs,
    Listed,
    Message,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Remark,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

SIGMA = "ionic_conductivity_s_cm"
ANY = -1.0
SAME = (("stack_pressure_mpa", "{:g} MPa"), ("voltage_v", "{:g} V"), ("cycle_number", "cycle {:g}"))


@dataclass(frozen=True)
class Point:
    """Temperature and conductivity of a spectrum, and its other conditions as text."""

    refcode: str
    temperature_degc: Estimate
    conductivity_s_cm: Estimate
    is_reported: bool
    conditions: str


def run(inputs: Inputs) -> Outcome:
    """Return E_a and the prefactor of σT = σ₀ exp(-E_a/kT) over the temperatures of one series."""
    points, lacking = _points(inputs)
    series, others = _only_series(points, lacking)
    series = sorted(series, key=lambda point: point.temperature_degc.magnitude)
    conductivities = [point.conductivity_s_cm for point in series]
    fit = activation_energy(*_numbers(series), conductivities=conductivities)
    bounds = _bounds(series)
    energy = fit.activation_energy_ev
    inferred = any(point.conductivity_s_cm.inferred or point.temperature_degc.inferred for point in series)
    lower, upper = min(bounds.lower, energy.magnitude), max(bounds.upper, energy.magnitude)
    estimate = replace(energy, lower=lower, upper=upper, inferred=inferred)
    left_out = [Message("spectrum-excluded", "Excluded: {reason}.", reason=reason) for reason in (*lacking, *others)]
    source = Message(
        "arrhenius-slope",
        "Slope of ln(σT) against 1/kT of {count} spectra ({spectra}) at {conditions}. The uncertainty is "
        "the scatter about the line; what all share, such as the pellet geometry, cancels.",
        count=len(series),
        spectra=", ".join(point.refcode for point in series),
        conditions=series[0].conditions or "conditions not entered",
    )
    return Outcome(
        values=(Result("activation_energy_ev", estimate, f"{len(series)} temperatures"),),
        curves=(_curve(series, fit.fitted_s_cm),),
        messages=(source, *left_out),
    )


def _points(inputs: Inputs) -> tuple[list[Point], list[Remark]]:
    """Return the spectra with temperature and conductivity, and why others are excluded."""
    wanted = float(inputs.parameter("stack_pressure_mpa"))
    points, lacking = [], []
    for spectrum in inputs.measurements("eis"):
        pressure, bound = spectrum.condition("stack_pressure_mpa"), spectrum.bound("measurement.stack_pressure_mpa")
        if wanted != ANY and bound:
            lacking.append(_lacks(spectrum, "measurement.stack_pressure_mpa", "stack pressure"))
            continue
        if wanted != ANY and (pressure is None or not np.isclose(pressure.magnitude, wanted)):
            continue
        temperature = spectrum.condition("temperature_degc")
        computed = spectrum.computed(SIGMA)
        conductivity = computed or spectrum.reported(SIGMA)
        if temperature is None:
            lacking.append(_lacks(spectrum, "measurement.temperature_degc", "temperature"))
        elif conductivity is None:
            lacking.append(_lacks(spectrum, f"reported.{SIGMA}", "ionic conductivity, computed or reported"))
        else:
            points.append(Point(spectrum.refcode, temperature, conductivity, computed is None, _conditions(spectrum)))
    return points, lacking


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
    return ", ".join(text for text in texts if text)


def _only_series(points: Sequence[Point], lacking: Sequence[Remark]) -> tuple[list[Point], list[Remark]]:
    """Return the only series with enough temperatures and the excluded spectra, or refuse."""
    groups: dict[str, list[Point]] = {}
    for point in points:
        groups.setdefault(point.conditions, []).append(point)
    enough = [group for group in groups.values() if _temperatures(group) >= FEWEST_TEMPERATURES]
    if len(enough) > 1:
        named = "; ".join(f"{group[0].conditions or 'none entered'} ({len(group)} spectra)" for group in enough)
        raise Refused(
            "several-temperature-series",
            "{enough} temperature series at different conditions ({named}): set stack_pressure_mpa, or enter "
            "what distinguishes them",
            enough=len(enough),
            named=named,
        )
    if not enough:
        counts = "; ".join(
            f"{_temperatures(group)} at {name or 'no other conditions'}" for name, group in groups.items()
        )
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
    return series, others


def _temperatures(group: Sequence[Point]) -> int:
    return len({point.temperature_degc.magnitude for point in group})


def _numbers(series: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
    temperatures = np.array([point.temperature_degc.magnitude for point in series])
    return temperatures, np.array([point.conductivity_s_cm.magnitude for point in series])


def _bounds(series: Sequence[Point]) -> Estimate:
    """Propagate the rounding of temperatures and of reported conductivities, independent for each point."""
    values: dict[str, Estimate] = {}
    for index, point in enumerate(series):
        temperature = point.temperature_degc
        values[f"t{index}"] = Estimate(temperature.magnitude, temperature.lower, temperature.upper)
        sigma = point.conductivity_s_cm
        bounds = (sigma.lower, sigma.upper) if point.is_reported else (sigma.magnitude, sigma.magnitude)
        values[f"s{index}"] = Estimate(sigma.magnitude, *bounds)

    def slope(**at: float) -> float:
        temperatures = np.array([at[f"t{index}"] for index in range(len(series))])
        sigmas = np.array([at[f"s{index}"] for index in range(len(series))])
        return activation_energy(temperatures, sigmas).activation_energy_ev.magnitude

    return propagate(slope, **values)


def _curve(series: Sequence[Point], fitted: np.ndarray) -> Curve:
    temperatures, sigma = _numbers(series)
    kelvin = temperatures + ZERO_CELSIUS_K
    along = tuple((1000 / kelvin).tolist())
    return Curve(
        "arrhenius",
        "Arrhenius plot of the ionic conductivity",
        Axis(quantity="reciprocal_temperature_per_kk", label="1 / T"),
        Axis(quantity="conductivity_temperature_s_k_cm", label="σT", log=True),
        (
            Series("Spectra", along, tuple((sigma * kelvin).tolist()), line=False, markers=True),
            Series("σT = σ₀ exp(−E_a/kT)", along, tuple((np.asarray(fitted) * kelvin).tolist())),
        ),
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the activation energy, a cell-level quantity, and the axes of the Arrhenius plot."""
    slope = "Slope of ln(σT) against 1/kT."
    product = "Ionic conductivity times temperature."
    return (
        Quantity(
            slug="activation_energy_ev",
            name="Activation energy",
            unit="eV",
            unit_label="eV",
            symbol="E_a",
            description=slope,
            per_cell=True,
        ),
        Quantity(
            slug="reciprocal_temperature_per_kk",
            name="Reciprocal temperature",
            unit="1/kK",
            unit_label="kK⁻¹",
            symbol="1/T",
            minimum=0,
        ),
        Quantity(
            slug="conductivity_temperature_s_k_cm",
            name="Conductivity times temperature",
            unit="S*K/cm",
            unit_label="S K cm⁻¹",
            symbol="σT",
            description=product,
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the activation energy on cells with spectra at several temperatures."""
    return (
        Analysis(
            name="activation-energy",
            version="1.0.0",
            title="Activation energy",
            description="Slope of ln(σT) against 1/kT over spectra at several temperatures.",
            techniques=("eis",),
            outputs=("activation_energy_ev",),
            run=run,
            parameters=(
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
            ),
            requirements=(
                f"impedance measurements at {FEWEST_TEMPERATURES} or more temperatures, at the same pressure, voltage "
                "and cycle",
                "the temperature of each",
                "the ionic conductivity of each, computed or reported",
            ),
            depends_on=(SIGMA,),
            scope="cell",
            min_measurements=FEWEST_TEMPERATURES,
        ),
    )
