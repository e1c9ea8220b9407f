"""Columns whose decimal mark is one between thousands: `1,062` next to `764` is 1062 and not 1.062."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

GROUPED = {mark: re.compile(rf"[+-]?[1-9]\d{{0,2}}{re.escape(mark)}\d{{3}}") for mark in ",."}
"""Numbers from 1000 to 999,999 with a mark between thousands."""
PLAIN = re.compile(r"[+-]?\d{1,3}")
"""Numbers below 1000 without a mark."""
LARGE_JUMP = 3.0
"""Change of ln(1 + |x|) from row to row that a wrong factor of 1000 makes, where a number passes 1000."""


def may_be_grouped(numbers: Array) -> bool:
    """Return whether numbers, as read with a decimal mark, could have one between thousands instead.

    Parameters
    ----------
    numbers : ndarray, shape (rows,)

    Returns
    -------
    bool
        True if all are below 1000 and have at most three decimals, and they jump as where a number passes 1000.
    """
    if numbers.size == 0 or not np.isfinite(numbers).all() or np.abs(numbers).max() >= 1000:
        return False
    scaled = 1000 * numbers
    has_three_decimals = bool(np.allclose(scaled, np.round(scaled), rtol=0, atol=1e-6))
    return has_three_decimals and bool((_jumps(numbers) > LARGE_JUMP).any())


def could_be_grouped(texts: Any, mark: str) -> bool:
    """Return whether some cells have a mark before three digits, and all others are numbers below 1000 without it.

    Parameters
    ----------
    texts : pyarrow.ChunkedArray of str
        Of all rows.
    mark : str
        Comma or point.

    Returns
    -------
    bool
    """
    import pyarrow.compute as pc

    grouped, plain = GROUPED[mark].pattern, PLAIN.pattern
    some = pc.any(pc.match_substring_regex(texts, rf"^\s*({grouped})\s*$")).as_py()
    return bool(some and pc.all(pc.match_substring_regex(texts, rf"^\s*({grouped}|{plain})\s*$")).as_py())


def first_grouped(texts: Sequence[str], mark: str) -> int | None:
    """Return the first cell of a column with a mark between thousands; None if it is a decimal mark.

    It is between thousands if all numbers have it before exactly three digits, or are below 1000 without it, and the
    numbers then change far less where one follows the other. Of a fixed number of decimals, no cell lacks the mark.

    Parameters
    ----------
    texts : sequence of str
        Of all rows.
    mark : str
        Comma or point.

    Returns
    -------
    int or None
        Index of the cell.
    """
    cells = [text.strip() for text in texts]
    is_grouped = np.array([GROUPED[mark].fullmatch(cell) is not None for cell in cells])
    if not is_grouped.any() or is_grouped.all():
        return None
    if not all(grouped or PLAIN.fullmatch(cell) for grouped, cell in zip(is_grouped, cells, strict=True)):
        return None
    decimal = np.array([float(cell.replace(",", ".")) for cell in cells])
    whole = np.where(is_grouped, 1000 * decimal, decimal)
    between = np.flatnonzero(is_grouped[1:] != is_grouped[:-1])
    as_decimals, as_thousands = (float(_jumps(numbers)[between].mean()) for numbers in (decimal, whole))
    return int(np.argmax(is_grouped)) if as_decimals > LARGE_JUMP and as_thousands < as_decimals / 2 else None


def _jumps(numbers: Array) -> Array:
    jumps: Array = np.abs(np.diff(np.log1p(np.abs(numbers))))
    return jumps
