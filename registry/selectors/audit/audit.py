"""Compare reported with computed values on the same measurement, and decide whether they agree."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from analyses.uncertainty import Estimate
from registry.contract.place import Place
from registry.models import Measurement, Value, ValueOrigin
from registry.models.visibility import AnyUser
from registry.numbers import catalogue, units
from registry.numbers.formatting import (
    convert,
    convert_estimate,
    format_digits_like,
    percent_difference,
    to_scientific,
    to_typographic,
)
from registry.numbers.parsing import BOUNDS, ParsedNumber, parse


class Number(Protocol):
    """The attributes of a value that a comparison reads."""

    @property
    def quantity(self) -> str: ...
    @property
    def written(self) -> str: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def lower(self) -> float | None: ...
    @property
    def upper(self) -> float | None: ...
    @property
    def place(self) -> Place | None: ...
    def shown_estimate(self) -> Estimate | None: ...


@dataclass(frozen=True)
class Deviation:
    """Difference between a reported and a computed number."""

    quantity: str
    written: str
    qualifier: str
    reported_estimate: Estimate
    """The number as written, with the rounding of its digits."""
    computed_estimate: Estimate
    bounds: tuple[float | None, float | None]
    """Lower and upper bound of what was reported, None where it is open."""
    place: Place | None
    """The place of both; None without one."""

    @property
    def agrees(self) -> bool:
        """Whether the intervals overlap: the bounds of both, widened by their 95 % expanded uncertainty."""
        low, high = self._reported_interval()
        computed_low, computed_high = self.computed_estimate.interval()
        if (self.qualifier == ">" and computed_high == low) or (self.qualifier == "<" and computed_low == high):
            return False
        return low <= computed_high and computed_low <= high

    def _reported_interval(self) -> tuple[float, float]:
        """The interval of what was reported; of a number without qualifier or an approximate one, of its digits."""
        low, high = self.reported_estimate.interval()
        if self.qualifier not in BOUNDS:
            return low, high
        lower, upper = self.bounds
        scatter = self.reported_estimate.lower - low
        return (
            -math.inf if lower is None else lower - scatter,
            math.inf if upper is None else upper + scatter,
        )

    @property
    def deviation_percent(self) -> float | None:
        """Reported minus computed, in percent of the computed value."""
        return percent_difference(self.reported_estimate.magnitude, self.computed_estimate.magnitude)

    @property
    def computed_digits(self) -> str:
        """The computed magnitude in the notation and with the number of digits of the reported one."""
        # The unit of a quantity is unknown if its plugin is not loaded.
        quantity = catalogue.catalogue.get(self.quantity)
        written = parse(self.written, quantity).digits if quantity else ""
        digits = format_digits_like(self.computed_estimate.magnitude, self.reported_estimate, written)
        return to_scientific(digits) if "e" in written else digits

    def _computed_digits_in_unit_of(self, written: ParsedNumber) -> str:
        """The computed magnitude in the unit and with the number of digits of the reported one."""
        unit = catalogue.get(self.quantity).unit
        reported = convert_estimate(self.reported_estimate, unit, written.unit)
        return format_digits_like(
            convert(self.computed_estimate.magnitude, unit, written.unit), reported, written.digits
        )

    def sentence(self) -> str:
        """Both numbers, their difference, and whether they agree."""
        quantity = catalogue.get_or_placeholder(self.quantity)
        computed = f"{to_typographic(self.computed_digits)} {quantity.unit_label}"
        written = parse(self.written, quantity) if self.quantity in catalogue.catalogue else None
        if written and written.unit and units.factor(quantity.unit, written.unit)[0] != 1:
            computed = f"{to_typographic(self._computed_digits_in_unit_of(written))} {written.unit}"
        percent = self.deviation_percent
        difference = f" (reported − computed: {percent:+.1f} %)".replace(" -", " −") if percent is not None else ""
        numbers = f"reported {self.written}, computed {computed}"
        verdict = "they disagree" if not self.agrees else "consistent within rounding and uncertainty"
        subject = f"{quantity.name}, {self.place.label}" if self.place else quantity.name
        return f"{subject}: {numbers.strip()}{difference}: {verdict}."


def deviation(reported: Number, computed: Number) -> Deviation:
    """Compare two numbers; neither may be missing."""
    reported_estimate, computed_estimate = reported.shown_estimate(), computed.shown_estimate()
    assert reported_estimate is not None
    assert computed_estimate is not None
    return Deviation(
        reported.quantity, reported.written, reported.qualifier, reported_estimate, computed_estimate,
        (reported.lower, reported.upper), reported.place,
    )  # fmt: skip


@dataclass(frozen=True)
class Finding(Deviation):
    """A quantity that is both reported and computed for the same measurement, at the same place."""

    reported: Value
    computed: Value

    @property
    def measurement(self) -> Measurement:
        assert self.reported.measurement is not None
        return self.reported.measurement


def list_findings(
    user: AnyUser | None, *, cells: Iterable[int] | None = None, measurements: Iterable[int] | None = None
) -> list[Finding]:
    """All pairs of a reported and a computed value of one measurement; without a `user` (command line), of all."""
    values = Value.objects.all() if user is None else Value.objects.visible_to(user)
    values = values.filter(is_latest=True, magnitude__isnull=False, measurement__isnull=False)
    if cells is not None:
        values = values.filter(cell__in=list(cells))
    if measurements is not None:
        values = values.filter(measurement__in=list(measurements))
    reported = values.filter(origin=ValueOrigin.REPORTED)
    computed = values.filter(origin=ValueOrigin.COMPUTED, measurement__in=reported.values("measurement"))
    reported_by_key = {
        (value.measurement_id, value.key): value
        for value in reported.filter(measurement__in=computed.values("measurement")).select_related(
            "cell", "measurement", "measurement__cell"
        )
    }
    findings = []
    for value in computed.select_related("run").order_by("measurement", "id"):
        counterpart = reported_by_key.get((value.measurement_id, value.key))
        if counterpart is not None:
            findings.append(compare_values(counterpart, value))
    return findings


def compare_values(reported: Value, computed: Value) -> Finding:
    """Compare two stored values; both must have a number."""
    result = deviation(reported, computed)
    return Finding(
        result.quantity, result.written, result.qualifier, result.reported_estimate, result.computed_estimate,
        result.bounds, result.place, reported, computed,
    )  # fmt: skip
