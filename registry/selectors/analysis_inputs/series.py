"""Series of measurements: one cell, one technique, one condition that varies while all others are equal."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from registry import plugin_loading
from registry.contract.group_member import POTENTIAL_SCALE
from registry.hookspecs import Analysis
from registry.models import Measurement
from registry.numbers.potential_scales import scale_label

NUMBERS = ("=", "~")
"""Qualifiers of numbers; the others are of bounds."""
DIGITS = 6
"""Significant digits to which two conditions are equal."""


@dataclass(frozen=True)
class MeasurementSeries:
    """Measurements of one cell that differ in one condition, in order of it, then of entry."""

    cell: int
    technique: str
    over: str
    fixed: Mapping[str, float]
    """Magnitude of each other condition that was entered as a number, by slug."""
    bounds: tuple[str, ...]
    """Each other condition that was entered only as a bound: `c_rate<0.1`."""
    members: tuple[Measurement, ...]

    @property
    def key(self) -> str:
        """Identifies the series within its cell: technique, varied condition and fixed conditions."""
        fixed = (f"{slug}={magnitude:.{DIGITS}g}" for slug, magnitude in sorted(self.fixed.items()))
        return ";".join((self.technique, self.over, *fixed, *self.bounds))

    @property
    def steps(self) -> int:
        """Number of different values of the varied condition."""
        return len({magnitudes(member.entered_conditions)[self.over] for member in self.members})

    def suits(self, analysis: Analysis) -> bool:
        """Whether the analysis runs on this series."""
        is_offered = analysis.scope == "series" and self.technique in analysis.techniques and self.over == analysis.over
        return is_offered and self.steps >= analysis.min_measurements


class EnteredNumber(Protocol):
    """The columns of a condition that a series compares."""

    @property
    def magnitude(self) -> float | None: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def scale(self) -> str: ...


def magnitudes(conditions: Mapping[str, EnteredNumber]) -> dict[str, float]:
    """Of the conditions of a measurement those that are numbers, to the digits to which series compare them."""
    return {slug: number for slug, number, qualifier in _numbers(conditions) if qualifier in NUMBERS}


def _bounds(conditions: Mapping[str, EnteredNumber]) -> tuple[str, ...]:
    """Of the conditions of a measurement those that are only bounds, and the scale of its voltages."""
    bounds = (
        f"{slug}{qualifier}{number:.{DIGITS}g}"
        for slug, number, qualifier in sorted(_numbers(conditions))
        if qualifier not in NUMBERS
    )
    return (*bounds, *(f"{POTENTIAL_SCALE}={scale}" for scale in _scales(conditions)))


def condition_texts(conditions: Mapping[str, EnteredNumber]) -> tuple[tuple[str, str], ...]:
    """The conditions of a measurement that are numbers or bounds, by slug, to the digits to which they are compared."""
    numbers = (
        (slug, f"{'' if qualifier in NUMBERS else qualifier}{number:.{DIGITS}g}")
        for slug, number, qualifier in sorted(_numbers(conditions))
    )
    return (*numbers, *((POTENTIAL_SCALE, scale_label(scale)) for scale in _scales(conditions)))


def _scales(conditions: Mapping[str, EnteredNumber]) -> list[str]:
    """The scales on which the voltages are; several if the window and the voltage of a state differ."""
    return sorted({entered.scale for entered in conditions.values() if entered.magnitude is not None and entered.scale})


def series_technique(key: str) -> str:
    """The technique of a series, from its key."""
    return key.partition(";")[0]


def _numbers(conditions: Mapping[str, EnteredNumber]) -> Iterator[tuple[str, float, str]]:
    """Slug, magnitude and qualifier of each condition that is not a reason for a missing number."""
    for slug, entered in conditions.items():
        if entered.magnitude is not None:
            yield slug, float(f"{entered.magnitude:.{DIGITS}g}"), str(entered.qualifier)


def build_series(measurements: Iterable[Measurement], over: str) -> list[MeasurementSeries]:
    """The series over a condition among these measurements; one without a number for it belongs to none."""
    groups: dict[tuple[Any, ...], list[tuple[float, int, Measurement]]] = {}
    for measurement in measurements:
        entered = measurement.entered_conditions
        conditions = magnitudes(entered)
        if over in conditions:
            at = conditions.pop(over)
            fixed = tuple(sorted(conditions.items()))
            key = (measurement.cell_id, measurement.technique, fixed, _bounds(entered))
            groups.setdefault(key, []).append((at, measurement.pk, measurement))
    return [
        MeasurementSeries(cell, technique, over, dict(fixed), bounds, tuple(member for _, _, member in sorted(members)))
        for (cell, technique, fixed, bounds), members in groups.items()
    ]


def series_analyses(analyses: Iterable[Analysis] | None = None) -> dict[str, list[Analysis]]:
    """The series analyses, of those given or of all loaded ones, by the condition that varies."""
    by_condition: dict[str, list[Analysis]] = {}
    for analysis in plugin_loading.current().analyses.values() if analyses is None else analyses:
        if analysis.scope == "series":
            by_condition.setdefault(analysis.over, []).append(analysis)
    return by_condition


def fetch_series(
    analyses: Collection[Analysis], cells: Collection[int] | None
) -> list[tuple[MeasurementSeries, Analysis]]:
    """The series of these cells (all if None) with the analyses that run on each; two queries per varied condition."""
    pairs = []
    for over, of_condition in series_analyses(analyses).items():
        techniques = {technique for analysis in of_condition for technique in analysis.techniques}
        has_number = {"conditions__quantity": over, "conditions__magnitude__isnull": False}
        measurements = Measurement.objects.filter(technique__in=techniques, **has_number)
        if cells is not None:
            measurements = measurements.filter(cell__in=cells)
        fetched = measurements.only("cell_id", "technique").prefetch_related("conditions").order_by("pk")
        for series in build_series(fetched, over):
            pairs += [(series, analysis) for analysis in of_condition if series.suits(analysis)]
    return pairs
