"""The per-cycle table of a measurement, and questions about the cycles of many tests.

`select_columns` gives the columns of one quantity that a user may see; `list_values_at`, `list_values_within`,
`iterate_blocks` and `quartiles_by_cycle` read only the part of their packed numbers that a question needs.
"""

import math
import operator
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Max, Min
from numpy.typing import NDArray

from registry.models import CycleColumn, Measurement
from registry.models.cycle_table import GROUP, CycleColumnQuerySet, unpack
from registry.models.visibility import AnyUser
from registry.numbers import catalogue
from registry.selectors.query.bound import Bound
from registry.selectors.query.parsing import SIMULATED, ListQuery
from registry.selectors.query.to_sql import filter_cells, filter_measurements

Array = NDArray[np.float64]

BLOCK_NUMBERS = 5_000_000
"""Numbers read at once to compute by cycle: 40 MB."""
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "gte": operator.ge,
    "lte": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
}
TEST = ("run__cell__refcode", "run__measurement__refcode", "run__analysis", "run__stale_since")
"""Refcodes of cell and measurement (None in a cell-level analysis), the analysis, and since when it is stale."""


@dataclass(frozen=True)
class TableColumn:
    """One column of the per-cycle table of a measurement."""

    quantity: str
    """Slug, or `group` for the names of groups."""
    label: str
    """`Discharge capacity / mAh`, with the analysis if several give the quantity."""
    analysis: str
    values: Sequence[float | str | None]
    """Shape (cycles,)."""


@dataclass(frozen=True)
class MeasurementCycles:
    """The per-cycle table of a measurement: a row for each cycle with any number."""

    cycles: Sequence[int]
    columns: Sequence[TableColumn]

    @property
    def rows(self) -> list[tuple[int | float | str | None, ...]]:
        """A tuple for each cycle: its number, then the value of each column; None where it has none."""
        return list(zip(self.cycles, *(column.values for column in self.columns), strict=True))


def cycle_table(measurement: Measurement) -> MeasurementCycles:
    """All per-cycle numbers that the latest analyses of a measurement gave."""
    stored = CycleColumn.objects.filter(run__measurement=measurement, run__is_latest=True)
    columns = list(stored.select_related("run").order_by("pk"))
    if not columns:
        return MeasurementCycles((), ())
    first, last = min(item.first_cycle for item in columns), max(item.last_cycle for item in columns)
    matrix = np.full((len(columns), last - first + 1), np.nan)
    for numbers, column in zip(matrix, columns, strict=True):
        numbers[column.first_cycle - first : column.last_cycle - first + 1] = column.numbers
    known = np.isfinite(matrix).any(axis=0)
    times = Counter(column.quantity for column in columns)
    return MeasurementCycles(
        cycles=(np.flatnonzero(known) + first).tolist(),
        columns=[
            _table_column(column, numbers, times[column.quantity] > 1)
            for column, numbers in zip(columns, matrix[:, known], strict=True)
        ],
    )


def _table_column(column: CycleColumn, numbers: Array, is_repeated: bool) -> TableColumn:
    label = column_label(column.quantity)
    return TableColumn(
        quantity="group" if column.quantity == GROUP else column.quantity,
        label=f"{label} ({column.run.analysis})" if is_repeated else label,
        analysis=column.run.analysis,
        values=[_value(number, column.labels) for number in numbers.tolist()],
    )


def _value(number: float, labels: Sequence[str]) -> float | str | None:
    if math.isnan(number):
        return None
    return labels[int(number)] if labels else number


def column_label(slug: str) -> str:
    """Header of a column of per-cycle numbers: `Discharge capacity / mAh`."""
    if slug == GROUP:
        return "Group"
    quantity = catalogue.get_or_placeholder(slug)
    return f"{quantity.name} / {quantity.unit_label}" if quantity.unit_label else quantity.name


def select_columns(
    quantity: str, user: AnyUser, query: ListQuery | None = None, analyses: Sequence[str] = ()
) -> CycleColumnQuerySet:
    """Columns of a quantity from the latest runs, of the tests that match the query and the user may see; those of
    simulated cells only if the query names them."""
    columns = CycleColumn.objects.visible_to(user).filter(quantity=quantity, run__is_latest=True)
    if analyses:
        columns = columns.filter(run__analysis__in=analyses)
    if query is None or query == ListQuery():
        selected = columns.exclude(run__cell__origin=SIMULATED)
    elif query.names_measurements:
        selected = columns.filter(run__measurement__in=filter_measurements(query, user).values("pk"))
    else:
        selected = columns.filter(run__cell__in=filter_cells(query, user).values("pk"))
    return selected.order_by("run__cell", "run__measurement", "pk")


def list_values_at(columns: CycleColumnQuerySet, cycle: int, bounds: Iterable[Bound] = ()) -> list[tuple[Any, ...]]:
    """`TEST` and the number at a cycle, of each test that has one within the bounds."""
    rows = list(columns.spanning(cycle, cycle).values_list(*TEST, "part"))
    numbers = unpack([row[-1] for row in rows])
    chosen = np.isfinite(numbers)
    for bound in bounds:
        chosen &= COMPARISONS[bound.operator](numbers, bound.number)
    return [
        (*row[:-1], number) for row, number, is_chosen in zip(rows, numbers.tolist(), chosen, strict=True) if is_chosen
    ]


def list_values_within(columns: CycleColumnQuerySet, first: int, last: int) -> list[tuple[Any, ...]]:
    """`TEST`, a cycle number, and the numbers from that cycle on, of each test with cycles from first to last; NaN
    where a cycle has none."""
    rows = columns.spanning(first, last).values_list(*TEST, "part_first", "part")
    return [(*row[:-1], unpack([row[-1]]).tolist()) for row in rows.iterator()]


@dataclass(frozen=True)
class Extent:
    """How many columns there are and which cycles they span."""

    columns: int
    first: int
    last: int

    def within(self, first: int, last: int) -> "Extent":
        """The part between two cycles."""
        return Extent(self.columns, max(first, self.first), min(last, self.last))

    @property
    def cycles(self) -> int:
        return max(self.last - self.first + 1, 0)


def get_extent(columns: CycleColumnQuerySet) -> Extent:
    """The extent of columns; no cycles if there are no columns."""
    counted = columns.order_by().aggregate(columns=Count("pk"), first=Min("first_cycle"), last=Max("last_cycle"))
    return Extent(**counted) if counted["columns"] else Extent(0, 0, -1)


def iterate_blocks(columns: CycleColumnQuerySet, extent: Extent) -> Iterator[tuple[int, Array]]:
    """Yield the numbers of all tests in blocks of cycles, at most 40 MB each: the first cycle of the block and its
    numbers, NaN where a test has none. Shape (cycles, tests)."""
    step = max(BLOCK_NUMBERS // max(extent.columns, 1), 1)
    for first in range(extent.first, extent.last + 1, step):
        last = min(first + step - 1, extent.last)
        parts = list(columns.order_by().spanning(first, last).values_list("part_first", "part"))
        block = np.full((len(parts), last - first + 1), np.nan)
        for numbers, (start, part) in zip(block, parts, strict=True):
            values = unpack([part])
            numbers[start - first : start - first + values.size] = values
        yield first, block.T


def quartiles_by_cycle(columns: CycleColumnQuerySet, extent: Extent) -> Iterator[tuple[int, int, list[float]]]:
    """Yield each cycle that any test has, the number of tests that have it, and the lower quartile, the median and the
    upper quartile of their numbers."""
    for first, block in iterate_blocks(columns, extent):
        for cycle, numbers in enumerate(block, start=first):
            known = numbers[np.isfinite(numbers)]
            if known.size:
                yield cycle, known.size, np.quantile(known, (0.25, 0.5, 0.75)).tolist()
