"""A number of the measurements of a cell at several stack pressures, and the order in which they were measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.transport.pressure_laws import release_points
from analyses.uncertainty import Estimate, propagate
from registry.contract.analysis import Parameter
from registry.contract.inputs import Inputs, SeriesMember
from registry.contract.outcome import Message

Real = NDArray[np.float64]
Flags = NDArray[np.bool_]

PRESSURE = "stack_pressure_mpa"
BY_STAMPS, AS_ENTERED = "by the time stamps of the files", "as entered"
ORDER = Parameter(
    name="measuring_order",
    type=str,
    default=BY_STAMPS,
    help="Order of the measurements, which distinguishes compression from release; “as entered”: by refcode.",
    choices=(BY_STAMPS, AS_ENTERED),
    title="Order of the measurements",
)


@dataclass(frozen=True)
class PressurePoint:
    """Stack pressure and number of one measurement."""

    refcode: str
    stack_pressure_mpa: Estimate
    number: Estimate
    is_reported: bool
    start: str
    """When its file began; empty if unknown."""


@dataclass(frozen=True)
class PressureSeries:
    """The measurements that have the number, in order of the pressure."""

    points: tuple[PressurePoint, ...]
    lacking: tuple[Remark, ...]
    """Why others are excluded."""
    is_release: Flags | None
    """Which were measured after a decrease of the pressure; None if the order is not known."""
    messages: tuple[Message, ...]

    @property
    def pressures(self) -> Real:
        """Stack pressures [MPa]."""
        return np.array([point.stack_pressure_mpa.magnitude for point in self.points])

    @property
    def numbers(self) -> list[Estimate]:
        """The numbers."""
        return [point.number for point in self.points]

    @property
    def has_both_directions(self) -> bool:
        """True if some were measured on pressing and some on release."""
        return self.is_release is not None and bool(self.is_release.any())


def read_pressure_series(inputs: Inputs, quantity: str, words: str) -> PressureSeries:
    """Return the measurements with a quantity, computed or else reported."""
    points: list[PressurePoint] = []
    lacking: list[Remark] = []
    for member in inputs.series:
        point = _point(member, quantity, words)
        if isinstance(point, Remark):
            lacking.append(point)
        else:
            points.append(point)
    released, messages = _directions(points, str(inputs.parameter(ORDER.name)))
    return PressureSeries(tuple(points), tuple(lacking), released, messages)


def _point(member: SeriesMember, quantity: str, words: str) -> PressurePoint | Remark:
    pressure, computed = member.at, member.computed(quantity)
    number = computed or member.reported(quantity)
    if number is None:
        return Remark(
            "missing-number",
            "{spectrum} has no {words}, computed or reported",
            spectrum=member.refcode,
            words=words,
            quantity=quantity,
        )
    if pressure.magnitude <= 0:
        return Remark(
            "pressure-not-positive",
            "{spectrum} has no stack pressure above zero",
            spectrum=member.refcode,
            quantity=PRESSURE,
        )
    if number.magnitude <= 0:
        return Remark(
            "number-not-positive",
            "the {words} of {spectrum} is not above zero",
            spectrum=member.refcode,
            words=words,
            quantity=quantity,
        )
    start = member.fact("dataset.start_time")
    return PressurePoint(member.refcode, pressure, number, computed is None, start if isinstance(start, str) else "")


def _directions(points: Sequence[PressurePoint], order: str) -> tuple[Flags | None, tuple[Message, ...]]:
    """Return which points were measured on release, in the order of the points, and how that is known."""
    if len(points) < 2:
        return None, ()
    keys = [point.refcode if order == AS_ENTERED else point.start for point in points]
    if not all(keys) or len(set(keys)) < len(keys) or len({_has_offset(key) for key in keys}) > 1:
        message = Message(
            "measuring-order-not-known",
            "The files do not state when each was measured: compression and release are not distinguished. If the "
            "measurements were entered in order, set {parameter} to “{choice}”.",
            parameter=ORDER.name,
            choice=AS_ENTERED,
        )
        return None, (message,)
    rows = sorted(range(len(points)), key=lambda row: _sorting(keys[row], order))
    released = np.zeros(len(points), dtype=bool)
    released[rows] = release_points(np.array([points[row].stack_pressure_mpa.magnitude for row in rows]))
    message = Message(
        "measuring-order",
        "In order of time ({order}) the stack pressures are {pressures_mpa:g} MPa.",
        order=order,
        pressures_mpa=Listed(points[row].stack_pressure_mpa.magnitude for row in rows),
    )
    return released, (message,)


def _has_offset(start: str) -> bool:
    """Return whether a time stamp states an offset from UTC."""
    try:
        return datetime.fromisoformat(start).tzinfo is not None
    except ValueError:
        return False


def _sorting(key: str, order: str) -> tuple[float, str]:
    if order == AS_ENTERED:
        return 0.0, key
    start = datetime.fromisoformat(key)
    return (start if start.tzinfo else start.replace(tzinfo=UTC)).timestamp(), key


def rounding_bounds(series: PressureSeries, function: Callable[[Real, Real], float]) -> tuple[float, float]:
    """Return how far a coefficient goes down and up within the rounding of pressures and reported numbers."""
    values: dict[str, Estimate] = {}
    for index, point in enumerate(series.points):
        values[f"p{index}"] = _rounding(point.stack_pressure_mpa)
        number = point.number
        values[f"y{index}"] = _rounding(number) if point.is_reported else Estimate.exact(number.magnitude)
    count = len(series.points)

    def coefficient(**at: float) -> float:
        return function(
            np.array([at[f"p{index}"] for index in range(count)]), np.array([at[f"y{index}"] for index in range(count)])
        )

    bounds = propagate(coefficient, **values)
    return bounds.magnitude - bounds.lower, bounds.upper - bounds.magnitude


def _rounding(number: Estimate) -> Estimate:
    """Return the number with its rounding alone; a lower bound of zero has no logarithm and is left out."""
    lower = number.lower if number.lower > 0 else number.magnitude
    return Estimate(number.magnitude, lower, number.upper)
