"""The step of a column as a text writes it: 0.0001 of 0.0002 and 0.0000. Numbers themselves do not show it."""

from collections.abc import Mapping, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from registry.contract.reader import UnreadableFile
from registry.contract.reader_support.columns.column_headers import KnownColumn
from registry.contract.reader_support.files.number_table import Rows, fields_of
from registry.contract.written_step import entry_of

Array = NDArray[np.float64]

TIME, CURRENT = "test_time_second", "current_ampere"
SAMPLED_ROWS = 2000
FEWEST_DECIMALS = 2
"""With one decimal, 0.0 may be zero as a program writes any number."""
MANY_DIGITS = 2
"""Digits of a number that is rounded; one of a single digit is often set."""
FEW_DIGITS = 1e-6
"""A step of less than this share of the largest current says nothing that matters."""
LONG_STEP_S, SHORT_STEP_S = 1.0, 1e-3
SECONDS_PER_MINUTE = 60.0


def coarse_steps(
    rows: Rows, headers: Mapping[int, KnownColumn], columns: Mapping[str, Array], decimal: str
) -> dict[str, str]:
    """Return the header entries of time and current if the text writes them in coarse steps.

    That is a current, and a time in steps above a second, or in a unit such as hours, whose decimals seconds do
    not show. Whole numbers of amperes or hours may be set ones, and say nothing.

    Parameters
    ----------
    rows
        The table in the file.
    headers
        Its columns by index.
    columns
        The numbers read, in canonical units.
    decimal
        Decimal mark of the numbers.
    """
    written = {
        index: head
        for index, head in headers.items()
        if head.canonical in (TIME, CURRENT) and head.canonical in columns and not (head.is_clock or head.is_stamp)
    }
    cells: dict[int, list[str]] = {index: [] for index in written}
    try:
        for _, row in islice(fields_of(rows), SAMPLED_ROWS) if written else ():
            for index, column in cells.items():
                column.append(row[index].strip())
    except (UnreadableFile, IndexError):
        return {}
    entries: dict[str, str] = {}
    for index, head in written.items():
        place = step_of(cells[index], decimal)
        step = abs(head.factor) * place
        is_whole = place == 1.0
        if head.canonical == TIME:
            shortest = LONG_STEP_S if head.factor == 1 else SHORT_STEP_S
            is_coarse = step > shortest and not (is_whole and step > SECONDS_PER_MINUTE)
        else:
            is_coarse = step > FEW_DIGITS * float(np.abs(columns[CURRENT]).max()) and not is_whole
        if is_coarse:
            entries |= entry_of(head.canonical, step)
    return entries


def step_of(cells: Sequence[str], decimal: str) -> float:
    """Return the last decimal place of numbers that are all written with as many; zero of other numbers.

    Numbers with decimals show that by a trailing zero, or have two digits at least: 0.001 next to 0 may be exact.

    Examples
    --------
    >>> step_of(["0.0000", "0.0002"], "."), step_of(["0", "0.0002"], "."), step_of(["0", "12"], ".")
    (0.0001, 0.0, 1.0)
    """
    lengths = {len(cell.partition(decimal)[2]) for cell in cells}
    if len(lengths) != 1 or not all(cell.replace(decimal, "", 1).lstrip("+-").isdecimal() for cell in cells):
        return 0.0
    decimals = lengths.pop()
    if not decimals:
        return 1.0
    is_padded = decimals >= FEWEST_DECIMALS and any(cell.endswith("0") for cell in cells)
    digits = [cell.replace(decimal, "", 1).lstrip("+-0") for cell in cells]
    if not is_padded and min((len(number) for number in digits if number), default=0) < MANY_DIGITS:
        return 0.0
    return float(10.0**-decimals)
