"""One plot of several measurements of a technique: a quantity against the condition that varies between them."""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse

from registry.models import Cell, CurveKind, Measurement, Value, ValueOrigin
from registry.models.condition import in_order
from registry.numbers import catalogue
from registry.numbers.catalogue import get_or_placeholder
from registry.numbers.potential_scales import scale_label
from registry.plugin_loading.names import condition_name
from registry.selectors.analysis_inputs.series import MeasurementSeries, build_series, magnitudes
from registry.web.cell_page.results import KEY_QUANTITIES
from registry.web.plots.frame import AxisChoice, DrawnPlot
from registry.web.plots.plot import draw_data
from registry.web.presentation.text import format_written, list_test_conditions
from registry.web.presentation.value_column import format_with_unit

MIN_STEPS = 2
"""Different values of the condition from which a plot is drawn."""
LOG_FROM = 100.0
"""Ratio of the largest to the smallest number from which the axis is logarithmic."""

Measured = Sequence[tuple[Measurement, Iterable[Value]]]
"""Measurements of one technique with their values that have no place."""


@dataclass(frozen=True)
class ConditionPlot:
    """Plotted quantity and axis, and the other choices."""

    title: str
    data: dict[str, Any]
    quantity: str
    condition: str
    quantities: tuple[str, ...]
    conditions: tuple[str, ...]
    remark: str


@dataclass(frozen=True)
class _Point:
    x: float
    measurement: Measurement
    value: Value


Groups = Sequence[tuple[MeasurementSeries, list[_Point]]]
"""The series that are drawn, with their points."""


def rank_quantities(counts: Mapping[str, int]) -> list[str]:
    """Quantities for a table or plot: key ones first, then those that most measurements have, in catalogue order."""
    order = {slug: index for index, slug in enumerate(catalogue.catalogue)}
    key = {slug: index for index, slug in enumerate(KEY_QUANTITIES)}
    return sorted(counts, key=lambda slug: (key.get(slug, len(key)), -counts[slug], order.get(slug, len(order)), slug))


def build_condition_plot(measured: Measured, quantity: str = "", condition: str = "") -> ConditionPlot | None:
    """The plot of a quantity against a condition, by default of the first quantity over the condition with most
    points; None if no condition varies."""
    values = {measurement.pk: _by_quantity(stored) for measurement, stored in measured}
    series = _list_series([measurement for measurement, _ in measured])
    sizes = {
        slug: sizes
        for slug in rank_quantities(Counter(slug for by_quantity in values.values() for slug, _ in by_quantity))
        if (sizes := _count_points(slug, series, values))
    }
    if not sizes:
        return None
    shown = quantity if quantity in sizes else next(iter(sizes))
    conditions = sizes[shown]
    over = condition if condition in conditions else max(conditions, key=lambda slug: conditions[slug])
    groups = [(group, points) for group in series[over] if (points := _list_points(group, over, shown, values))]
    unknown = [slug for slug, known in ((quantity, sizes), (condition, series)) if slug and slug not in known]
    remarks = [
        f"‘{', '.join(unknown)}’ cannot be plotted." if unknown else "",
        _describe_fixed(groups[0][0], over) if len(groups) == 1 else "",
        "Error bars: 95 % interval of computed values." if _has_bars(groups) else "",
        _describe_omitted(shown, measured, groups),
    ]
    return ConditionPlot(
        title=f"{get_or_placeholder(shown).name} against {catalogue.in_sentence(get_or_placeholder(over))}",
        data=_build_data(shown, over, groups),
        quantity=shown,
        condition=over,
        quantities=tuple(sizes),
        conditions=tuple(conditions),
        remark=" ".join(filter(None, remarks)),
    )


def draw_condition_plot(plot: ConditionPlot, cell: Cell, technique: str) -> DrawnPlot:
    """The plot with its addresses, and the choice of its axes."""
    drawn = draw_data(f"conditions-{technique}", CurveKind.LINE, plot.title, plot.data)
    query = f"?y={plot.quantity}&x={plot.condition}"
    quantities = ((slug, get_or_placeholder(slug).name) for slug in plot.quantities)
    conditions = ((slug, condition_name(slug)) for slug in plot.conditions)
    choices = (
        AxisChoice.of("y", "Quantity", plot.quantity, quantities),
        AxisChoice.of("x", "Against", plot.condition, conditions),
    )
    addresses = {kind: reverse(f"web:condition-{kind}", args=[cell.refcode, technique]) for kind in ("figure", "csv")}
    return replace(
        drawn,
        source=addresses["figure"] + query,
        version=f"{zlib.crc32(repr(plot.data).encode()):x}",
        csv=addresses["csv"] + query,
        remark=" ".join(filter(None, (drawn.remark, plot.remark))),
        fragment=technique,
        scope=technique,
        axes=tuple(choice for choice in choices if len(choice.options) > 1),
    )


def _list_series(measurements: Sequence[Measurement]) -> dict[str, list[MeasurementSeries]]:
    """The series over each condition that varies in one, by condition."""
    slugs = {slug for measurement in measurements for slug in magnitudes(measurement.entered_conditions)}
    series = {slug: build_series(measurements, slug) for slug in in_order(slugs)}
    varying = {slug: [group for group in groups if group.steps >= MIN_STEPS] for slug, groups in series.items()}
    return {slug: groups for slug, groups in varying.items() if groups}


def _by_quantity(stored: Iterable[Value]) -> dict[tuple[str, str], Value]:
    """The first number of each quantity and origin; a bound is none."""
    numbers: dict[tuple[str, str], Value] = {}
    for value in stored:
        if value.estimate():
            numbers.setdefault((value.quantity, value.origin), value)
    return numbers


Values = Mapping[int, Mapping[tuple[str, str], Value]]


def _list_points(group: MeasurementSeries, over: str, quantity: str, values: Values) -> list[_Point]:
    return [
        _Point(magnitudes(measurement.entered_conditions)[over], measurement, value)
        for origin in (ValueOrigin.COMPUTED, ValueOrigin.REPORTED)
        for measurement in group.members
        if (value := values[measurement.pk].get((quantity, origin)))
    ]


def _count_points(quantity: str, series: Mapping[str, list[MeasurementSeries]], values: Values) -> dict[str, int]:
    """How many points each condition gives, of those over which the quantity was measured at different values."""
    counts = {}
    for over, groups in series.items():
        points = [_list_points(group, over, quantity, values) for group in groups]
        if any(len({point.x for point in of_group}) >= MIN_STEPS for of_group in points):
            counts[over] = sum(map(len, points))
    return counts


def _build_data(quantity: str, over: str, groups: Groups) -> dict[str, Any]:
    labels = _label_groups([group for group, _ in groups], over)
    origins = {point.value.origin for _, points in groups for point in points}
    lines = []
    for (_, points), label in zip(groups, labels, strict=True):
        for origin in sorted({point.value.origin for point in points}):
            named = origin if len(origins) > 1 or not label else ""
            name = ", ".join(filter(None, (label, named)))
            of_origin = [point for point in points if point.value.origin == origin]
            lines.append(_build_line(f"{name[0].upper()}{name[1:]}", over, of_origin))
    return {
        "x": {"label": condition_name(over), "unit": _condition_unit(over, groups)},
        "y": _build_axis(quantity, [y for line in lines for y in line["y"]]),
        "series": lines,
    }


def _build_axis(quantity: str, numbers: Sequence[float]) -> dict[str, Any]:
    described = get_or_placeholder(quantity)
    log = min(numbers) > 0 and max(numbers) >= LOG_FROM * min(numbers)
    return {"label": described.name, "unit": described.unit_label, "log": log}


def _condition_unit(over: str, groups: Groups) -> str:
    """The unit of the condition, with the scale of a potential if all have the same."""
    unit = get_or_placeholder(over).unit_label
    scales = {member.entered_conditions[over].scale for group, _ in groups for member in group.members}
    return f"{unit} {scale_label(scales.pop())}" if len(scales) == 1 and scales != {""} else unit


def _build_line(name: str, over: str, points: Sequence[_Point]) -> dict[str, Any]:
    """Computed numbers have their 95 % interval as a bar; reported ones have none."""
    intervals = [_interval(point.value) for point in points]
    has_bars = any(intervals)
    return {
        "name": name,
        "x": [point.x for point in points],
        "y": [point.value.magnitude for point in points],
        "y_lower": [interval[0] if interval else None for interval in intervals] if has_bars else [],
        "y_upper": [interval[1] if interval else None for interval in intervals] if has_bars else [],
        "line": False,
        "markers": True,
        "records": [point.measurement.refcode for point in points],
        "texts": [_describe_point(point, over) for point in points],
    }


def _interval(value: Value) -> tuple[float, float] | None:
    estimate = value.estimate() if value.origin == ValueOrigin.COMPUTED else None
    return estimate.interval() if estimate and not estimate.is_certain else None


def _describe_point(point: _Point, over: str) -> str:
    at = format_written(point.measurement.entered_conditions[over].written)
    return f"{point.measurement.refcode}: {format_with_unit(point.value)} at {at}"


def _label_groups(groups: Sequence[MeasurementSeries], over: str) -> list[str]:
    """Conditions that distinguish each group from the others."""
    conditions = [dict(list_test_conditions(group.members[0], in_line=True)) for group in groups]
    names = [
        name
        for name in dict.fromkeys(name for texts in conditions for name in texts)
        if name != condition_name(over) and len({texts.get(name) for texts in conditions}) > 1
    ]
    return [", ".join(texts.get(name, f"no {name.lower()}") for name in names) for texts in conditions]


def _describe_fixed(group: MeasurementSeries, over: str) -> str:
    """The conditions that all points share: `At 10 MPa, 25 °C.`"""
    conditions = list_test_conditions(group.members[0], in_line=True)
    texts = [text for name, text in conditions if name != condition_name(over)]
    return f"At {', '.join(texts)}." if texts else ""


def _describe_omitted(quantity: str, measured: Measured, groups: Groups) -> str:
    """Which measurements have the quantity and are not drawn."""
    drawn = {point.measurement.pk for _, points in groups for point in points}
    omitted = [
        measurement.refcode
        for measurement, stored in measured
        if measurement.pk not in drawn
        and any(value.quantity == quantity and value.magnitude is not None for value in stored)
    ]
    if not omitted:
        return ""
    return f"Not plotted (other conditions differ, or the value is only a bound): {', '.join(omitted)}."


def _has_bars(groups: Groups) -> bool:
    return any(_interval(point.value) for _, points in groups for point in points)
