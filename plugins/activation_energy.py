"""Activation energies of ionic conduction from the spectra of one cell at several temperatures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyses.transport.activation_energy import (
    FEWEST_TEMPERATURES,
    ZERO_CELSIUS_K,
    ArrheniusFit,
    activation_energy,
)
from analyses.transport.common_temperature import with_common_temperature
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis_support.transport.arc_structure import STRUCTURE_QUANTITIES, with_same_structure
from registry.contract.analysis_support.transport.arrhenius_report import arrhenius_messages
from registry.contract.analysis_support.transport.temperature_series import (
    COMMON_TEMPERATURE,
    SERIES_PARAMETERS,
    Point,
    count_temperatures,
    independent_uncertainty,
    numbers_of,
    only_series,
    prefactor_with_rounding,
    read_points,
    with_rounding,
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
    Quantity,
    Result,
    Series,
    hookimpl,
)

CONTRACT_VERSION = 2

SIGMA, BULK, GRAIN_BOUNDARY = (
    "ionic_conductivity_s_cm",
    "bulk_ionic_conductivity_s_cm",
    "grain_boundary_ionic_conductivity_s_cm",
)
ENERGY = "activation_energy_ev"
ENERGY_OF = {SIGMA: ENERGY, BULK: f"bulk_{ENERGY}", GRAIN_BOUNDARY: f"grain_boundary_{ENERGY}"}
WORDS = {SIGMA: "total", BULK: "bulk", GRAIN_BOUNDARY: "grain boundaries"}
PREFACTOR = "arrhenius_log10_prefactor"
KINK = "arrhenius_kink_temperature_degc"


def run(inputs: Inputs) -> Outcome:
    """Return E_a and σ₀ of σT = σ₀ exp(-E_a/kT) of one temperature series, and E_a of bulk and grain boundaries."""
    points, lacking = read_points(inputs, SIGMA)
    series, others = only_series(points, lacking)
    kelvin = float(inputs.parameter(COMMON_TEMPERATURE))
    parts = [_of_series(SIGMA, series, kelvin), *(_of_part(slug, series, kelvin) for slug in (BULK, GRAIN_BOUNDARY))]
    left_out = [Message("spectrum-excluded", "Excluded: {reason}.", reason=reason) for reason in (*lacking, *others)]
    return Outcome(
        values=tuple(value for part in parts for value in part.values),
        curves=(_curve([line for part in parts for line in part.lines]),),
        messages=(*(message for part in parts for message in part.messages), *left_out),
        not_computed=tuple(missing for part in parts for missing in part.not_computed),
    )


@dataclass(frozen=True)
class Part:
    """What the Arrhenius line of the total, the bulk or the grain boundaries gives; empty if it is not resolved."""

    values: tuple[Result, ...] = ()
    lines: tuple[Series, ...] = ()
    messages: tuple[Message, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()


def _of_series(slug: str, series: Sequence[Point], thermometer_k: float) -> Part:
    """Return what the Arrhenius line of one conductivity gives; the thermometer is known to `thermometer_k`."""
    conductivities = [point.conductivity_s_cm for point in series]
    own = independent_uncertainty(series)
    fit = activation_energy(*numbers_of(series), own, conductivities=conductivities)
    fit = with_common_temperature(fit, *numbers_of(series), thermometer_k)
    values, not_computed = _energies(slug, series, fit)
    if slug == SIGMA and not fit.ranges:
        note = "log₁₀ of σ₀ in S K cm⁻¹; includes the geometry."
        values.append(Result(PREFACTOR, _log10(prefactor_with_rounding(fit.log_prefactor, series)), note))
    if slug == SIGMA and fit.kink_degc:
        values.append(Result(KINK, fit.kink_degc, "Intersection of the lines of the two ranges."))
    return Part(
        values=tuple(values),
        lines=tuple(_lines(slug, series, fit)),
        messages=arrhenius_messages(WORDS[slug].capitalize(), series, fit, thermometer_k),
        not_computed=not_computed,
    )


def _energies(slug: str, series: Sequence[Point], fit: ArrheniusFit) -> tuple[list[Result], tuple[NotComputed, ...]]:
    """Return the activation energy, or that of each of two ranges and why there is no single one."""
    if not fit.ranges:
        energy = with_rounding(fit.activation_energy_ev, series)
        return [Result(ENERGY_OF[slug], energy, f"{_extent(series)}.", method_spread=_spread(series, fit))], ()
    ranges = [[series[index] for index in part.points] for part in fit.ranges]
    values = [
        Result(
            ENERGY_OF[slug],
            with_rounding(part.activation_energy_ev, points),
            f"{_extent(points)}.",
            at={"range": number},
        )
        for number, (part, points) in enumerate(zip(fit.ranges, ranges, strict=True), start=1)
    ]
    missing = NotComputed(
        ENERGY_OF[slug],
        "two-temperature-ranges",
        "no single activation energy: the Arrhenius plot has two ranges (p = {probability:.2g} for curvature, p = "
        "{of_two_lines:.2g} for two lines); use the activation energies of the ranges",
        probability=fit.curvature_probability,
        of_two_lines=fit.ranges_probability,
    )
    return values, (missing,)


def _log10(log_prefactor: Estimate) -> Estimate:
    return propagate(lambda log: log / math.log(10), log=log_prefactor)


def _extent(series: Sequence[Point]) -> str:
    degc = [point.temperature_degc.magnitude for point in series]
    return f"{count_temperatures(series)} temperatures, {min(degc):g} to {max(degc):g} °C"


def _spread(series: Sequence[Point], fit: ArrheniusFit) -> dict[str, float]:
    if fit.without_outliers_ev is None:
        return {}
    names = ", ".join(series[index].refcode for index in fit.outliers)
    return {"all spectra": fit.activation_energy_ev.magnitude, f"without {names}": fit.without_outliers_ev}


def _of_part(slug: str, series: Sequence[Point], thermometer_k: float) -> Part:
    """Return the activation energy of bulk or grain boundaries, that it has too few temperatures, or nothing.

    If grain boundaries are resolved at some temperatures, the bulk counts there only: elsewhere it includes them. Of
    circuits with different structures those with the most temperatures count: the arc of another is another quantity.
    """
    resolved = {point.refcode: point.spectrum.computed(slug) for point in series}
    others = {point.refcode: point.spectrum.computed(GRAIN_BOUNDARY) for point in series}
    both_needed = slug == BULK and any(others.values())
    usable = [
        replace(point, conductivity_s_cm=number, is_reported=False)
        for point in series
        if (number := resolved[point.refcode]) is not None and (others[point.refcode] or not both_needed)
    ]
    if not any(resolved.values()):
        return Part()
    left = [point.refcode for point in series if point.refcode not in {other.refcode for other in usable}]
    usable, of_other_structure = with_same_structure(usable)
    messages: list[Message] = []
    if left:
        messages.append(
            Message(
                "part-not-resolved",
                "Excluded from the activation energy of the {part}: {spectra}, where bulk and grain boundaries are "
                "not resolved.",
                part=WORDS[slug],
                spectra=Listed(left),
            )
        )
    if of_other_structure:
        messages.append(
            Message(
                "part-of-other-circuit",
                "Excluded from the activation energy of the {part}: {spectra}. Their circuits have another structure, "
                "so the arc may be a different process.",
                "warning",
                part=WORDS[slug],
                spectra=Listed(of_other_structure),
            )
        )
    if count_temperatures(usable) < FEWEST_TEMPERATURES:
        missing = NotComputed(
            ENERGY_OF[slug],
            "too-few-temperatures",
            "the {part} is resolved with the same circuit structure at {count} temperatures only: an activation "
            "energy needs {fewest_temperatures}",
            part=WORDS[slug],
            count=count_temperatures(usable),
            fewest_temperatures=FEWEST_TEMPERATURES,
        )
        return Part(messages=tuple(messages), not_computed=(missing,))
    part = _of_series(slug, usable, thermometer_k)
    return replace(part, messages=(*part.messages, *messages))


def _lines(slug: str, series: Sequence[Point], fit: ArrheniusFit) -> list[Series]:
    temperatures, sigma = numbers_of(series)
    kelvin = temperatures + ZERO_CELSIUS_K
    name = WORDS[slug].capitalize()
    along, fitted = 1000 / kelvin, np.asarray(fit.fitted_s_cm) * kelvin
    lines = [Series(name, tuple(along.tolist()), tuple((sigma * kelvin).tolist()), line=False, markers=True)]
    parts = [(part.points, part.activation_energy_ev) for part in fit.ranges]
    for points, energy in parts or [(tuple(range(len(series))), fit.activation_energy_ev)]:
        chosen = list(points)
        # Without its uncertainty: that of the line alone is narrower than that of the value, which has all inputs.
        label = f"{name}, E_a = {energy.magnitude:.3f} eV"
        lines.append(Series(label, tuple(along[chosen].tolist()), tuple(fitted[chosen].tolist())))
    return lines


def _curve(series: Sequence[Series]) -> Curve:
    return Curve(
        "arrhenius",
        "Arrhenius plot of the ionic conductivity",
        Axis(quantity="reciprocal_temperature_per_kk", label="1 / T"),
        Axis(quantity="conductivity_temperature_s_k_cm", label="σT", log=True),
        tuple(series),
    )


def _energy(slug: str, name: str, symbol: str, description: str) -> Quantity:
    return Quantity(
        slug=slug, name=name, unit="eV", unit_label="eV", symbol=symbol, description=description, per_cell=True
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the activation energies, cell-level quantities, and the axes of the Arrhenius plot."""
    slope = "Slope of ln(σT) against 1/kT."
    return (
        _energy(ENERGY, "Activation energy", "E_a", slope),
        _energy(ENERGY_OF[BULK], "Bulk activation energy", "E_a,b", f"{slope} For the bulk."),
        _energy(
            ENERGY_OF[GRAIN_BOUNDARY],
            "Grain-boundary activation energy",
            "E_a,gb",
            f"{slope} For the apparent grain-boundary conductivity.",
        ),
        Quantity(
            slug=PREFACTOR,
            name="Arrhenius prefactor, log₁₀(σ₀/(S K cm⁻¹))",
            unit="dimensionless",
            unit_label="",
            symbol="log₁₀ σ₀",
            description="log₁₀ of σ₀ in σT = σ₀ exp(−E_a/kT), with σ₀ in S K cm⁻¹.",
            per_cell=True,
        ),
        Quantity(
            slug=KINK,
            name="Kink of the Arrhenius plot",
            unit="degC",
            unit_label="°C",
            symbol="T_kink",
            description="Temperature at which the activation energy changes.",
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
            description="Ionic conductivity times temperature.",
            minimum=0,
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the activation energy on cells with spectra at several temperatures."""
    return (
        Analysis(
            name="activation-energy",
            version="2.4.2",
            title="Activation energy",
            description="Slope of ln(σT) against 1/kT over spectra at several temperatures, tested for curvature and "
            "outliers.",
            techniques=("eis",),
            outputs=(*ENERGY_OF.values(), PREFACTOR, KINK),
            run=run,
            not_applicable=("too-few-temperatures",),
            parameters=SERIES_PARAMETERS,
            requirements=(
                f"impedance measurements at {FEWEST_TEMPERATURES} or more temperatures, at the same pressure, voltage "
                "and cycle",
                "the temperature of each",
                "the ionic conductivity of each, computed or reported",
            ),
            depends_on=(SIGMA, BULK, GRAIN_BOUNDARY, *STRUCTURE_QUANTITIES),
            scope="cell",
            min_measurements=2,
        ),
    )
