"""Where what was reported and what was computed can be compared, and whether they agree."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from analyses.uncertainty import Estimate
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
from registry.numbers.parsing import ParsedNumber, parse


class Number(Protocol):
    """What a comparison reads of a value."""

    @property
    def quantity(self) -> str: ...
    @property
    def written(self) -> str: ...
    @property
    def qualifier(self) -> str: ...
    def estimate(self) -> Estimate | None: ...


@dataclass(frozen=True)
class Deviation:
    """How far a reported number stands from the computed one."""

    quantity: str
    written: str
    qualifier: str
    reported_estimate: Estimate
    computed_estimate: Estimate

    @property
    def agrees(self) -> bool:
        """Whether the intervals overlap: the rounding bounds of both, widened by the 95 % of their scatter."""
        low, high = self.reported_estimate.interval()
        computed_low, computed_high = self.computed_estimate.interval()
        if self.qualifier == ">":
            high = float("inf")
        if self.qualifier == "<":
            low = float("-inf")
        return low <= computed_high and computed_low <= high

    @property
    def deviation_percent(self) -> float | None:
        """Reported above computed, in percent of the computed."""
        return percent_difference(self.reported_estimate.magnitude, self.computed_estimate.magnitude)

    @property
    def computed_digits(self) -> str:
        """The computed magnitude in the notation of the reported one, with as many digits."""
        # Of a quantity whose plugin is gone, nobody knows the unit it was written in.
        known = catalogue.catalogue.get(self.quantity)
        written = parse(self.written, known).digits if known else ""
        digits = format_digits_like(self.computed_estimate.magnitude, self.reported_estimate, written)
        return to_scientific(digits) if "e" in written else digits

    def _computed_in(self, written: ParsedNumber) -> str:
        """The computed magnitude in the unit of the reported one, with as many digits."""
        unit = catalogue.get(self.quantity).unit
        reported = convert_estimate(self.reported_estimate, unit, written.unit)
        return format_digits_like(
            convert(self.computed_estimate.magnitude, unit, written.unit), reported, written.digits
        )

    def sentence(self) -> str:
        """Both numbers, how far the reported one lies above the computed one, and whether they agree."""
        quantity = catalogue.get_or_placeholder(self.quantity)
        computed = f"{to_typographic(self.computed_digits)} {quantity.unit_label}"
        written = parse(self.written, quantity) if self.quantity in catalogue.catalogue else None
        if written and written.unit and units.factor(quantity.unit, written.unit)[0] != 1:
            computed = f"{to_typographic(self._computed_in(written))} {written.unit}"
        percent = self.deviation_percent
        difference = f" (reported − computed: {percent:+.1f} %)".replace(" -", " −") if percent is not None else ""
        numbers = f"reported {self.written}, computed {computed}"
        verdict = "they disagree" if not self.agrees else "consistent within rounding and uncertainty"
        return f"{quantity.name}: {numbers.strip()}{difference}: {verdict}."


def deviation(reported: Number, computed: Number) -> Deviation:
    """Compare two values that both have a number."""
    reported_estimate, computed_estimate = reported.estimate(), computed.estimate()
    assert reported_estimate is not None
    assert computed_estimate is not None
    return Deviation(reported.quantity, reported.written, reported.qualifier, reported_estimate, computed_estimate)


@dataclass(frozen=True)
class Finding(Deviation):
    """One quantity of one measurement, reported and computed under the same conditions."""

    reported: Value
    computed: Value

    @property
    def measurement(self) -> Measurement:
        assert self.reported.measurement is not None
        return self.reported.measurement


def list_findings(
    user: AnyUser | None, *, cells: Iterable[int] | None = None, measurements: Iterable[int] | None = None
) -> list[Finding]:
    """Every pair of a reported and a computed value on one measurement; `user` None sees all (the command line)."""
    values = Value.objects.all() if user is None else Value.objects.visible_to(user)
    values = values.filter(is_latest=True, magnitude__isnull=False, measurement__isnull=False)
    if cells is not None:
        values = values.filter(cell__in=list(cells))
    if measurements is not None:
        values = values.filter(measurement__in=list(measurements))
    reported = values.filter(origin=ValueOrigin.REPORTED)
    computed = values.filter(origin=ValueOrigin.COMPUTED, measurement__in=reported.values("measurement"))
    standing = {
        (value.measurement_id, value.quantity): value
        for value in reported.filter(measurement__in=computed.values("measurement")).select_related(
            "cell", "measurement", "measurement__cell"
        )
    }
    pairs = []
    for value in computed.select_related("run").order_by("measurement", "id"):
        counterpart = standing.get((value.measurement_id, value.quantity))
        if counterpart is not None:
            pairs.append(compare_values(counterpart, value))
    return pairs


def compare_values(reported: Value, computed: Value) -> Finding:
    """Compare two stored values that both have a number."""
    found = deviation(reported, computed)
    return Finding(
        found.quantity, found.written, found.qualifier, found.reported_estimate, found.computed_estimate,
        reported, computed,
    )  # fmt: skip
