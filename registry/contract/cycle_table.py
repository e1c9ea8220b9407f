"""The numbers of each cycle of a test, as an analysis returns them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

MAX_CYCLE_NUMBER = 2**31 - 1
MAX_COLUMNS = 100
MAX_NUMBERS = 2_000_000
"""Columns times cycles from the first to the last number, because gaps are stored too."""
MAX_GROUP_NAME = 80


@dataclass(frozen=True, kw_only=True, eq=False)
class CycleTable:
    """Numbers of each cycle of a test. The tables of all tests are stored together, so that the capacity at cycle 100
    of every cell is one question (`/api/cycles/`).

    A missing number is NaN, never zero, and cycle numbers without a cycle are omitted. Measured numbers are stored as
    measured: scatter between cycles is not smoothed. At most 100 columns, and 2,000,000 numbers: columns times cycles
    from the first to the last.
    """

    cycles: Sequence[int] | np.ndarray
    """Cycle numbers from 0, in ascending order, each once. Shape (cycles,)."""
    columns: Mapping[str, Sequence[float] | np.ndarray]
    """Numbers by the slug of a registered quantity, in its unit, finite or NaN. Shape (cycles,)."""
    groups: Sequence[str] = ()
    """Name of the group each cycle belongs to, such as `formation` or `C/2`, of at most 80 characters; empty text for
    none. Shape (cycles,), or empty for a table without groups."""
