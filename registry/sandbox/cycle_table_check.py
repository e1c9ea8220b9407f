"""Checks the per-cycle table that an analysis returned against the contract."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from registry.contract.curve_encoding import real_numbers
from registry.contract.cycle_table import (
    MAX_COLUMNS,
    MAX_CYCLE_NUMBER,
    MAX_GROUP_NAME,
    MAX_NUMBERS,
    CycleTable,
)
from registry.numbers import catalogue
from registry.sandbox.contract_violation import LARGEST

Cycles = NDArray[np.int64]


def cycle_table_fault(table: Any) -> str:
    """Violations of the contract in a table and how to correct them; empty if there are none."""
    return next(_faults(table), "")


def _faults(table: Any) -> Iterator[str]:
    """Each check relies on those before it."""
    if not isinstance(table, CycleTable):
        kind = type(table).__name__
        yield f"returned a {kind} as `cycles`: use CycleTable(cycles=..., columns={{quantity: numbers}})"
        return
    yield from _cycle_faults(table.cycles)
    cycles = np.asarray(table.cycles, dtype=np.int64)
    if not isinstance(table.columns, Mapping) or len(table.columns) > MAX_COLUMNS:
        yield f"returned a per-cycle table whose `columns` is not a dictionary of at most {MAX_COLUMNS} columns"
        return
    if cycles.size and (int(cycles[-1] - cycles[0]) + 1) * len(table.columns) > MAX_NUMBERS:
        size = f"cycles {cycles[0]} to {cycles[-1]} in {len(table.columns)} columns"
        yield f"returned {size}: at most {MAX_NUMBERS:,} numbers can be stored, gaps included"
    for slug, numbers in table.columns.items():
        yield from _column_faults(slug, numbers, cycles)
    yield from _group_faults(table.groups, cycles)


def _cycle_faults(cycles: Any) -> Iterator[str]:
    try:
        numbers = real_numbers(cycles)
    except (TypeError, ValueError):
        yield "returned cycle numbers that are not numbers: use an array of integers"
        return
    if numbers.ndim != 1:
        yield f"returned cycle numbers of the shape {numbers.shape}: use a one-dimensional array"
        return
    whole = np.isfinite(numbers) & (numbers == np.round(numbers)) & (numbers >= 0) & (numbers <= MAX_CYCLE_NUMBER)
    if not whole.all():
        yield f"returned the cycle number {numbers[~whole][0]:g}: cycle numbers are 0, 1, 2, ... up to 2³¹ - 1"
    back = np.flatnonzero(np.diff(numbers) <= 0)
    if back.size:
        pair = numbers[back[0] : back[0] + 2]
        yield f"returned cycle {pair[1]:.0f} after cycle {pair[0]:.0f}: sort the cycles, each once"


def _column_faults(slug: Any, values: Any, cycles: Cycles) -> Iterator[str]:
    try:
        quantity = catalogue.get(str(slug))
    except catalogue.UnknownQuantityError as error:
        yield f"returned a per-cycle table with an {error}: register it in register_quantities"
        return
    where = f"the column {slug} of the per-cycle table"
    try:
        numbers = real_numbers(values)
    except (TypeError, ValueError):
        yield f"{where} does not hold real numbers: use an array of floats"
        return
    if numbers.shape != cycles.shape:
        yield f"{where} has the shape {numbers.shape} for {cycles.size} cycles: return one number for each cycle"
        return
    infinite = np.isinf(numbers) | (np.abs(numbers) > LARGEST)
    if infinite.any():
        yield f"{where} is not finite at cycle {cycles[infinite][0]}: write NaN where a cycle has no number"
    known = np.isfinite(numbers)
    for index in _extremes(numbers, known, is_count=quantity.is_count):
        if reason := catalogue.range_error(quantity, float(numbers[index])):
            number_text = f"{numbers[index]:g} at cycle {cycles[index]}"
            yield f"{where} is {number_text}: {reason}. Write NaN where a cycle has no number"


def _extremes(numbers: NDArray[np.float64], known: NDArray[np.bool_], *, is_count: bool) -> Iterator[int]:
    """Indices of the numbers that can be out of range: the least, the greatest, and the first fraction of a count."""
    if not known.any():
        return
    yield int(np.nanargmin(numbers))
    yield int(np.nanargmax(numbers))
    fractions = np.flatnonzero(known & (numbers != np.round(numbers)))
    if is_count and fractions.size:
        yield int(fractions[0])


def _group_faults(groups: Any, cycles: Cycles) -> Iterator[str]:
    if isinstance(groups, str) or not isinstance(groups, Sequence | np.ndarray):
        yield f"returned the `groups` of the per-cycle table as a {type(groups).__name__}: use a tuple of texts"
        return
    if len(groups) not in (0, cycles.size):
        yield f"returned {len(groups)} groups for {cycles.size} cycles: return one for each cycle, or none"
    for name in groups:
        if not isinstance(name, str) or len(name) > MAX_GROUP_NAME:
            yield f"returned the group {name!r:.100}: use text of at most {MAX_GROUP_NAME} characters"
