"""The pieces of one test, from several files, joined in order.

Cyclers begin a new file after a restart, each month, or where a program continues with the next one. Time, cycle number
and counters then continue, or start again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analyses.coded_text import Listed, Remark
from analyses.cycling.rows.charge_counter import RESTART_SHARE
from analyses.cycling.rows.half_cycles import SECONDS_PER_HOUR, usual_interval_s
from analyses.insufficient_data import InsufficientData

Array = NDArray[np.float64]
Columns = Mapping[str, Array]

TIME, VOLTAGE, CURRENT, CYCLE, STEP = "test_time_second", "voltage_volt", "current_ampere", "cycle_count", "step_index"
COUNTERS = ("charging_capacity_ah", "discharging_capacity_ah", "charging_energy_wh", "discharging_energy_wh")
RANGE_SHARE = 0.25
"""Voltage ranges of pieces differ at either end by up to this share of them: a piece may end within a cycle."""
COMPARED_ROWS = 50
NO_STEP = -1.0
"""Step index of the rows put between two pieces."""


@dataclass(frozen=True)
class Piece:
    """One file of a test."""

    filename: str
    columns: Columns
    """Time, voltage and current, and what else the file has, each of shape (rows,)."""
    start: datetime | None = None
    """When its time begins, if the file says so."""


@dataclass(frozen=True)
class Joined:
    """A test from its pieces."""

    columns: dict[str, Array]
    """The columns that all pieces have, of shape (rows of all pieces and two between each two,)."""
    remark: Remark
    """Which files were joined in which order, and the longest time between two."""


def join(pieces: Sequence[Piece], *, in_order: bool = False) -> Joined:
    """Join the pieces of one test.

    They are put in order of their start stamps, or else of their times and cycle numbers where these continue; files
    whose times and cycle numbers all start again stay in the order given. Where they start again, time continues by the
    stamps, or without a gap, and cycle numbers and counters continue from the piece before; counters that start again
    within a piece, at each cycle or step, stay as they are. A piece that begins with the number of the last cycle,
    above 1, continues within that cycle. Two rows without current are put between two pieces, as what passed between
    them is not known.

    Parameters
    ----------
    pieces : sequence of Piece
        At least two.
    in_order : bool, optional
        True if someone stated that these are pieces of one test in this order: that is not checked then.

    Returns
    -------
    Joined

    Raises
    ------
    InsufficientData
        With the code `several-datasets`, if they are not pieces of one test: they begin with the same rows, as two
        exports of one test do, overlap, or have other voltage windows.
    """
    ordered = list(pieces) if in_order else _in_order(pieces)
    for before, after in () if in_order else pairwise(ordered):
        _check_follows(before, after)
    names = [name for name in ordered[0].columns if all(name in piece.columns for piece in ordered)]
    columns = {name: np.asarray(ordered[0].columns[name], dtype=float) for name in names}
    longest_s = 0.0
    for before, after in pairwise(ordered):
        gap_s = _gap_s(before, after)
        longest_s = max(longest_s, gap_s or 0.0)
        goes_on = after.columns[TIME][0] >= before.columns[TIME][-1]
        columns = _append(columns, after.columns, gap_s or 0.0, same_cycle=bool(goes_on) or _first_cycle(after) > 1)
    remark = Remark(
        "pieces-joined",
        "One test in {count} files, joined in this order: {filenames}; longest gap between files: {gap_h:.3g} h.",
        count=len(ordered),
        filenames=Listed(piece.filename for piece in ordered),
        gap_h=longest_s / SECONDS_PER_HOUR,
    )
    return Joined(columns, remark)


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    if all(piece.start is not None for piece in pieces):
        zones = {piece.start.tzinfo is None for piece in pieces if piece.start}
        if len(zones) == 1:
            return sorted(pieces, key=lambda piece: piece.start or datetime.min)
    for name in (TIME, CYCLE):
        if all(name in piece.columns for piece in pieces):
            by_number = sorted(pieces, key=lambda piece: float(piece.columns[name][0]))
            if all(first.columns[name][-1] <= next_.columns[name][0] for first, next_ in pairwise(by_number)):
                return by_number
    return list(pieces)


def _first_cycle(piece: Piece) -> float:
    return float(piece.columns[CYCLE][0]) if CYCLE in piece.columns else 0.0


def _starts_again(piece: Piece) -> bool:
    """Return True if time starts from about zero: within a hundred of its usual intervals."""
    time = piece.columns[TIME]
    return bool(time[0] <= 100 * max(usual_interval_s(time), 1.0)) if time.size > 1 else True


def _check_follows(before: Piece, after: Piece) -> None:
    """Raise InsufficientData if a piece does not continue where the one before ended."""
    files = {"first": before.filename, "second": after.filename}
    starts_again = after.columns[TIME][0] < before.columns[TIME][-1]
    if starts_again and _same_beginning(before, after):
        raise InsufficientData(
            "several-datasets",
            "{first} and {second} begin with the same rows, like two exports of one test: select one of them",
            **files,
        )
    if _times_overlap(before, after):
        raise InsufficientData(
            "several-datasets",
            "the times of {first} and {second} overlap: select one of them, or declare the main data and its "
            "continuation",
            **files,
        )
    if _cycles_overlap(before, after):
        raise InsufficientData(
            "several-datasets",
            "the cycle numbers of {first} and {second} overlap: select one of them, or declare the main data and its "
            "continuation",
            **files,
        )
    if _range_differs(before.columns[VOLTAGE], after.columns[VOLTAGE]):
        raise InsufficientData(
            "several-datasets",
            "the voltage windows of {first} and {second} differ: select one of them, or declare the main data and its "
            "continuation",
            **files,
        )


def _times_overlap(before: Piece, after: Piece) -> bool:
    if before.start is None or after.start is None:
        return bool(after.columns[TIME][0] < before.columns[TIME][-1]) and not _starts_again(after)
    return (after.start - before.start).total_seconds() < 0.5 * float(np.ptp(before.columns[TIME]))


def _cycles_overlap(before: Piece, after: Piece) -> bool:
    if CYCLE not in before.columns or CYCLE not in after.columns:
        return False
    first = _first_cycle(after)
    return float(before.columns[CYCLE][0]) + 1 < first < float(before.columns[CYCLE][-1])


def _same_beginning(before: Piece, after: Piece) -> bool:
    rows = min(before.columns[TIME].size, after.columns[TIME].size, COMPARED_ROWS)
    same = [np.array_equal(before.columns[name][:rows], after.columns[name][:rows]) for name in (VOLTAGE, CURRENT)]
    times = (before.columns[TIME][:rows] - before.columns[TIME][0], after.columns[TIME][:rows] - after.columns[TIME][0])
    return all(same) and np.allclose(*times) and bool(np.ptp(before.columns[VOLTAGE][:rows]) > 0)


def _range_differs(before: Array, after: Array) -> bool:
    ranges = [(float(voltage.min()), float(voltage.max())) for voltage in (before, after)]
    widest = max(high - low for low, high in ranges)
    return any(abs(first - other) > RANGE_SHARE * widest for first, other in zip(*ranges, strict=True))


def _gap_s(before: Piece, after: Piece) -> float | None:
    """Return the time between two pieces, None if nothing tells it [s]."""
    if before.start is not None and after.start is not None:
        begins = (after.start - before.start).total_seconds() + float(before.columns[TIME][0])
        return max(begins - float(before.columns[TIME][-1]), 0.0)
    gap = float(after.columns[TIME][0] - before.columns[TIME][-1])
    return gap if gap >= 0 else None


def _restarts(counter: Array) -> bool:
    return bool((counter[1:] < RESTART_SHARE * counter[:-1]).any())


def _append(columns: Columns, piece: Columns, gap: float, *, same_cycle: bool) -> dict[str, Array]:
    """Return the columns with two rows without current and a piece after them; it may begin within the last cycle."""
    joined = {}
    for name, before in columns.items():
        after = np.asarray(piece[name], dtype=float)
        last, first = float(before[-1]), float(after[0])
        if name == TIME:
            between, after = [last, last + gap], after - first + last + gap
        elif name == CYCLE:
            keeps = first > last or (same_cycle and first == last) or np.isnan(first + last)
            after = after if keeps else after - first + last + 1
            between = [last, last]
        elif name in COUNTERS:
            # Counters of each cycle or step start again by themselves.
            keeps = first >= last or np.isnan(first + last) or _restarts(before) or _restarts(after)
            after = after if keeps else after + last
            between = [last, last]
        else:
            between = {CURRENT: [0.0, 0.0], STEP: [NO_STEP, NO_STEP]}.get(name, [last, float(after[0])])
        joined[name] = np.concatenate((before, between, after))
    return joined
