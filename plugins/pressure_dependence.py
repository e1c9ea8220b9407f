"""Dependence of conductivity, resistance and capacity on the stack pressure, from the measurements of one cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyses.transport.pressure_dependence import FEWEST_PRESSURES
from analyses.transport.pressure_laws import PressureLaws, pressure_laws
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.transport.pressure_series import (
    ORDER,
    PRESSURE,
    PressureSeries,
    read_pressure_series,
    rounding_bounds,
)
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Inputs,
    Listed,
    Message,
    NotComputed,
    Outcome,
    Parameter,
    Quantity,
    Refused,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

Real = NDArray[np.float64]

PERCENT = 100.0


@dataclass(frozen=True)
class Kind:
    """A number whose dependence on the pressure is fitted."""

    quantity: str
    words: str
    unit: str
    unit_label: str
    exponent: str
    """Slug of m in y = a p^m."""
    slope: str
    """Slug of b in y = a + b p."""
    hysteresis: str


IONIC = Kind(
    "ionic_conductivity_s_cm",
    "ionic conductivity",
    "S/cm/MPa",
    "S cm⁻¹ MPa⁻¹",
    "conductivity_pressure_exponent",
    "ionic_conductivity_pressure_slope_s_cm_mpa",
    "ionic_conductivity_pressure_hysteresis_percent",
)
ELECTRONIC = Kind(
    "electronic_conductivity_s_cm",
    "electronic conductivity",
    "S/cm/MPa",
    "S cm⁻¹ MPa⁻¹",
    "electronic_conductivity_pressure_exponent",
    "electronic_conductivity_pressure_slope_s_cm_mpa",
    "electronic_conductivity_pressure_hysteresis_percent",
)
RESISTANCE = Kind(
    "resistance_ohm",
    "resistance",
    "ohm/MPa",
    "Ω MPa⁻¹",
    "resistance_pressure_exponent",
    "resistance_pressure_slope_ohm_mpa",
    "resistance_pressure_hysteresis_percent",
)
CAPACITY = Kind(
    "specific_capacity_mah_g",
    "specific capacity",
    "mA*h/g/MPa",
    "mAh g⁻¹ MPa⁻¹",
    "specific_capacity_pressure_exponent",
    "specific_capacity_pressure_slope_mah_g_mpa",
    "specific_capacity_pressure_hysteresis_percent",
)
KINDS = (IONIC, ELECTRONIC, RESISTANCE, CAPACITY)
RESISTANCES = {
    "resistance": "resistance_ohm",
    "polarisation resistance": "polarisation_resistance_ohm",
    "high-frequency resistance": "high_frequency_resistance_ohm",
}
WHICH = Parameter(
    name="resistance_kind",
    type=str,
    default="resistance",
    help="Resistance to fit: that of the sample, or for a full cell the polarisation or high-frequency resistance.",
    choices=tuple(RESISTANCES),
    title="Resistance",
)
LAWS = {"power": "the power law", "line": "the straight line"}


def run_ionic(inputs: Inputs) -> Outcome:
    """Return slope, exponent and hysteresis of the ionic conductivity."""
    return _run(inputs, IONIC)


def run_electronic(inputs: Inputs) -> Outcome:
    """Return slope, exponent and hysteresis of the electronic conductivity."""
    return _run(inputs, ELECTRONIC)


def run_resistance(inputs: Inputs) -> Outcome:
    """Return slope, exponent and hysteresis of the chosen resistance."""
    which = str(inputs.parameter(WHICH.name))
    return _run(inputs, replace(RESISTANCE, quantity=RESISTANCES[which], words=which))


def run_capacity(inputs: Inputs) -> Outcome:
    """Return slope, exponent and hysteresis of the specific discharge capacity."""
    return _run(inputs, CAPACITY)


def _run(inputs: Inputs, kind: Kind) -> Outcome:
    series = read_pressure_series(inputs, kind.quantity, kind.words)
    if np.unique(series.pressures).size < FEWEST_PRESSURES:
        raise Refused(
            "too-few-pressures",
            "needs the {words} at {needed} stack pressures: {lacking}",
            words=kind.words,
            needed=FEWEST_PRESSURES,
            lacking=Listed(series.lacking, between="; "),
        )
    laws = pressure_laws(series.pressures, series.numbers, is_release=series.is_release)
    hysteresis, lacking = _hysteresis(series, laws, kind)
    return Outcome(
        values=(*_coefficients(series, laws, kind), *hysteresis),
        curves=(_curve(series, laws, kind),),
        messages=(_source(series, kind), *_law_messages(laws), *series.messages, *_excluded(series)),
        not_computed=lacking,
    )


def _coefficients(series: PressureSeries, laws: PressureLaws, kind: Kind) -> tuple[Result, ...]:
    """Return exponent and slope with the bounds from rounding of pressures and of reported numbers."""
    note = f"{len(series.points)} measurements"
    exponent = _bounded(series, laws.exponent, lambda laws: laws.exponent.magnitude)
    slope = _bounded(series, laws.slope_per_mpa, lambda laws: laws.slope_per_mpa.magnitude)
    return Result(kind.exponent, exponent, note), Result(kind.slope, slope, note)


def _bounded(series: PressureSeries, number: Estimate, of_laws: Callable[[PressureLaws], float]) -> Estimate:
    below, above = rounding_bounds(
        series, lambda mpa, y: of_laws(pressure_laws(mpa, _exact(y), is_release=series.is_release))
    )
    inferred = any(point.stack_pressure_mpa.inferred or point.number.inferred for point in series.points)
    return replace(number, lower=number.lower - below, upper=number.upper + above, inferred=inferred)


def _exact(numbers: Real) -> list[Estimate]:
    return [Estimate.exact(number) for number in numbers.tolist()]


def _hysteresis(
    series: PressureSeries, laws: PressureLaws, kind: Kind
) -> tuple[tuple[Result, ...], tuple[NotComputed, ...]]:
    """Return by how much the number is larger on release than on pressing, if both were measured."""
    if not series.has_both_directions:
        return (), ()
    if laws.log_hysteresis is None:
        reason = NotComputed(
            kind.hysteresis,
            "too-few-points-on-release",
            "a hysteresis needs at least two measurements each on compression and on release",
        )
        return (), (reason,)
    ratio = _bounded(series, laws.log_hysteresis, _log_hysteresis)
    percent = propagate(lambda log: PERCENT * float(np.expm1(log)), log=ratio)
    return (Result(kind.hysteresis, percent, "release relative to compression at the same pressure, minus one"),), ()


def _log_hysteresis(laws: PressureLaws) -> float:
    return laws.log_hysteresis.magnitude if laws.log_hysteresis else 0.0


def _source(series: PressureSeries, kind: Kind) -> Message:
    return Message(
        "pressure-slope",
        "Straight line and power law of the {words} of {count} measurements ({spectra}). The uncertainty is the "
        "scatter about the law; errors common to all, such as the geometry, cancel in the exponent and the hysteresis.",
        words=kind.words,
        count=len(series.points),
        spectra=", ".join(point.refcode for point in series.points),
    )


def _law_messages(laws: PressureLaws) -> tuple[Message, ...]:
    """Return which law describes the numbers better, and whether neither does."""
    messages = [_preferred(laws)]
    if laws.is_bent:
        messages.append(
            Message(
                "pressure-law-bent",
                "Neither law describes the data (curvature: p = {probability:.2g}): slope and exponent are averages "
                "over these pressures.",
                "warning",
                probability=laws.bend_probability,
            )
        )
    return tuple(messages)


def _preferred(laws: PressureLaws) -> Message:
    if not laws.preferred:
        return Message(
            "pressure-law-open",
            "The data do not discriminate between straight line and power law (likelihood ratio {ratio:.3g}).",
            ratio=laws.likelihood_ratio,
        )
    power = laws.likelihood_ratio >= 1
    return Message(
        "pressure-law-preferred",
        "Preferred: {law} (likelihood ratio {ratio:.3g} over {other}).",
        law=LAWS["power" if power else "line"],
        other=LAWS["line" if power else "power"],
        ratio=laws.likelihood_ratio if power else 1 / laws.likelihood_ratio,
    )


def _excluded(series: PressureSeries) -> tuple[Message, ...]:
    return tuple(Message("spectrum-excluded", "Excluded: {reason}.", reason=reason) for reason in series.lacking)


def _curve(series: PressureSeries, laws: PressureLaws, kind: Kind) -> Curve:
    mpa, y = series.pressures, np.array([number.magnitude for number in series.numbers])
    released = series.is_release if series.is_release is not None else np.zeros(mpa.size, dtype=bool)
    name = "Pressing" if released.any() else "Measurements"
    parts = [_points(name, mpa[~released], y[~released], line=False)]
    if released.any():
        parts.append(_points("Release", mpa[released], y[released], line=False))
    for title, law in (("y = a pᵐ", laws.power), ("y = a + b p", laws.line)):
        parts.append(_points(title, mpa[~released], law[~released], line=True))
        if laws.log_hysteresis is not None:
            parts.append(_points(f"{title}, release", mpa[released], law[released], line=True))
    title = f"{kind.words.capitalize()} against stack pressure"
    axes = Axis(quantity=PRESSURE, log=True), Axis(quantity=kind.quantity, log=True)
    return Curve("pressure", title, *axes, tuple(parts))


def _points(name: str, x: Real, y: Real, *, line: bool) -> Series:
    return Series(name, tuple(x.tolist()), tuple(y.tolist()), line=line, markers=not line)


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add exponents, slopes and hystereses, cell-level quantities."""
    return tuple(quantity for kind in KINDS for quantity in _quantities(kind))


def _quantities(kind: Kind) -> tuple[Quantity, ...]:
    return (
        Quantity(
            slug=kind.exponent,
            name=f"Pressure exponent of the {kind.words}",
            unit="dimensionless",
            unit_label="",
            symbol="m",
            description="m in y = a pᵐ: slope of ln y against ln p.",
            per_cell=True,
        ),
        Quantity(
            slug=kind.slope,
            name=f"Slope of the {kind.words} against pressure",
            unit=kind.unit,
            unit_label=kind.unit_label,
            symbol="b",
            description="b in y = a + b p.",
            per_cell=True,
        ),
        Quantity(
            slug=kind.hysteresis,
            name=f"Pressure hysteresis of the {kind.words}",
            unit="percent",
            unit_label="%",
            description="Value on release relative to that on compression at the same pressure, minus one.",
            per_cell=True,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the dependence of each number on measurements of a cell at several stack pressures."""
    resistance = _analysis("resistance-by-pressure", RESISTANCE, ("eis", "chronoamperometry"), run_resistance)
    return (
        _analysis("pressure-dependence", IONIC, ("eis",), run_ionic),
        _analysis("electronic-conductivity-by-pressure", ELECTRONIC, ("chronoamperometry",), run_electronic),
        replace(resistance, parameters=(WHICH, ORDER), depends_on=tuple(RESISTANCES.values())),
        _analysis("capacity-by-pressure", CAPACITY, ("cycling",), run_capacity),
    )


def _analysis(name: str, kind: Kind, techniques: tuple[str, ...], run: Callable[[Inputs], Outcome]) -> Analysis:
    return Analysis(
        name=name,
        version="2.0.1" if kind is IONIC else "1.0.1",
        title=f"Pressure dependence of the {kind.words}",
        description=f"Slope, exponent and hysteresis of the {kind.words} over measurements at several stack pressures.",
        techniques=techniques,
        outputs=(kind.exponent, kind.slope, kind.hysteresis),
        run=run,
        not_applicable=("too-few-pressures",),
        parameters=(ORDER,),
        requirements=(
            f"measurements at {FEWEST_PRESSURES} or more stack pressures, all other conditions equal",
            f"the {kind.words} of each, computed or reported",
        ),
        depends_on=(kind.quantity,),
        scope="series",
        over=PRESSURE,
        min_measurements=FEWEST_PRESSURES,
    )
