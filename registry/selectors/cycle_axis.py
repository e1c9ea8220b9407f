"""Where the cycles of a test are along other axes: time, and the charge that has passed."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.models import Curve, CurveKind, CycleColumn

CYCLE, TIME, THROUGHPUT = "cycle_number", "time_h", "capacity_throughput_mah"
AXES: Mapping[str, Mapping[str, str]] = {
    TIME: {"label": "Time at the end of the cycle", "unit": "h"},
    THROUGHPUT: {"label": "Cumulative capacity throughput", "unit": "mAh"},
}
DURATION, CHARGE, DISCHARGE = "cycle_duration_h", "charge_capacity_mah", "discharge_capacity_mah"

Positions = Mapping[str, Mapping[int, float]]
"""The number of each cycle on an axis, by axis."""


def has_cycle_axis(curve: Curve) -> bool:
    """Whether a curve is drawn against the cycle number of one test."""
    return curve.kind == CurveKind.LINE and curve.x_quantity == CYCLE


def list_cycle_positions(measurements: Collection[int]) -> dict[int, Positions]:
    """The axes that each test has; one query.

    A test has an axis only if every cycle from its first to its last has the number: what a cycle without it added is
    not known.
    """
    columns = CycleColumn.objects.filter(
        run__measurement__in=measurements, run__is_latest=True, quantity__in=(DURATION, CHARGE, DISCHARGE)
    ).select_related("run")
    by_test: dict[int, dict[str, CycleColumn]] = {}
    for column in columns.order_by("pk"):
        if column.run.measurement_id:
            by_test.setdefault(column.run.measurement_id, {}).setdefault(column.quantity, column)
    return {measurement: _list_axes(of_test) for measurement, of_test in by_test.items()}


def _list_axes(columns: Mapping[str, CycleColumn]) -> dict[str, dict[int, float]]:
    axes = {}
    if DURATION in columns:
        axes[TIME] = _accumulate([columns[DURATION]])
    if CHARGE in columns and DISCHARGE in columns:
        axes[THROUGHPUT] = _accumulate([columns[CHARGE], columns[DISCHARGE]])
    return {axis: positions for axis, positions in axes.items() if positions}


def _accumulate(columns: Collection[CycleColumn]) -> dict[int, float]:
    """The sum of the columns up to the end of each cycle; empty if a cycle has none. A half-cycle that a cycle does not
    have adds nothing."""
    first, last = min(column.first_cycle for column in columns), max(column.last_cycle for column in columns)
    rows = np.full((len(columns), last - first + 1), np.nan)
    for row, column in zip(rows, columns, strict=True):
        row[column.first_cycle - first : column.last_cycle - first + 1] = column.numbers
    if np.isnan(rows).all(axis=0).any():
        return {}
    total: NDArray[np.float64] = np.cumsum(np.nansum(rows, axis=0))
    return dict(zip(range(first, last + 1), total.tolist(), strict=True))


def move_along(data: Mapping[str, Any], axis: str, positions: Positions) -> dict[str, Any]:
    """The data of a curve against cycles with its points on another axis; a cycle that is not known there is a gap."""
    known = positions[axis]
    series = [{**line, "x": _look_up(line["x"], known), "cycles": line["x"], "bars": False} for line in data["series"]]
    return {**data, "x": {**AXES[axis], "quantity": axis}, "series": series}


def _look_up(cycles: Iterable[float | None], known: Mapping[int, float]) -> list[float | None]:
    return [known.get(int(cycle)) if cycle is not None and float(cycle).is_integer() else None for cycle in cycles]
