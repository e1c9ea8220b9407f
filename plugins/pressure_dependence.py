"""Pressure dependence of the ionic conductivity, from the spectra of one cell at several stack pressures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analyses.transport.pressure_dependence import FEWEST_PRESSURES, pressure_exponent
from analyses.uncertainty import Estimate, propagate
from registry.hookspecs import (
    Analysis,
    Axis,
    Curve,
    Inputs,
    Listed,
    Message,
    Outcome,
    Quantity,
    Refused,
    Remark,
    Result,
    Series,
    SeriesMember,
    hookimpl,
)

CONTRACT_VERSION = 2

SIGMA = "ionic_conductivity_s_cm"
EXPONENT = "conductivity_pressure_exponent"


@dataclass(frozen=True)
class Point:
    """Stack pressure and conductivity of a spectrum."""

    refcode: str
    stack_pressure_mpa: Estimate
    conductivity_s_cm: Estimate
    is_reported: bool


def run(inputs: Inputs) -> Outcome:
    """Return m of σ = a p^m over the stack pressures of the series."""
    points, lacking = _points(inputs.series)
    if len({point.stack_pressure_mpa.magnitude for point in points}) < FEWEST_PRESSURES:
        raise Refused(
            "too-few-pressures",
            "needs ionic conductivities at {needed} stack pressures: {lacking}",
            needed=FEWEST_PRESSURES,
            lacking=Listed(lacking, between="; "),
        )
    conductivities = [point.conductivity_s_cm for point in points]
    law = pressure_exponent(*_numbers(points), conductivities=conductivities)
    source = Message(
        "pressure-slope",
        "Slope of ln σ against ln p of {count} spectra ({spectra}). The uncertainty is the scatter about the line; "
        "what all share, such as the pellet geometry, cancels.",
        count=len(points),
        spectra=", ".join(point.refcode for point in points),
    )
    excluded = (Message("spectrum-excluded", "Excluded: {reason}.", reason=reason) for reason in lacking)
    return Outcome(
        values=(Result(EXPONENT, _estimate(law.exponent, points), f"{len(points)} spectra"),),
        curves=(_curve(points, law.fitted_s_cm),),
        messages=(source, *excluded),
    )


def _points(series: Sequence[SeriesMember]) -> tuple[list[Point], list[Remark]]:
    """Return the spectra with a conductivity, and why others are excluded."""
    points, lacking = [], []
    for member in series:
        pressure, computed = member.at, member.computed(SIGMA)
        conductivity = computed or member.reported(SIGMA)
        if conductivity is None:
            lacking.append(
                Remark(
                    "missing-number",
                    "{spectrum} has no ionic conductivity, computed or reported",
                    spectrum=member.refcode,
                    quantity=SIGMA,
                )
            )
        elif pressure.magnitude <= 0:
            lacking.append(
                Remark(
                    "pressure-not-positive",
                    "{spectrum} has no stack pressure above zero",
                    spectrum=member.refcode,
                    quantity="stack_pressure_mpa",
                )
            )
        else:
            points.append(Point(member.refcode, pressure, conductivity, computed is None))
    return points, lacking


def _numbers(points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
    pressures = np.array([point.stack_pressure_mpa.magnitude for point in points])
    return pressures, np.array([point.conductivity_s_cm.magnitude for point in points])


def _estimate(exponent: Estimate, points: Sequence[Point]) -> Estimate:
    """Return the exponent with the bounds from rounding of pressures and of reported conductivities."""
    bounds = _bounds(points)
    return replace(
        exponent,
        lower=min(bounds.lower, exponent.magnitude),
        upper=max(bounds.upper, exponent.magnitude),
        inferred=any(point.stack_pressure_mpa.inferred or point.conductivity_s_cm.inferred for point in points),
    )


def _bounds(points: Sequence[Point]) -> Estimate:
    """Propagate the rounding of each pressure and of each reported conductivity."""
    values: dict[str, Estimate] = {}
    for index, point in enumerate(points):
        values[f"p{index}"] = _rounding(point.stack_pressure_mpa)
        sigma = point.conductivity_s_cm
        values[f"s{index}"] = _rounding(sigma) if point.is_reported else Estimate.exact(sigma.magnitude)

    def slope(**at: float) -> float:
        pressures = np.array([at[f"p{index}"] for index in range(len(points))])
        sigmas = np.array([at[f"s{index}"] for index in range(len(points))])
        return pressure_exponent(pressures, sigmas).exponent.magnitude

    return propagate(slope, **values)


def _rounding(number: Estimate) -> Estimate:
    """Return the number with its rounding alone; a lower bound of zero has no logarithm and is left out."""
    lower = number.lower if number.lower > 0 else number.magnitude
    return Estimate(number.magnitude, lower, number.upper)


def _curve(points: Sequence[Point], fitted: np.ndarray) -> Curve:
    pressures, sigma = _numbers(points)
    along = tuple(pressures.tolist())
    return Curve(
        "pressure",
        "Ionic conductivity against stack pressure",
        Axis(quantity="stack_pressure_mpa", log=True),
        Axis(quantity=SIGMA, log=True),
        (
            Series("Spectra", along, tuple(sigma.tolist()), line=False, markers=True),
            Series("σ = a pᵐ", along, tuple(np.asarray(fitted).tolist())),
        ),
    )


@hookimpl
def register_quantities() -> Sequence[Quantity]:
    """Add the exponent, a cell-level quantity."""
    words = "m in σ = a pᵐ: slope of ln σ against ln p."
    name = "Pressure exponent of the ionic conductivity"
    return (
        Quantity(
            slug=EXPONENT, name=name, unit="dimensionless", unit_label="", symbol="m", description=words, per_cell=True
        ),
    )


@hookimpl
def register_analyses() -> Sequence[Analysis]:
    """Offer the exponent on spectra of a cell at several stack pressures."""
    return (
        Analysis(
            name="pressure-dependence",
            version="1.0.0",
            title="Pressure dependence of the ionic conductivity",
            description="Slope of ln σ against ln p over spectra at several stack pressures.",
            techniques=("eis",),
            outputs=(EXPONENT,),
            run=run,
            requirements=(
                f"impedance measurements at {FEWEST_PRESSURES} or more stack pressures, all other conditions equal",
                "the ionic conductivity of each, computed or reported",
            ),
            depends_on=(SIGMA,),
            scope="series",
            over="stack_pressure_mpa",
            min_measurements=FEWEST_PRESSURES,
        ),
    )
