"""The per-cycle tables of all tests: packed numbers, one row for each run and column."""

from collections.abc import Iterator, Sequence

import numpy as np
from django.db import models
from django.db.models.functions import Greatest, Least, Substr
from numpy.typing import NDArray

from registry.contract.cycle_table import CycleTable
from registry.models.analysis_run import AnalysisRun
from registry.models.record import Scoped, SupersededQuerySet

Array = NDArray[np.float64]

NUMBER = np.dtype("<f8")
GROUP = "@group"
"""Stands for a quantity in the column of group names; no slug contains @."""


class CycleColumnQuerySet(SupersededQuerySet):
    """Selects columns, and only the part of their numbers that a question needs."""

    def spanning(self, first: int, last: int) -> "CycleColumnQuerySet":
        """Columns that have a number within these cycles, with the packed numbers as `part`, from `part_first` on."""
        start, end = Greatest("first_cycle", first), Least("last_cycle", last)
        return self.filter(first_cycle__lte=last, last_cycle__gte=first).annotate(
            part_first=start,
            part=Substr(
                "data",
                NUMBER.itemsize * (start - models.F("first_cycle")) + 1,
                NUMBER.itemsize * (end - start + 1),
                output_field=models.BinaryField(),
            ),
        )


class CycleColumn(Scoped):
    """One quantity of each cycle of a test.

    `data` contains a number for every cycle from the first to the last, as little-endian 64-bit floats; NaN where a
    cycle has none. The column of group names contains the index of each name in `labels`.
    """

    project_path = "run__cell__project"
    current = models.Q(run__is_latest=True)
    objects = CycleColumnQuerySet.as_manager()

    run = models.ForeignKey(AnalysisRun, on_delete=models.CASCADE, related_name="cycle_columns")
    quantity = models.CharField(max_length=64)
    first_cycle = models.PositiveIntegerField()
    last_cycle = models.PositiveIntegerField()
    labels = models.JSONField(default=list, help_text="Names of the groups, only in the column of group names.")
    # Last, because SQLite reads a row up to the field it needs.
    data = models.BinaryField()

    class Meta:
        ordering = ["run", "id"]
        constraints = [
            models.UniqueConstraint(fields=["quantity", "run"], name="cycle_column_once_per_run"),
            models.CheckConstraint(
                condition=models.Q(last_cycle__gte=models.F("first_cycle")), name="cycle_column_has_cycles"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity}, cycles {self.first_cycle} to {self.last_cycle}"

    @property
    def numbers(self) -> Array:
        """A number for each cycle from the first to the last, NaN where it has none. Shape (cycles,)."""
        return np.frombuffer(self.data, NUMBER)


def build_columns(run: AnalysisRun, table: CycleTable) -> Iterator[CycleColumn]:
    """The columns of a table that have any number."""
    cycles = np.asarray(table.cycles, dtype=np.int64)
    for quantity, values in table.columns.items():
        if column := _packed(run, quantity, cycles, np.asarray(values, dtype=float)):
            yield column
    labels = sorted({name for name in table.groups if name})
    indices = {name: float(index) for index, name in enumerate(labels)}
    numbers = np.array([indices.get(name, np.nan) for name in table.groups])
    if labels and (column := _packed(run, GROUP, cycles, numbers)):
        column.labels = labels
        yield column


def _packed(run: AnalysisRun, quantity: str, cycles: NDArray[np.int64], numbers: Array) -> CycleColumn | None:
    known = np.isfinite(numbers)
    if not known.any():
        return None
    cycles, numbers = cycles[known], numbers[known]
    first, last = int(cycles[0]), int(cycles[-1])
    dense = np.full(last - first + 1, np.nan, dtype=NUMBER)
    dense[cycles - first] = numbers
    return CycleColumn(run=run, quantity=quantity, first_cycle=first, last_cycle=last, data=dense.tobytes())


def unpack(parts: Sequence[bytes]) -> Array:
    """The numbers of packed parts, one after another."""
    return np.frombuffer(b"".join(parts), NUMBER)
